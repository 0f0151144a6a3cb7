"""One whole journey of compliance through public doors: onboarded, screened, held, freed, limited, erased.

Run it beside a platform that `make run` or a test has started and that nobody has used for compliance yet:

    python -m journeys.compliance_journey --state .run/state.json

Ends 0 only if every step and every final check held. An early erasure is due 90 days after an account's end;
`journeys.later` works that far ahead, which is the one thing here that no door does.
"""

import argparse
import asyncio
import secrets
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx

from journeys.admitting import register, route, screen
from journeys.doors import Address, Refused, open_client
from journeys.ending import LEAVER, export, leave, read_erased
from journeys.holding import close, decide, deposit, hold, publish, replay
from journeys.journey import Journey, Size, StepFailed, require
from journeys.money import open_house
from journeys.office import Office
from journeys.protecting import freeze, limit, order, pause
from journeys.reporting import report
from journeys.screen import Screen
from journeys.settling import verify

LATER_DAYS, LATER_SECONDS = 91, 60
FOLDER = Path(__file__).resolve().parents[1]
SIZE = Size(people=0, markets=1)


async def open_office(office: Office) -> None:
    """Bring the house's money, and sign the officers in."""
    await open_house(office.journey)
    await office.sign_in_officers()


async def erase(office: Office) -> None:
    """Let the days go by for which messages of providers live: the person is erased."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "journeys.later", str(LATER_DAYS)),
        cwd=FOLDER,
        env=office.journey.address.commands["customer"]["env"],
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, error = await asyncio.wait_for(process.communicate(), LATER_SECONDS)
    said = out.decode().split()
    require(said and said[-1] == "1", f"one person was erased: {out.decode()} {error.decode()[-800:]}")
    office.journey.screen.note(f"{LATER_DAYS} days later {LEAVER} was erased")


async def check(office: Office) -> None:
    """Run every final check of both stacks and verify both audit chains."""
    office.journey.people = [office.customers[name] for name in ("Nimal", "Farzana")]
    for customer in office.journey.people:
        customer.wagers = await customer.door.every("/v1/wagers")
    await verify(office.journey)


Step = Callable[[Office], Awaitable[None]]
STEPS: tuple[tuple[str, tuple[Step, ...]], ...] = (
    ("Onboard", (open_office, register)),
    ("Route by document", (route,)),
    ("Screen", (screen,)),
    ("Publish rules, pay in", (publish, deposit)),
    ("Hold, release, deny", (hold, decide)),
    ("Report a suspicion, close the case", (report, close)),
    ("Freeze and release", (freeze, order)),
    ("Limit, pause, exclude", (limit, pause)),
    ("Make every decision again", (replay,)),
    ("Copy, close, erase", (export, leave, erase, read_erased)),
    ("Check everything", (check,)),
)


async def drive(journey: Journey) -> Office:
    """Drive all steps. Raises StepFailed, Refused and what a door that does not answer raises."""
    office = Office(journey)
    for number, (title, works) in enumerate(STEPS, 1):
        journey.screen.step(number, len(STEPS), title)
        for work in works:
            await work(office)
    return office


async def run(state: Path) -> int:
    """Drive all steps on a running platform. Returns the exit code."""
    async with open_client(timeout=20) as client:
        journey = Journey(Address.read(state), client, Screen(), mark=secrets.token_hex(3), size=SIZE)
        try:
            await drive(journey)
        except (StepFailed, Refused, httpx.HTTPError, RuntimeError, TimeoutError) as error:
            journey.screen.failed("The compliance journey", error)
            return 1
    journey.screen.done()
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--state", type=Path, required=True, help="the state file of a running platform")
    sys.exit(asyncio.run(run(parser.parse_args().state)))
