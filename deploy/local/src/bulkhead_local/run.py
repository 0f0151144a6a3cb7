"""`make run`: start everything, drive one whole journey on screen, stay up until Ctrl-C.

`ONCE=1` ends after the journey. Ends 0 only if the journey's every step and check held; ended before that,
130 after Ctrl-C and 143 after SIGTERM.
`--migrate` only brings the databases up to date.
"""

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections import defaultdict, deque
from pathlib import Path
from types import FrameType
from typing import Final, NoReturn

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bulkhead_local.installation import Installation
from bulkhead_local.problems import LocalProblem

ROOT: Final = Path(__file__).resolve().parents[4]
TESTS: Final = ROOT / "tests-e2e"
RESTARTS_A_MINUTE: Final = 5
WIDTH: Final = 140
CODE_AFTER_CTRL_C: Final = 130
CODE_AFTER_SIGTERM: Final = 143

_console = Console(highlight=False)


class Ended(BaseException):
    """SIGTERM: end as on Ctrl-C."""


def main() -> int:
    """Run from the command line. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="make run", description=__doc__)
    parser.add_argument("--migrate", action="store_true", help="only bring the databases up to date")
    parser.add_argument("--no-journey", action="store_true", help="start everything and stay up")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, _raise_ended)
    signal.signal(signal.SIGINT, _raise_ended)  # also where a shell started us with it ignored
    folder = Path(os.environ.get("BULKHEAD_RUN_FOLDER", ROOT / ".run"))
    began = time.monotonic()

    def say(text: str) -> None:
        _console.print(f"  [dim]{time.monotonic() - began:5.1f} s[/dim]  {text}")

    code: int | None = None  # none yet: neither the migration nor the journey has ended
    try:
        installation = Installation(folder, say=say)
        with installation:
            if arguments.migrate:
                installation.start_databases()
                code = 0
                say("databases are up to date")
                return code
            _console.print("[bold]Starting the platform[/bold]")
            installation.start()
            say("ready")
            once = os.environ.get("ONCE", "") not in {"", "0"}
            code = 0 if arguments.no_journey else drive_journey(installation)
            if once:
                return code
            show_addresses(installation)
            return stay_up(installation) or code
    except LocalProblem as problem:
        _console.print(f"\n[bold red]Stopped.[/bold red] {problem}", markup=True, soft_wrap=True)
        return 1
    except (KeyboardInterrupt, Ended) as end:
        early = CODE_AFTER_SIGTERM if isinstance(end, Ended) else CODE_AFTER_CTRL_C
        _console.print("\nStopped." if code is not None else "\nStopped before the end.")
        return early if code is None else code


def _raise_ended(number: int, _frame: FrameType | None) -> NoReturn:
    """End once: stopping is bounded, and a second signal would leave programs behind."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    raise Ended


def drive_journey(installation: Installation) -> int:
    """Run the journey as a program of its own, which knows public doors only. Returns its exit code."""
    command = [sys.executable, "-m", "journeys.wager_journey", "--state", str(installation.state_file)]
    environment = {
        name: os.environ[name] for name in ("PATH", "TERM", "LANG", "COLUMNS") if name in os.environ
    }
    environment |= {"PYTHONPATH": str(TESTS), "PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    code = subprocess.run(command, env=environment, cwd=TESTS, check=False).returncode
    for name in installation.supervisor.ended():
        _console.print(f"\n[bold red]{name} ended during the journey.[/bold red]")
        _console.print(installation.supervisor.describe_end(name), markup=False)
        code = code or 1
    return code


def show_addresses(installation: Installation) -> None:
    """Print where everything is and how to sign in."""
    state = installation.state()
    _console.print("\n[bold]The platform is up.[/bold] Ctrl-C ends it.")
    addresses = Table.grid(padding=(0, 2))
    for name, address in state["addresses"].items():
        addresses.add_row(name.replace("_", " "), address)
    addresses.add_row("API documentation", f"{state['addresses']['customer_api']}/docs")
    staff = Table(box=SIMPLE_HEAD, pad_edge=False)
    for column in ("operator", "role", "username", "password"):
        staff.add_column(column, no_wrap=True)
    for clerk in state["staff"]:
        staff.add_row(*(Text(clerk[name]) for name in ("tenant", "role", "username", "password")))
    # Passwords and paths stay in one piece, so that they can be copied: the terminal wraps what is too long.
    wide = Console(highlight=False, width=max(_console.width, WIDTH))
    for table in (addresses, staff):
        wide.print(Padding(table, (0, 0, 0, 2), expand=False))
    for name, path in (("for scripts", str(installation.state_file)), ("logs", state["logs"])):
        _console.print(Text(f"  {name:12} {path}"), soft_wrap=True)


def stay_up(installation: Installation) -> int:
    """Watch the programs until Ctrl-C; start again what ends. Returns 1 when one keeps ending."""
    restarts: dict[str, deque[float]] = defaultdict(deque)
    while True:
        time.sleep(0.5)
        for name in installation.supervisor.ended():
            recent = restarts[name]
            while recent and recent[0] < time.monotonic() - 60:
                recent.popleft()
            _console.print(f"{name} ended; starting it again. Log: {installation.supervisor.log_of(name)}")
            if len(recent) >= RESTARTS_A_MINUTE:
                raise LocalProblem(f"It keeps ending.\n{installation.supervisor.describe_end(name)}")
            recent.append(time.monotonic())
            with contextlib.suppress(LocalProblem):
                installation.supervisor.restart(name)
            installation.write_state()


if __name__ == "__main__":
    sys.exit(main())
