"""A program behaves the same whether it began as itself or was forked from where its code is loaded."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from bulkhead_local import programs
from bulkhead_local.layout import free_ports
from bulkhead_local.problems import LocalProblem
from bulkhead_local.programs import Loaded, Process, load_once, run, script, start

pytestmark = pytest.mark.system
SECONDS = 60
HERE = {"PATH": os.environ["PATH"]}


@pytest.fixture(params=[False, True], ids=["by itself", "forked"], autouse=True)
def _way(request: pytest.FixtureRequest) -> Iterator[None]:
    before = load_once(wanted=request.param)
    yield
    load_once(wanted=before)


def bank(folder: Path, port: int) -> Process:
    environment = {
        **HERE,
        "SANDBOX_BANK_PORT": str(port),
        "SANDBOX_BANK_API_KEY": "key",
        "SANDBOX_STATE_DIR": str(folder),
    }
    with (folder / "log").open("ab") as log:
        return start([script("sandbox"), "bank"], environment, output=log, folder=folder)


def wait_healthy(port: int) -> None:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        try:
            httpx.get(f"http://127.0.0.1:{port}/health", trust_env=False).raise_for_status()
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError("the bank does not answer")


def test_what_it_prints_and_how_it_ends_comes_back():
    said = run([script("sandbox"), "--help"], HERE, timeout_seconds=SECONDS)
    assert said.returncode == 0
    assert "exchange" in said.stdout
    assert said.stderr == ""
    refused = run([script("sandbox"), "casino"], HERE, timeout_seconds=SECONDS)
    assert refused.returncode == 2
    assert refused.stdout == ""
    assert "casino" in refused.stderr


def test_it_knows_its_own_environment_and_no_other(monkeypatch):
    monkeypatch.setenv("CUSTOMER_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    refused = run([script("customer-stack"), "checks"], HERE, timeout_seconds=SECONDS)
    assert refused.returncode == 2
    assert "CUSTOMER_DATABASE_URL" in refused.stderr
    assert "missing" in refused.stderr


def test_it_runs_in_its_folder_and_session_until_it_is_asked_to_end(tmp_path):
    [port] = free_ports(1)
    process = bank(tmp_path, port)
    wait_healthy(port)
    assert process.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.01)
    assert os.getsid(process.pid) == process.pid
    assert psutil.Process(process.pid).cwd() == str(tmp_path)
    process.terminate()
    assert process.wait(SECONDS) in {0, -signal.SIGTERM}
    assert process.poll() == process.wait()
    process.kill()  # of what has ended: nothing


def test_it_can_be_killed_as_a_crash_would(tmp_path):
    [port] = free_ports(1)
    process = bank(tmp_path, port)
    wait_healthy(port)
    process.kill()
    assert process.wait(SECONDS) == -signal.SIGKILL
    assert not psutil.pid_exists(process.pid)
    again = bank(tmp_path, port)  # nobody holds its port
    wait_healthy(port)
    again.kill()
    again.wait(SECONDS)


def test_one_that_takes_too_long_is_killed(monkeypatch):
    [port] = free_ports(1)
    environment = {**HERE, "SANDBOX_BANK_PORT": str(port), "SANDBOX_BANK_API_KEY": "key"}
    started = []
    monkeypatch.setattr(
        programs, "start", lambda *args, **more: started.append(start(*args, **more)) or started[0]
    )
    with pytest.raises(subprocess.TimeoutExpired):
        run([script("sandbox"), "bank"], environment, timeout_seconds=1)
    assert started[0].wait(SECONDS) == -signal.SIGKILL


def test_it_outlives_what_loaded_its_code(tmp_path):
    [port] = free_ports(1)
    loaded = Loaded("sandbox")
    environment = {**HERE, "SANDBOX_BANK_PORT": str(port), "SANDBOX_BANK_API_KEY": "key"}
    with (tmp_path / "log").open("ab") as log:
        process = loaded.start([script("sandbox"), "bank"], environment, tmp_path, log.fileno(), log.fileno())
    wait_healthy(port)
    loaded.close()
    wait_healthy(port)
    with pytest.raises(LocalProblem, match="its forker is gone"):
        process.wait(SECONDS)
    process.kill()
    psutil.Process(process.pid).wait(SECONDS)
