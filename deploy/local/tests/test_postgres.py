import os

import asyncpg
import psutil
import pytest

from bulkhead_local.postgres import ROLES, TEST_TUNING, LocalProblem, Server
from bulkhead_local.pytest_plugin import FreshDatabase


def test_a_server_starts_stops_and_keeps_its_data(tmp_path):
    server = Server(tmp_path / "server", tuning=TEST_TUNING)
    server.start(["customer"])
    first = server.pid
    server.stop()
    assert server.pid is None
    server.start(["customer"])
    assert server.pid not in {None, first}
    server.stop()


def test_a_killed_server_starts_again(tmp_path):
    server = Server(tmp_path / "server", tuning=TEST_TUNING)
    server.start()
    server.kill()
    server.start()
    server.stop()


def test_a_pid_file_of_a_dead_server_does_not_block(tmp_path):
    server = Server(tmp_path / "server", tuning=TEST_TUNING)
    server.start()
    server.stop()
    (server.data / "postmaster.pid").write_text("1\n/elsewhere\n")
    server.start()
    server.stop()


def test_a_second_user_of_one_folder_is_told_to_stop_the_first(tmp_path):
    first, second = (Server(tmp_path / "server", tuning=TEST_TUNING) for _ in range(2))
    first.start()
    with pytest.raises(LocalProblem, match="Another run"):
        second.start()
    first.stop()


def test_a_path_too_long_for_a_socket_is_no_obstacle(tmp_path):
    server = Server(tmp_path / ("long" * 25) / "server", tuning=TEST_TUNING)
    server.start()
    server.stop()
    server.forget_socket()


async def test_every_role_needs_its_password(kernel_database: FreshDatabase):
    for role in ROLES:
        connection = await kernel_database.connect(role)
        assert await connection.fetchval("SELECT 1") == 1
        wrong = kernel_database.dsn(role).replace(f":{kernel_database._server.passwords()[role]}@", ":no@")
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(wrong)


async def test_no_role_but_the_superuser_passes_row_level_security(kernel_database: FreshDatabase):
    connection = await kernel_database.connect("superuser")
    rows = await connection.fetch(
        "SELECT rolname FROM pg_roles WHERE rolname LIKE 'bulkhead%' AND (rolsuper OR rolbypassrls)"
    )
    assert rows == []
    assert await connection.fetchval("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'bulkhead%'") == 4


async def test_a_test_sees_no_rows_of_another(kernel_database: FreshDatabase):
    connection = await kernel_database.connect("owner")
    await connection.execute("CREATE TABLE only_here (id int)")


test_a_test_sees_no_rows_of_another_either = test_a_test_sees_no_rows_of_another


@pytest.mark.skipif(os.geteuid() != 0, reason="only root lends the server another user")
def test_a_server_runs_below_a_folder_that_others_may_not_pass(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    server = Server(closed / "server", tuning=TEST_TUNING)
    server.start()
    assert psutil.Process(server.pid).uids().effective != 0
    server.stop()
    assert closed.stat().st_mode & 0o777 == 0o700
