import itertools
import os
import subprocess

import pytest

from bulkhead_local.installation import Installation
from bulkhead_local.layout import DATABASE_ROLES, STACKS, Ports
from bulkhead_local.postgres import TEST_TUNING
from bulkhead_local.problems import LocalProblem
from bulkhead_local.programs import script
from shared.database_address import DatabaseAddressUnusable, check_address

SECRET = "s3cret"
WRONG = {
    "nonsense": "not an address",
    "": "is empty",
    f"postgresql://a:{SECRET}@localhost:{SECRET}/x": "not an address",
    f"postgresql://a:{SECRET}@127.0.0.1:1/x": "no PostgreSQL answers there",
    f"postgresql://a:{SECRET}@/x?host=/tmp/no-such-folder": "no server has its socket",
}

CASES = [(stack, *wrong) for stack, wrong in zip(itertools.cycle(STACKS), WRONG.items(), strict=False)]
"""Both stacks in turn: the sentence is the kernel's, and each case is a process."""


@pytest.mark.parametrize(("stack", "address", "reason"), CASES)
def test_a_wrong_address_is_one_sentence_that_names_the_setting(stack, address, reason):
    name = f"{stack.upper()}_OWNER_DATABASE_URL"
    result = subprocess.run(
        [script(f"{stack}-stack"), "migrate"],
        env={"PATH": os.environ["PATH"], name: address},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 2
    assert result.stderr.startswith(name)
    assert reason in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert SECRET not in result.stderr


@pytest.mark.system
def test_a_server_that_refuses_is_told_apart(postgres_server):
    check_address("X_URL", postgres_server.dsn("app", "postgres"))
    with pytest.raises(DatabaseAddressUnusable, match="X_URL cannot be used: the server has no database"):
        check_address("X_URL", postgres_server.dsn("app", "nosuch"))
    wrong = postgres_server.dsn("app", "postgres").replace(":", ":wrong", 2).replace(":wrong//", "://")
    with pytest.raises(DatabaseAddressUnusable, match="refuses its user or password"):
        check_address("X_URL", wrong)


@pytest.mark.system
def test_an_installation_shows_that_sentence(tmp_path, monkeypatch):
    for stack in STACKS:
        for suffix in DATABASE_ROLES.values():
            monkeypatch.setenv(f"{stack.upper()}_{suffix}", "postgresql://a:b@127.0.0.1:1/x")
    with Installation(tmp_path, Ports.free(), tuning=TEST_TUNING) as one:
        with pytest.raises(LocalProblem) as found:
            one.start_databases()
        assert "CUSTOMER_OWNER_DATABASE_URL cannot be used: no PostgreSQL answers" in str(found.value)
        assert "\n" not in str(found.value)
