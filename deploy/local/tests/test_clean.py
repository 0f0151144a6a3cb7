import fcntl
import json
import subprocess
import sys

import psutil
import pytest

from bulkhead_local import clean


@pytest.fixture
def run_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(clean, "ROOT", tmp_path)
    folder = tmp_path / ".run"
    for name in ("logs", "bench", "tests/platform-faults/logs", "tests/platform-security", "tests/123"):
        (folder / name).mkdir(parents=True)
    (folder / "state.json").write_text(json.dumps({}))
    return folder


def test_everything_goes_but_the_folders_of_test_sessions(run_folder):
    assert clean.main() == 0
    assert [str(left.relative_to(run_folder)) for left in run_folder.rglob("*")] == ["tests", "tests/123"]


def test_a_folder_in_use_stays(run_folder, capsys):
    used = run_folder / "tests" / "platform-faults"
    with (used / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert clean.main() == 0
    assert (used / "logs").exists()
    assert not (run_folder / "tests" / "platform-security").exists()
    assert f"{used} is in use" in capsys.readouterr().out


def test_a_running_platform_stays(run_folder):
    with (run_folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert clean.main() == 1
    assert (run_folder / "state.json").exists()


def test_what_a_dead_session_left_running_is_ended(run_folder):
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as left:
        record = {"one": [left.pid, psutil.Process(left.pid).create_time()]}
        (run_folder / "tests" / "platform-faults" / "processes.json").write_text(json.dumps(record))
        assert clean.main() == 0
        left.wait(5)
        assert not psutil.pid_exists(left.pid)
