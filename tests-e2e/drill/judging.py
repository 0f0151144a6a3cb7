"""What must hold once everything is back: one line each."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from bulkhead_local.layout import STACKS, Stack
from drill.disaster import Backed
from drill.finishing import OTHER
from drill.load import PayIns
from execution_stack.exchange.domain import Order
from execution_stack.exchange.providers.kalshi import KalshiExchange
from execution_stack.exchange.providers.signing import Signer
from execution_stack.settings import EXCHANGE_PATH
from faults.load import Load
from journeys.journey import wait_until
from platform_under_test import superuser_of
from shared.clock import SystemClock

END_SECONDS: Final = 120.0
STRANGERS: Final = {
    "order_unknown",
    "fill_unknown",
    "position_drift",
    "balance_delta",
    "check",
    "order_differs",
    "late_fill",
}
"""As what the exchange's knowledge of lost orders may be found. No other kind of break may be left."""
BREAKS_SECONDS: Final = 60.0
"""The exchange's lists are compared up to 15 s ago, and a difference counts when it is found twice."""
UNKNOWN_ORDERS: Final = "SELECT subject FROM break_found WHERE kind = 'order_unknown'"
BREAKS: Final = "SELECT id, kind::text FROM break_found"
FILLS: Final = 5
FILLED_SINCE: Final = "SELECT count(*) FROM wager_order WHERE state = 'filled' AND placed_at > $1"
OPEN: Final = "SELECT count(*) FROM wager_order WHERE state IN ('pending', 'dispatched', 'submitted')"
LAST_REPORT: Final = "SELECT coalesce(max(last_sequence), 0) FROM report_cursor"
BEFORE_RESTORE: Final = """
    INSERT INTO boundary_nonce (key_id, nonce, sent_at)
    SELECT gen_random_uuid(), substring(sha256('drill') for 16), min(calls_after) FROM database_seen
    WHERE calls_after IS NOT NULL RETURNING 1
"""


@dataclass
class Verdict:
    """What was found, and whether all of it held."""

    say: Callable[[str], None]
    good: bool = True
    lines: list[str] = field(default_factory=list)

    def require(self, held: object, line: str) -> None:
        """Note one comparison."""
        self.good &= bool(held)
        self.lines.append(line)
        self.say(f"{'held' if held else 'BROKEN':7} {line}")


@dataclass
class Judge:
    """Looks at a platform whose `lost` stack was restored."""

    platform: Backed
    lost: Stack
    verdict: Verdict
    before: set[UUID] = field(default_factory=set)
    """Breaks that there were before anything was lost: opening the house makes some."""

    async def note_breaks(self) -> None:
        """Note which breaks there are now."""
        self.before = {row["id"] for row in await self._rows("execution", BREAKS)}

    async def wait_for_the_end(self) -> None:
        """Wait until every wager has ended and every report was read."""

        async def ended() -> bool:
            read = await self._value("customer", "SELECT sequence FROM wager_report_cursor")
            written = await self._value("execution", LAST_REPORT)
            return not await self._value("customer", OPEN) and read >= written

        await wait_until("the end of every wager", ended, END_SECONDS)

    async def wait_for_fills(self, moment: datetime) -> None:
        """Wait until a handful of wagers that were placed after a moment are filled: these are lost."""

        async def filled() -> bool:
            return int(await self._value("customer", FILLED_SINCE, moment)) >= FILLS

        await wait_until("wagers after the moment that are filled", filled, END_SECONDS)

    async def compare_wagers(self, early: Collection[str], late: Collection[str]) -> None:
        """Everything acknowledged before the restore's moment is there, and told is what is not."""
        rows = await self._rows("customer", "SELECT id FROM wager_order")
        stored = {str(row["id"]) for row in rows}
        missing = set(early) - stored
        self.verdict.require(
            not missing, f"{len(early)} acknowledged wagers are stored, {len(missing)} are not"
        )
        if late:
            self.verdict.say(f"        {len(set(late) - stored)} of {len(late)} acknowledged later are lost")

    async def compare_pay_ins(self, early: Collection[str], pay_ins: PayIns) -> None:
        """Every pay-in that the bank had booked by then is known."""
        known = await pay_ins.known()
        missing = set(early) - known
        self.verdict.require(not missing, f"{len(early)} pay-ins are known ({len(missing)} missing)")
        later = set(pay_ins.booked) - set(early)
        if later:
            self.verdict.say(
                f"        {len(later - known)} of {len(later)} later ones only the bank's statement has"
            )

    async def repeat(self, load: Load, early: Collection[str]) -> None:
        """Whoever asks again with an early key gets the answer of then, and nothing happens twice."""
        keys = [key for key, wager in load.acknowledged.items() if wager in set(early)]
        load.asks = {key: load.asks[key] for key in keys}
        again = await load.ask_again()
        same = all(again[key] == load.acknowledged[key] for key in keys)
        self.verdict.require(same, f"{len(keys)} requests sent again are answered as they were")

    async def try_old_call(self) -> None:
        """A call that was signed before the restore ended is refused by the database itself."""
        stored = await self._value(self.lost, BEFORE_RESTORE)
        self.verdict.require(stored is None, "calls signed before the restore ended are refused")

    async def compare_books(self, *, expected: Collection[str] = ()) -> None:
        """The checks of both stacks hold, but for those named; everything follows from its facts.

        Of the customer stack those of its books: what a restore to a moment lost, others still have.
        """
        for stack in STACKS:
            words = ("checks", "--books") if stack == "customer" else ("checks",)
            checks = json.loads(self.platform.command(stack, *words, "--json", check=False))
            broken = [each for each in checks if not each["held"]]
            surprising = [each for each in broken if each["name"] not in expected]
            text = "; ".join(f"{each['name']}: {each['detail']}" for each in surprising)
            self.verdict.require(
                not surprising, f"{stack}: {len(checks) - len(broken)} checks of books {text}"
            )
            for each in broken:
                if each not in surprising:
                    self.verdict.say(f"        expected: {each['name']}: {each['detail']}")
        rebuilt = json.loads(self._ask("customer", "ledger", "rebuild", "--check"))
        self.verdict.require(rebuilt["good"], "the customer ledger follows from its facts")
        replayed = json.loads(self._ask("execution", "replay", "--all"))
        self.verdict.require(replayed["difference"] is None, f"allocations follow again: {replayed}")

    def verify_audits(self) -> None:
        """Both audits verify, each against what the other side's database holds of it."""
        for stack in STACKS:
            against = self.platform.dsn(OTHER[stack], "auditor")
            found = json.loads(self._ask(stack, "audit", "verify", "--witness", against))
            self.verdict.require(found["good"], f"{stack}: the audit verifies with its witness {_why(found)}")
            alarms = json.loads(self._ask(stack, "audit", "alarms", "--standing"))
            self.verdict.require(not alarms, f"{stack}: no alarm of the witness stands {alarms or ''}")

    async def compare_exchange(self, *, lost_some: bool) -> None:
        """No order stands twice at the exchange, and what is not ours there is a break."""
        orders = await self._list_orders()
        ids = Counter(order.client_order_id for order in orders)
        self.verdict.require(max(ids.values()) == 1, f"{len(ids)} orders at the exchange, none twice")
        ours = {row["id"] for row in await self._rows("execution", "SELECT id FROM aggregation_order")}
        strangers = {order.order_id for order in orders if order.client_order_id not in ours}
        named = await self._wait_for_breaks(strangers)
        self.verdict.require(
            named == strangers, f"{len(strangers)} orders there that are unknown here, {len(named)} breaks"
        )
        rows = await self._rows("execution", BREAKS)
        kinds = Counter(row["kind"] for row in rows if row["id"] not in self.before)
        self.verdict.require(
            kinds.keys() <= (STRANGERS if lost_some else set()), f"new breaks: {dict(kinds)}"
        )

    async def _wait_for_breaks(self, strangers: Collection[UUID]) -> set[UUID]:
        """Return which orders of the exchange are breaks, once they are those, or after a while."""
        deadline = time.monotonic() + BREAKS_SECONDS
        while True:
            rows = await self._rows("execution", UNKNOWN_ORDERS)
            named = {row["subject"] for row in rows}
            if named == strangers or time.monotonic() > deadline:
                return named
            await asyncio.sleep(1)

    async def _list_orders(self) -> Sequence[Order]:
        """Return every order at the exchange, as the stack's own adapter reads it."""
        environment, now = self.platform.environments["execution"], datetime.now(UTC)
        key = Path(environment["EXECUTION_EXCHANGE_PRIVATE_KEY_FILE"])
        signer = Signer.from_file(environment["EXECUTION_EXCHANGE_KEY_ID"], key)
        url = environment["EXECUTION_EXCHANGE_URL"] + EXCHANGE_PATH
        exchange = KalshiExchange(url, signer, SystemClock())
        try:
            return await exchange.orders_between(now - timedelta(hours=1), now + timedelta(minutes=1))
        finally:
            await exchange.close()

    async def _value(self, stack: Stack, sql: str, *arguments: object) -> Any:
        async with superuser_of(self.platform, stack) as connection:
            return await connection.fetchval(sql, *arguments)

    async def _rows(self, stack: Stack, sql: str) -> list[Any]:
        async with superuser_of(self.platform, stack) as connection:
            rows: list[Any] = await connection.fetch(sql)
            return rows

    def _ask(self, stack: Stack, *arguments: str) -> str:
        return self.platform.command(stack, *arguments, "--json", check=False)


def _why(found: dict[str, Any]) -> str:
    return "" if found["good"] else json.dumps(found)[:600]
