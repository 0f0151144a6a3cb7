import json
import shutil
import urllib.request

import pytest

from bulkhead_local.installation import Installation
from bulkhead_local.layout import DATABASE_ROLES, Ports
from bulkhead_local.postgres import TEST_TUNING, Server
from bulkhead_local.problems import LocalProblem

pytestmark = pytest.mark.system


def test_a_platform_uses_an_existing_postgresql_and_comes_back_after_faults(tmp_path, monkeypatch):
    existing = Server(tmp_path / "existing", tuning=TEST_TUNING)
    existing.start(["customer"])
    for role, suffix in DATABASE_ROLES.items():
        monkeypatch.setenv(f"CUSTOMER_{suffix}", existing.dsn(role, "customer"))
    try:
        with Installation(tmp_path / "run", Ports.free(), tuning=TEST_TUNING) as one:
            one.start()
            assert set(one.servers) == {"execution"}
            _check_state(one)
            _check_second_run_is_refused(one)
            one.supervisor.kill("execution-worker")
            one.supervisor.restart("execution-worker")
            one.servers["execution"].kill()
            one.servers["execution"].start()
            one.supervisor.wait_ready(["execution-boundary", "execution-worker"])
            people = one.state()["staff"]
        with Installation(tmp_path / "run", Ports.free(), tuning=TEST_TUNING) as again:
            again.start()
            assert again.state()["staff"] == people
    finally:
        existing.stop()
        for folder in (tmp_path / "run" / "postgres").iterdir():
            Server(folder).forget_socket()
        existing.forget_socket()
        shutil.rmtree(tmp_path / "run")


def _check_second_run_is_refused(one: Installation) -> None:
    record = one.folder / "processes.json"
    before = record.read_bytes()
    for begin in (Installation.start, Installation.start_databases):
        with Installation(one.folder, one.ports) as second, pytest.raises(LocalProblem, match="already runs"):
            begin(second)
    assert record.read_bytes() == before
    assert one.supervisor.ended() == []


def _check_state(one: Installation) -> None:
    state = one.state()
    assert one.state_file.stat().st_mode & 0o077 == 0
    assert len(state["tenants"]) == 2
    for stack, other in (("customer", "EXECUTION_"), ("execution", "CUSTOMER_")):
        known = state["commands"][stack]["env"]
        assert not [name for name in known if name.startswith(other)], (
            "a stack never sees the other's settings"
        )
    assert "PASSWORD" not in json.dumps(state["addresses"])
    metrics = state["addresses"]["execution_management"] + "/metrics"
    with urllib.request.urlopen(metrics, timeout=5) as answer:  # noqa: S310 - our own http address
        assert b"bulkhead_" in answer.read()
