"""The command line itself: it begins quickly."""

import subprocess
import sys

HEAVY = ("fastapi", "grpc", "pgqueuer", "reportlab", "icu", "customer_stack.main")


def test_the_command_line_loads_nothing_that_only_some_commands_need():
    code = f"import sys, customer_stack.cli; print(*[each for each in {HEAVY} if each in sys.modules])"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert loaded.stdout.split() == []
