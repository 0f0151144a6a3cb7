"""`execution-stack resume-outflow`: only an operator with a key that stands lets money leave again."""

import asyncio
import json
from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from typer.testing import CliRunner

from execution_stack.cli import app
from execution_stack.operators.errors import KeyUnknown
from execution_stack.operators.service import OperatorKeys
from shared.audit.witness.domain import RestoreCause
from shared.audit.witness.service import begin_epoch
from shared.clock import SystemClock
from shared.ids import HOUSE_TENANT, SystemIds
from shared.outflow import Hold, find_hold


async def test_only_an_operator_with_a_key_that_stands_resumes(execution_database, tmp_path):
    database, ids = execution_database.app, SystemIds()
    settings = {"EXECUTION_ENVIRONMENT": "sandbox", "EXECUTION_DATABASE_URL": execution_database.dsn("app")}
    operators, files, pairs = [ids.new(), ids.new()], [], []
    for number in range(3):
        key = Ed25519PrivateKey.generate()
        files.append(tmp_path / f"{number}.pem")
        files[-1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        pairs.append(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
    await OperatorKeys(database, SystemClock()).found(list(zip(operators, pairs, strict=False)))
    at = SystemClock().now() - timedelta(minutes=1)
    async with database.transaction(HOUSE_TENANT) as tx:
        await begin_epoch(tx, operators[0], RestoreCause.BACKUP_RESTORED, at)

    async def resume(path):
        words = ("resume-outflow", "--key-file", str(path), "--compared-to", Hold(2, at).told, "--json")
        return await asyncio.to_thread(CliRunner().invoke, app, words, env=settings)

    async def hold():
        async with database.transaction() as tx:
            return await find_hold(tx)

    assert isinstance((await resume(files[2])).exception, KeyUnknown)
    assert await hold() is not None
    resumed = await resume(files[1])
    assert resumed.exit_code == 0, resumed.exception
    assert await hold() is None
    auditor = await execution_database.connect("auditor")
    body = await auditor.fetchval("SELECT body FROM audit_record WHERE kind = 'outflow.resumed'")
    assert json.loads(body)["actor"] == f"staff:{operators[1]}"
