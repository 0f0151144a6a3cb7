import asyncio
import os
import signal

import httpx
import pytest

from shared.operations import process
from shared.operations.management import ManagementApp, PortBusy, open_port
from shared.operations.process import ProcessFailed, every, run_process


async def healthy():
    return None


async def broken():
    raise ConnectionError("postgresql://user:hunter2@host")


@pytest.fixture
def client():
    def build(checks, stop=None):
        app = ManagementApp("test", checks, stop or asyncio.Event())
        return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test")

    return build


@pytest.fixture
def quick_restarts(monkeypatch):
    monkeypatch.setattr(process, "FIRST_PAUSE_SECONDS", 0.001)
    monkeypatch.setattr(process, "LONGEST_PAUSE_SECONDS", 0.001)


async def test_health_ready_and_metrics_answer(client):
    async with client({"database": healthy}) as http:
        assert (await http.get("/health")).json() == {"process": "test", "status": "up"}
        assert (await http.get("/ready")).json()["checks"] == {"database": "ok"}
        assert "python_info" in (await http.get("/metrics")).text
        assert (await http.get("/else")).status_code == 404
        assert (await http.post("/ready")).status_code == 405


async def test_a_failed_check_makes_the_process_not_ready_and_tells_no_secret(client):
    async with client({"database": broken, "boundary": healthy}) as http:
        answer = await http.get("/ready")
    assert answer.status_code == 503
    assert answer.json()["checks"] == {"boundary": "ok", "database": "ConnectionError"}
    assert "hunter2" not in answer.text


async def test_a_check_that_hangs_counts_as_failed(client, monkeypatch):
    monkeypatch.setattr("shared.operations.management.CHECK_TIMEOUT_SECONDS", 0.01)
    async with client({"slow": lambda: asyncio.sleep(5)}) as http:
        answer = await http.get("/ready")
    assert answer.json()["checks"] == {"slow": "TimeoutError"}


async def test_a_stopping_process_is_not_ready(client):
    stop = asyncio.Event()
    stop.set()
    async with client({}, stop) as http:
        assert (await http.get("/ready")).status_code == 503
        assert (await http.get("/health")).status_code == 200


async def test_a_signal_stops_every_task_in_order():
    ended = []

    async def work(stop):
        await stop.wait()
        ended.append("work")

    asyncio.get_running_loop().call_later(0.1, os.kill, os.getpid(), signal.SIGTERM)
    await run_process("test", tasks={"work": work}, checks={}, management_port=0)
    assert ended == ["work"]


async def test_a_crashed_task_is_started_again(quick_restarts):
    runs = []

    async def work(stop):
        runs.append(1)
        if len(runs) < 3:
            raise ZeroDivisionError
        os.kill(os.getpid(), signal.SIGTERM)
        await stop.wait()

    await run_process("test", tasks={"work": work}, checks={}, management_port=0)
    assert len(runs) == 3


async def test_a_task_that_keeps_crashing_ends_the_process(quick_restarts):
    stopped = []

    async def work(stop):
        raise ZeroDivisionError

    async def neighbour(stop):
        await stop.wait()
        stopped.append(1)

    with pytest.raises(ProcessFailed, match="work keeps crashing"):
        await run_process("test", tasks={"work": work, "other": neighbour}, checks={}, management_port=0)
    assert stopped == [1]


async def test_a_task_that_ends_by_itself_counts_as_crashed(quick_restarts):
    async def work(stop):
        return

    with pytest.raises(ProcessFailed):
        await run_process("test", tasks={"work": work}, checks={}, management_port=0)


async def test_a_task_that_ignores_stop_is_cancelled():
    async def stubborn(stop):
        await asyncio.sleep(60)

    asyncio.get_running_loop().call_later(0.05, os.kill, os.getpid(), signal.SIGTERM)
    async with asyncio.timeout(5):
        await run_process(
            "test", tasks={"stubborn": stubborn}, checks={}, management_port=0, stop_timeout_seconds=0.05
        )


async def test_a_busy_port_is_named():
    with open_port("127.0.0.1", 0) as taken, pytest.raises(PortBusy, match=str(taken.getsockname()[1])):
        await run_process("test", tasks={}, checks={}, management_port=taken.getsockname()[1])


async def test_periodic_work_repeats_until_stop():
    stop, times = asyncio.Event(), []

    async def work():
        times.append(1)
        if len(times) == 3:
            stop.set()

    await every(0.001, work)(stop)
    assert len(times) == 3
