"""`python -m bulkhead_local.command customer ...`: a command of a stack, on the running platform.

What the command needs to know stands in the platform's `state.json`; nothing of the caller's environment
reaches it.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bulkhead_local.layout import STACKS
from bulkhead_local.problems import LocalProblem
from bulkhead_local.run import ROOT


def main(words: Sequence[str]) -> int:
    """Run the command and return its exit code. Raises LocalProblem without a platform or such a stack."""
    if not words or words[0] not in STACKS:
        raise LocalProblem(f"Begin with the stack, one of: {', '.join(STACKS)}.")
    state = Path(os.environ.get("BULKHEAD_RUN_FOLDER", ROOT / ".run")) / "state.json"
    try:
        command = json.loads(state.read_text())["commands"][words[0]]
    except FileNotFoundError:
        raise LocalProblem("There is no platform here. Start one first: make run.") from None
    return subprocess.run([*command["argv"], *words[1:]], env=command["env"], check=False).returncode


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except LocalProblem as problem:
        print(problem, file=sys.stderr)
        sys.exit(1)
