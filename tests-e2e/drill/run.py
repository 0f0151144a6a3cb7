"""`make drill`: lose each stack's database in turn, under load, restore it, and prove what came back.

    make drill                                  to the end of the WAL: nothing that was acknowledged is lost
    make drill ARGS="--to moment"               to a moment before the end: what is lost is named
    make drill ARGS="--stack execution"         one stack only

For each stack, on a platform of its own, with the sandbox:
1. both stacks with WAL archives; people, deposits; wagers and pay-ins go on from here;
2. `pg_basebackup` of both under load, every file checked against its manifest;
3. all wagers end: the moment. People are erased; load again, until some of what will be lost is filled;
4. SIGKILL to every process of one server, in the middle of the load;
5. restore from base backup, archive and what the dead disk still has; nothing starts before `after-restore`;
6. `after-restore`, processes, the witness's other side; after a moment also what waits or is a stranger;
7. compare: wagers, pay-ins, books, allocations, audits with their witnesses, the exchange.

Guaranteed: exit code 0 only if all of that holds; nothing outside its own folder is touched.
"""

import argparse
import asyncio
import contextlib
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

HERE = Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[1]))

from bulkhead_local.layout import STACKS, Ports, Stack  # noqa: E402 - the path comes first
from bulkhead_local.prepared import copy_databases, prepare_databases  # noqa: E402
from bulkhead_local.problems import LocalProblem  # noqa: E402
from drill.disaster import Backed, read_time  # noqa: E402
from drill.finishing import Operators  # noqa: E402
from drill.judging import Judge, Verdict  # noqa: E402
from drill.load import PayIns, filling_wagers, running  # noqa: E402
from drill.paying_out import PayOuts  # noqa: E402
from faults.load import Load  # noqa: E402
from faults.soak import quote_still_books  # noqa: E402
from journeys.journey import Journey, Size  # noqa: E402
from journeys.money import deposit, onboard, open_house  # noqa: E402
from journeys.screen import Screen  # noqa: E402
from journeys.settling import operator_keys  # noqa: E402
from journeys.wagering import choose_markets  # noqa: E402
from platform_under_test import FOLDERS, clear_platform, journey_on  # noqa: E402

PEOPLE: Final = 8
MARKETS: Final = 4
LATER_DAYS: Final = 2300
"""More than six years: whoever was refused is erased by then."""
LATER_SECONDS: Final = 120.0
LOST: Final[dict[Stack, frozenset[str]]] = {
    "customer": frozenset({"reports agree with wagers"}),
    "execution": frozenset({"x1_exchange", "x3_exchange_balance", "x7_balance_moves"}),
}
"""The checks by which a restore to a moment of a stack shows what was lost."""


@dataclass(frozen=True)
class Plan:
    """How one disaster goes. `to` is `end` or `moment`."""

    stack: Stack
    to: str
    load_seconds: float = 4.0


@dataclass
class Figures:
    """What was measured: seconds from the loss of the database."""

    to_database: float = 0.0
    to_finished: float = 0.0
    to_ready: float = 0.0
    to_first_wager: float = 0.0


class Drill:
    """One disaster on one platform."""

    def __init__(self, plan: Plan, platform: Backed, journey: Journey, say: Callable[[str], None]) -> None:
        self.plan = plan
        self.platform = platform
        self.journey = journey
        self.say = say
        self.figures = Figures()
        self.load = Load(journey, filling_wagers(journey))
        self.pay_ins = PayIns(journey)
        self.pay_outs = PayOuts(journey)
        self.judge = Judge(platform, plan.stack, Verdict(say))
        self.operators = Operators(platform, plan.stack, plan.to)
        self.early: set[str] = set()
        self.early_pay_ins: set[str] = set()

    async def run(self) -> bool:
        """Do all of it; return whether everything held."""
        with self._timed("people, deposits, markets"):
            for work in (open_house, onboard, deposit, choose_markets, quote_still_books):
                await work(self.journey)
            await self.pay_outs.open_account()
        moment = await self._live()
        began = await self._lose(moment)
        done = await self._restore(began, moment)
        await self._serve(began, done)
        return await self._compare()

    async def _live(self) -> datetime:
        """Work under load, back up meanwhile; return a moment at which nothing is under way."""
        async with running(self.load, self.pay_ins):
            with self._timed("base backups of both stacks under load, checked against their manifests"):
                for stack in STACKS:
                    await asyncio.to_thread(self.platform.back_up, stack)
            await asyncio.sleep(self.plan.load_seconds)
        await self.judge.wait_for_the_end()
        self.early = set(self.load.acknowledged.values())
        self.early_pay_ins = set(self.pay_ins.booked)
        await asyncio.sleep(1.0)  # pay-ins become money
        await self.judge.note_breaks()
        moment = await read_time(self.platform.dsn(self.plan.stack, "superuser"))
        await asyncio.sleep(1.0)
        return moment

    async def _lose(self, moment: datetime) -> float:
        """Erase people, load again, and kill the server in the middle of it; return when."""
        erased = await self._erase()
        self.say(f"        {erased} people erased")
        await self.pay_outs.wait_until_paid(await self.pay_outs.ask())
        async with running(self.load, self.pay_ins):
            await asyncio.sleep(self.plan.load_seconds)
            if self.plan.to == "moment":
                await self.judge.wait_for_fills(moment)
            began = time.monotonic()
            await asyncio.to_thread(self.platform.lose, self.plan.stack)
        self.say(
            f"        {len(self.load.acknowledged)} wagers acknowledged, {len(self.load.unknown)} unanswered"
        )
        return began

    async def _erase(self) -> str:
        """Erase whom the worker would erase in six years: those who were refused."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "journeys.later", str(LATER_DAYS)),
            cwd=HERE.parents[1],
            env=self.platform.environments["customer"],
            stdout=asyncio.subprocess.PIPE,
        )
        out, _ = await asyncio.wait_for(process.communicate(), LATER_SECONDS)
        return out.decode().split()[-1]

    async def _restore(self, began: float, moment: datetime) -> dict[str, Any]:
        """Bring the database back, see that nothing starts on it, and finish; return what was done."""
        stack, verdict = self.plan.stack, self.judge.verdict
        with self._timed("restore: base backup, archive, recovery"):
            to = moment if self.plan.to == "moment" else None
            saved = await asyncio.to_thread(self.platform.restore, stack, to)
        self.figures.to_database = time.monotonic() - began
        self.say(f"        {self.platform.archives[stack].count()} segments archived, {saved} saved")
        if self.plan.to == "moment":  # trying takes seconds that are no operator's
            said = await asyncio.to_thread(self.operators.start_too_early)
            verdict.require("after-restore" in said, "nothing starts before somebody has looked")
        done = await asyncio.to_thread(self.operators.finish)
        self.figures.to_finished = time.monotonic() - began
        for name, value in done.items():
            self.say(f"        {name}: {value}")
        return done

    async def _serve(self, began: float, done: dict[str, Any]) -> None:
        """Start the processes, and do what is left to operators."""
        await asyncio.to_thread(self.platform.bring_back, self.plan.stack)
        self.figures.to_ready = time.monotonic() - began
        if self.plan.to == "moment":
            accepted = await asyncio.to_thread(self.operators.accept, done)
            self.say(f"        epoch accepted: {accepted}")
            if self.plan.stack == "execution":
                self.say(f"        asked again: {await asyncio.to_thread(self.operators.ask_again)}")
                await asyncio.to_thread(self.operators.lift)
        asked = await self.pay_outs.ask()
        await self._first_wager()
        self.figures.to_first_wager = time.monotonic() - began
        await self._let_money_leave(asked)

    async def _let_money_leave(self, asked: str) -> None:
        """Compare with the banks, as it were; until then no payout leaves a stack that lost something."""
        if self.plan.to == "moment":
            if self.plan.stack == "customer":  # the worker had the time of a wager to send it
                state = await self.pay_outs.state(asked)
                self.judge.verdict.require(state == "requested", f"a payout asked for again is {state}")
            who = ("--operator", self.journey.address.staff[0]["id"])
            if self.plan.stack == "execution":
                who = ("--key-file", str((await operator_keys(self.journey))[0]))
            resumed = await asyncio.to_thread(self.operators.resume_outflow, who)
            self.say(f"        compared with the banks: {resumed}")
        await self.pay_outs.wait_until_paid(asked)

    async def _first_wager(self) -> None:
        """Place a wager and wait until it is filled: by somebody, and in a market, that lost nothing."""
        customer = self.journey.active[len(self.journey.active) - 2]
        market = self.journey.markets[-1]
        body = {"market_id": market["id"], "side": "yes", "action": "buy", "quantity": "1.00"}
        placed = await customer.door.call("POST", "/v1/wagers", body | {"limit_price": "0.55"})
        await self.judge.wait_for_the_end()
        found = await customer.door.call("GET", f"/v1/wagers/{placed['wager_id']}")
        self.judge.verdict.require(found["state"] == "filled", f"a new wager is {found['state']}")

    async def _compare(self) -> bool:
        """Compare everything."""
        judge, lost_some = self.judge, self.plan.to == "moment"
        early = self.early if lost_some else set(self.load.acknowledged.values())
        pay_ins = self.early_pay_ins if lost_some else set(self.pay_ins.booked)
        late = set(self.load.acknowledged.values()) - early
        is_customer = self.plan.stack == "customer"
        await judge.compare_wagers(early if is_customer else early | late, late if is_customer else ())
        await judge.compare_pay_ins(pay_ins, self.pay_ins)
        await judge.repeat(self.load, early)
        await judge.try_old_call()
        await judge.compare_books(expected=LOST[self.plan.stack] if lost_some else ())
        judge.verify_audits()
        await judge.compare_exchange(lost_some=lost_some and not is_customer)
        return judge.verdict.good

    @contextlib.contextmanager
    def _timed(self, what: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        self.say(f"{time.monotonic() - began:5.1f} s  {what}")


async def drill(plan: Plan, say: Callable[[str], None]) -> tuple[bool, Figures]:
    """Do one drill on a platform of its own. Raises LocalProblem, StepFailed."""
    folder = FOLDERS / f"drill-{plan.stack}"
    clear_platform(folder)
    copy_databases(prepare_databases(), folder)
    with Backed(folder, Ports.free()) as platform:
        platform.make_archives()
        platform.start()
        async with journey_on(platform, Size(people=PEOPLE, markets=MARKETS)) as journey:
            journey.screen = Screen(quiet=True)
            one = Drill(plan, platform, journey, say)
            held = await one.run()
    if held:
        shutil.rmtree(folder, ignore_errors=True)
    else:
        say(f"        what was found is in {folder}")
    return held, one.figures


def main() -> int:
    """Run from the command line. Return the exit code."""
    parser = argparse.ArgumentParser(prog="make drill", description=__doc__.splitlines()[0])
    parser.add_argument("--stack", choices=STACKS, help="lose this one only")
    parser.add_argument("--to", choices=("end", "moment"), default="end", help="restore how far")
    parser.add_argument("--seconds", type=float, default=4.0, help="how long each load runs")
    chosen = parser.parse_args()
    stacks: tuple[Stack, ...] = STACKS if chosen.stack is None else (chosen.stack,)
    good = True
    for stack in stacks:
        print(f"{stack}: restored to the {chosen.to}")
        try:
            held, took = asyncio.run(drill(Plan(stack, chosen.to, chosen.seconds), print))
        except LocalProblem as problem:
            print(problem, file=sys.stderr)
            return 1
        good &= held
        print(
            f"{'everything' if held else 'NOT everything'} held: database after {took.to_database:.1f} s, "
            f"after-restore after {took.to_finished:.1f} s, ready after {took.to_ready:.1f} s, "
            f"first wager filled after {took.to_first_wager:.1f} s"
        )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
