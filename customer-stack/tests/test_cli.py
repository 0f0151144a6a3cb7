"""The command line itself: it begins quickly, and its standard output is the result and nothing else."""

import json
import subprocess
import sys
from pathlib import Path

from .screening.published import UNITED_NATIONS

HEAVY = ("fastapi", "grpc", "pgqueuer", "reportlab", "icu", "customer_stack.main")


def test_the_command_line_loads_nothing_that_only_some_commands_need():
    code = f"import sys, customer_stack.cli; print(*[each for each in {HEAVY} if each in sys.modules])"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert loaded.stdout.split() == []


def test_logs_and_refusals_go_to_standard_error(customer_database, tmp_path):
    command = [Path(sys.executable).with_name("customer-stack"), "screening", "import", "--list", "un"]
    environment = {
        "CUSTOMER_ENVIRONMENT": "sandbox",
        "CUSTOMER_DATABASE_URL": customer_database.dsn("app"),
    }

    def take():
        return subprocess.run(
            [*command, "--from", str(tmp_path)],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    refused = take()
    assert (refused.returncode, refused.stdout) == (2, "")
    *logged, sentence = refused.stderr.splitlines()
    assert sentence.endswith("The last good one stays.")
    assert [json.loads(line)["event"] for line in logged] == ["screening.list_not_taken"]
    (tmp_path / "consolidated.xml").write_bytes(UNITED_NATIONS)
    taken = take()
    assert json.loads(taken.stdout)["outcome"] == "taken", taken.stderr
