"""Everything that can change something is in the catalogue of acts, and the catalogue has nothing else."""

import asyncio
import json
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import SecretStr
from typer.testing import CliRunner

from bulkhead_local.acts import commands_of, names_of, read_catalogue
from execution_stack.cli import app
from execution_stack.settings import WorkerSettings
from execution_stack.worker import build_tasks
from shared.audit.keys import make_key, origin_of
from shared.audit.witness import alarms
from shared.audit.witness.domain import AlarmKind
from shared.boundary import methods
from shared.boundary.methods import Method
from shared.clock import SystemClock
from shared.ids import HOUSE_TENANT, SystemIds

ACTS = read_catalogue(Path(__file__).with_name("acts.yaml"))


class Anything:
    """Stands for all services: tasks are built over them, and not run."""

    def __getattr__(self, name):
        return self


def test_every_call_is_an_act_or_says_why_it_records_nothing():
    calls = {each.name for each in vars(methods).values() if isinstance(each, Method)}
    assert names_of(ACTS, "calls") == calls


def test_every_command_is_an_act_or_says_why_it_records_nothing():
    assert names_of(ACTS, "commands") == commands_of(app)


def test_every_task_is_an_act_or_says_why_it_records_nothing(tmp_path):
    secret, keys, exchange = tmp_path / "audit.key", tmp_path / "audit.keys", tmp_path / "exchange.pem"
    make_key(secret, keys, origin_of("sandbox", "execution"))
    key = ed25519.Ed25519PrivateKey.generate()
    exchange.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    settings = WorkerSettings.model_construct(
        environment="sandbox",
        sealer_database_url=SecretStr("not used"),
        audit_key_file=secret,
        audit_public_keys_file=keys,
        other_audit_public_keys_file=keys,
        exchange_ws_url="ws://exchange.invalid",
        exchange_key_id="key",
        exchange_private_key_file=exchange,
    )
    assert names_of(ACTS, "tasks") == set(build_tasks(settings, Anything()))


async def test_what_people_do_about_the_witness_is_recorded(execution_database):
    settings = {"EXECUTION_ENVIRONMENT": "sandbox", "EXECUTION_DATABASE_URL": execution_database.dsn("app")}
    operator = ("--operator", str(SystemIds().new()))
    async with execution_database.app.transaction(HOUSE_TENANT) as tx:
        seen = alarms.Evidence(AlarmKind.FORKED, 1, 3, bytes(32), 4, bytes(32))
        alarm = await alarms.raise_alarm(tx, seen, SystemClock().now())

    async def run(*arguments, code=0):
        shown = await asyncio.to_thread(
            CliRunner().invoke, app, ["audit", *arguments, "--json"], env=settings
        )
        assert shown.exit_code == code, shown.output
        return json.loads(shown.stdout)

    found = await run("witness")
    assert (found["doubted"], found["other_doubted"], found["other_cosigned_at"]) == (False, True, None)
    assert [each["kind"] for each in await run("alarms", code=1)] == ["forked"]
    assert (await run("end-alarm", str(alarm), *operator, "--how", "investigated"))["ended"]
    assert (await run("restored", *operator, "--cause", "drill"))["epoch"] == 2
    assert (await run("accept-epoch", "2", *operator, "--kept", "0"))["epoch_before"] == 1
    auditor = await execution_database.connect("auditor")
    kinds = await auditor.fetch("SELECT kind FROM audit_record ORDER BY recorded_at, id")
    assert [row["kind"] for row in kinds] == [
        "audit.alarm_ended",
        "audit.epoch_begun",
        "audit.epoch_accepted",
    ]


async def test_a_float_that_arrives_is_recorded(execution_database):
    settings = {"EXECUTION_ENVIRONMENT": "sandbox", "EXECUTION_DATABASE_URL": execution_database.dsn("app")}
    arguments = ["float-deposit", "--tenant", str(SystemIds().new()), "--amount", "10.00", "--json"]
    shown = await asyncio.to_thread(CliRunner().invoke, app, arguments, env=settings)
    assert json.loads(shown.stdout)["recorded"], shown.output
    auditor = await execution_database.connect("auditor")
    assert (
        await auditor.fetchval("SELECT count(*) FROM audit_record WHERE kind = 'books.float_deposited'") == 1
    )
