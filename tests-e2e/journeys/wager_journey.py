"""One whole journey through public doors: from registration to an approved settlement and a verified audit.

Run by `make run` with the state file that it wrote:

    python -m journeys.wager_journey --state .run/state.json

Ends 0 only if every step and every final check held, 130 after Ctrl-C. It can be
driven again on the same databases.
"""

import argparse
import asyncio
import secrets
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx

from journeys.doors import Address, Refused, open_client
from journeys.everyday import read_statements, spend, withdraw
from journeys.journey import Journey, StepFailed
from journeys.money import deposit, onboard, open_house
from journeys.screen import Screen
from journeys.settling import reconcile_open, settle, verify
from journeys.wagering import await_execution, resolve, sell, show_allocation, wager

CODE_AFTER_CTRL_C = 130
STEPS: tuple[tuple[str, tuple[Callable[[Journey], Awaitable[None]], ...]], ...] = (
    ("Onboard", (open_house, onboard)),
    ("Deposit at a locked rate", (deposit,)),
    ("Place wagers", (wager,)),
    ("Aggregate and execute", (await_execution,)),
    ("Allocate", (show_allocation, sell, reconcile_open)),
    ("Resolve and pay", (resolve,)),
    ("Spend and withdraw", (spend, withdraw, read_statements)),
    ("Settle and report", (settle, verify)),
)


async def drive(state: Path) -> int:
    """Drive all steps. Returns the exit code."""
    address, screen = Address.read(state), Screen()
    async with open_client(timeout=20) as client:
        journey = Journey(address, client, screen, mark=secrets.token_hex(3))
        for number, (title, works) in enumerate(STEPS, 1):
            screen.step(number, len(STEPS), title)
            try:
                for work in works:
                    await work(journey)
            except (StepFailed, Refused, httpx.HTTPError, RuntimeError, TimeoutError) as error:
                screen.failed(title, error)
                return 1
    someone = journey.active[0].person
    screen.note(f"A customer to sign in as: {someone.tenant}, {someone.email}, {someone.password!r}")
    screen.done()
    return 0


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--state", type=Path, required=True, help="the state file of a running platform")
    try:
        sys.exit(asyncio.run(drive(parser.parse_args().state)))
    except KeyboardInterrupt:
        sys.exit(CODE_AFTER_CTRL_C)


if __name__ == "__main__":
    main()
