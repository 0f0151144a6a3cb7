"""Everything that can change something is in the catalogue of acts, and the catalogue has nothing else."""

import asyncio
import json
from types import SimpleNamespace

import pytest
from fastapi.routing import APIRoute, iter_route_contexts
from typer.testing import CliRunner

from bulkhead_local.acts import commands_of, names_of
from customer_stack.application import build_api_runners, build_application
from customer_stack.cli import app
from customer_stack.routers import build_channel_routers
from customer_stack.settings import WorkerSettings
from customer_stack.worker import build_listeners, build_tasks
from shared.audit.checkpoints import Signer
from shared.audit.keys import make_key, origin_of
from shared.audit.witness import alarms
from shared.audit.witness.domain import AlarmKind
from shared.clock import SystemClock
from shared.ids import HOUSE_TENANT, SystemIds

from .routes import ACTS, CHANGING

API_ONLY = {"http", "markets.snapshot", "geography.table"}
"""What the API process runs: answers, and copies in its memory."""


@pytest.fixture
def settings(settings, tmp_path):
    """Settings with every way and every source on, and a worker's."""
    secret, keys = tmp_path / "audit.key", tmp_path / "audit.keys"
    make_key(secret, keys, origin_of("sandbox", "customer"))
    more = {
        "acquirer_url": "http://acquirer.invalid",
        "acquirer_api_key": "not used",
        "acquirer_secret": "not used",
        "sealer_database_url": "not used",
        "audit_key_file": secret,
        "audit_public_keys_file": keys,
        "other_audit_public_keys_file": keys,
    }
    return WorkerSettings.model_validate(settings.model_dump(exclude_unset=True) | more)


def changing(routes):
    """Return the routes whose method may change something."""
    return {
        f"{method} {route.path}"
        for route in routes
        for method in route.methods or ()
        if f"{method} ".startswith(CHANGING)
    }


def test_every_route_that_may_change_something_is_an_act(services):
    every = SimpleNamespace(
        checkouts=object(), bank_files=object(), payout_files=object(), open_banking=object()
    )
    channels = [route for router in build_channel_routers(every) for route in router.routes]
    found = changing(iter_route_contexts(build_application(services).routes)) | changing(
        route for route in channels if isinstance(route, APIRoute)
    )
    assert len(found) > 150

    assert set(ACTS.groups["routes"]) == found


def test_every_task_is_an_act(services, settings):
    signer = Signer(origin_of("sandbox", "customer"), bytes(32))
    tasks = set(build_tasks(settings, services, signer)) | set(build_api_runners(services))
    assert names_of(ACTS, "tasks") | API_ONLY == tasks | {
        "fx.read_rates",
        "open_banking.advance",
        "bank_files.apply",
    }


def test_every_consumer_of_an_event_is_an_act(services):
    assert names_of(ACTS, "events") == {f"{each.topic} {each.consumer}" for each in build_listeners(services)}


def test_every_command_is_an_act():
    assert names_of(ACTS, "commands") == commands_of(app)


async def test_what_people_do_about_the_witness_is_recorded(customer_database):
    settings = {"CUSTOMER_ENVIRONMENT": "sandbox", "CUSTOMER_DATABASE_URL": customer_database.dsn("app")}
    operator = ("--operator", str(SystemIds().new()))
    async with customer_database.app.transaction(HOUSE_TENANT) as tx:
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
    auditor = await customer_database.connect("auditor")
    kinds = await auditor.fetch("SELECT kind FROM audit_record ORDER BY recorded_at, id")
    assert [row["kind"] for row in kinds] == [
        "audit.alarm_ended",
        "audit.epoch_begun",
        "audit.epoch_accepted",
    ]
