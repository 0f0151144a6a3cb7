"""Days and their reports at the machine."""

import asyncio
import hashlib
import json
from datetime import timedelta

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from customer_stack.cli import app
from customer_stack.reconciliation.domain.days import day_of


@pytest.fixture
def run(settings, monkeypatch):
    """Run a command of reconciliation with the settings of this test; return its exit code and output."""
    for name, value in settings.model_dump(exclude_unset=True).items():
        text = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        monkeypatch.setenv(f"CUSTOMER_{name.upper()}", text)

    async def invoke(*words):
        shown = await asyncio.to_thread(CliRunner().invoke, app, ["reconciliation", *words])
        return shown.exit_code, shown.stdout if shown.exit_code == 0 else str(shown.exception)

    return invoke


async def test_the_report_of_a_closed_day_is_written_to_a_file(
    run, services, tenant, active_customer, tmp_path
):
    await active_customer()
    yesterday = day_of(services.clock.now()) - timedelta(days=1)
    words = ("report", "--tenant", tenant.slug, "--day", yesterday.isoformat(), "--out")
    code, said = await run(*words, str(tmp_path / "early.pdf"))
    assert (code, "no closed day" in said) == (1, True)
    assert await services.reconciliation.days.close(tenant.id, yesterday)
    for name, begins in (("day.pdf", b"%PDF-"), ("day.csv", b"section,")):
        code, said = await run(*words, str(tmp_path / name), "--json")
        content = (tmp_path / name).read_bytes()
        assert content.startswith(begins)
        assert json.loads(said)["sha256"] == hashlib.sha256(content).hexdigest()
    assert not (tmp_path / "early.pdf").exists()


async def test_days_are_closed_and_matches_made_and_replayed(run, services, tenant):
    await run("close-days")
    assert await run("close-days", "--json") == (0, '{"closed": 0}\n')
    assert await run("match", "--json") == (0, "[]\n")
    assert await run("replay", "--json") == (0, "[]\n")
