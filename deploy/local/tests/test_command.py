import json
import os
import subprocess
import sys

import pytest

from bulkhead_local import command
from bulkhead_local.problems import LocalProblem


def run(folder, *words):
    return subprocess.run(
        [sys.executable, "-m", "bulkhead_local.command", *words],
        env=os.environ | {"BULKHEAD_RUN_FOLDER": str(folder), "MINE": "yes"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_command_gets_its_words_and_the_environment_of_the_platform_only(tmp_path):
    says = (
        "import os, sys; print(sys.argv[1:], os.environ.get('MINE'), os.environ['CUSTOMER_X']); sys.exit(3)"
    )
    stack = {"argv": [sys.executable, "-c", says], "env": {"CUSTOMER_X": "x"}}
    (tmp_path / "state.json").write_text(json.dumps({"commands": {"customer": stack}}))
    done = run(tmp_path, "customer", "ledger", "rebuild", "--check")
    assert (done.returncode, done.stdout.strip()) == (3, "['ledger', 'rebuild', '--check'] None x")


def test_without_a_platform_it_says_how_to_start_one(tmp_path):
    done = run(tmp_path, "customer", "ledger", "rebuild", "--check")
    assert (done.returncode, done.stdout) == (1, "")
    assert "make run" in done.stderr


@pytest.mark.parametrize("words", [[], ["ledger", "rebuild"]])
def test_the_stack_comes_first(words):
    with pytest.raises(LocalProblem, match="customer, execution"):
        command.main(words)
