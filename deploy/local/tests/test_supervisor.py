import contextlib
import os
import signal
import socket
import sys
import time
import urllib.request

import psutil
import pytest

from bulkhead_local.layout import HOST, Ports, external_addresses
from bulkhead_local.problems import LocalProblem
from bulkhead_local.secrets_folder import ensure_secrets
from bulkhead_local.supervisor import Port, Program, Supervisor

SERVER = (
    "import http.server, sys\n"
    "class Handler(http.server.SimpleHTTPRequestHandler):\n"
    "    def do_GET(self):\n"
    "        self.send_response(200); self.end_headers(); self.wfile.write(b'ready')\n"
    "http.server.HTTPServer(('127.0.0.1', int(sys.argv[1])), Handler).serve_forever()\n"
)


def free_port() -> int:
    with socket.create_server((HOST, 0)) as probe:
        return probe.getsockname()[1]


def program(name: str, code: str = SERVER, *, deadline_seconds: float = 10) -> Program:
    port = free_port()
    command = (sys.executable, "-c", code, str(port))
    url = f"http://{HOST}:{port}/ready"
    return Program(name, command, {}, url, (Port(port, "BULKHEAD_PORT_X"),), deadline_seconds)


@pytest.fixture
def supervisor(tmp_path):
    one = Supervisor(tmp_path)
    yield one
    one.stop()


def test_a_program_is_started_killed_and_started_again(supervisor):
    supervisor.start([program("one")])
    first = supervisor.pids()["one"]
    supervisor.kill("one")
    assert supervisor.pids() == {}
    assert not psutil.pid_exists(first)
    supervisor.restart("one")
    assert supervisor.pids()["one"] != first
    assert supervisor.ended() == []


def test_a_program_that_ends_is_named_with_the_end_of_its_log(supervisor):
    with pytest.raises(LocalProblem, match=r"(?s)broken ended with code 3.*no key file"):
        supervisor.start([program("broken", "import sys; print('no key file'); sys.exit(3)")])


def test_a_program_that_never_answers_is_named_after_its_deadline(supervisor):
    with pytest.raises(LocalProblem, match="slow does not answer"):
        supervisor.start([program("slow", "import time; time.sleep(60)", deadline_seconds=0.3)])


def test_a_busy_port_is_named_with_the_setting_that_moves_it(supervisor):
    wanted = program("one")
    with (
        socket.create_server((HOST, wanted.ports[0].number)),
        pytest.raises(LocalProblem, match=rf"Port {wanted.ports[0].number}.*BULKHEAD_PORT_X"),
    ):
        supervisor.start([wanted])


def test_a_program_that_ends_unasked_is_noticed(supervisor):
    supervisor.start([program("one")])
    os.kill(supervisor.pids()["one"], signal.SIGKILL)
    deadline = time.monotonic() + 5
    while supervisor.ended() != ["one"]:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_what_a_killed_run_left_is_ended_by_the_next(tmp_path):
    killed = Supervisor(tmp_path)
    killed.start([program("one")])
    pid = killed.pids()["one"]
    assert Supervisor(tmp_path).end_leftovers() == ["one"]
    killed._running["one"].wait(5)
    assert not psutil.pid_exists(pid)
    assert Supervisor(tmp_path).end_leftovers() == []


def test_one_that_started_nothing_leaves_the_record_of_another_alone(tmp_path):
    running, refused = Supervisor(tmp_path), Supervisor(tmp_path)
    running.start([program("one")])
    before = (tmp_path / "processes.json").read_bytes()
    refused.stop()
    assert (tmp_path / "processes.json").read_bytes() == before
    running.stop()
    assert (tmp_path / "processes.json").read_text() == "{}"


def test_a_process_that_only_has_the_same_id_is_left_alone(tmp_path):
    (tmp_path / "processes.json").write_text(f'{{"one": [{os.getpid()}, 1.0]}}')
    assert Supervisor(tmp_path).end_leftovers() == []


def test_free_ports_are_different_and_can_be_used():
    ports = Ports.free()
    numbers = [ports.port(name).number for name in ("customer_http", "execution_grpc", "bank")]
    assert len(set(numbers)) == 3
    for number in numbers:
        socket.create_server((HOST, number)).close()


def test_ports_are_moved_by_the_environment(monkeypatch):
    monkeypatch.setenv("BULKHEAD_PORT_CUSTOMER_HTTP", "18000")
    assert Ports.from_environment().customer_http == 18000
    monkeypatch.setenv("BULKHEAD_PORT_CUSTOMER_HTTP", "many")
    with pytest.raises(LocalProblem, match="BULKHEAD_PORT_CUSTOMER_HTTP"):
        Ports.from_environment()


def test_two_programs_never_get_one_port(monkeypatch):
    monkeypatch.setenv("BULKHEAD_PORT_BANK", str(Ports().exchange))
    with pytest.raises(LocalProblem, match="BULKHEAD_PORT_EXCHANGE and BULKHEAD_PORT_BANK are both 9001"):
        Ports.from_environment()
    monkeypatch.setenv("BULKHEAD_PORT_EXCHANGE", str(Ports().bank))
    assert Ports.from_environment().bank == Ports().exchange


def test_an_existing_database_is_used_with_all_its_roles_or_not_at_all(monkeypatch):
    assert external_addresses("customer") is None
    monkeypatch.setenv("CUSTOMER_DATABASE_URL", "postgresql://a@b/c")
    with pytest.raises(LocalProblem, match="CUSTOMER_OWNER_DATABASE_URL"):
        external_addresses("customer")
    for name in ("OWNER", "SEALER", "AUDITOR"):
        monkeypatch.setenv(f"CUSTOMER_{name}_DATABASE_URL", "postgresql://a@b/c")
    assert external_addresses("customer") is not None


def test_secrets_are_made_once_and_are_private(tmp_path):
    first, again = (ensure_secrets(tmp_path / "secrets") for _ in range(2))
    assert first == again
    assert first != ensure_secrets(tmp_path / "others")
    public = {"customer_audit_public_keys.txt", "execution_audit_public_keys.txt"}
    assert public < {path.name for path in (tmp_path / "secrets").iterdir()}
    for path in (tmp_path / "secrets").iterdir():
        if path.name in public:
            continue
        assert path.stat().st_mode & 0o077 == 0, path.name
    assert first.customer_boundary_keys.read_bytes() == first.execution_boundary_keys.read_bytes()


def test_a_ready_program_answers(supervisor):
    wanted = program("one")
    supervisor.start([wanted])
    with contextlib.closing(urllib.request.urlopen(wanted.ready_url)) as answer:  # noqa: S310
        assert answer.read() == b"ready"
