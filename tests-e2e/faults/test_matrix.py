"""Each fault of the exchange, each seed: no order twice, no contract lost or invented, books = exchange.

The execution stack's services and its order worker run here over a real database, and trade over HTTP at the
sandbox exchange while it misbehaves. Then everything is compared with what the exchange knows.
"""

import random
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final
from uuid import uuid4

import pytest
from typing_extensions import override

from bulkhead_local.lending import FreshDatabase
from execution_stack.aggregation import tasks
from execution_stack.aggregation.domain import Absence, OmnibusOrder, OrderState
from execution_stack.aggregation.tasks import OrderWorker
from execution_stack.exchange.domain import Acknowledged, NewOrder
from execution_stack.exchange.errors import OutcomeUnknown
from execution_stack.exchange.providers.kalshi import KalshiExchange
from faults.desk import WorkerFactory, open_desk
from faults.exchange_hand import open_exchange
from faults.judgement import find_faults
from faults.trading import Day
from sandbox.exchange.faults import FaultKind

Marks = tuple[pytest.MarkDecorator, ...]
DEPOSIT: Final = "1000.00"
END_SECONDS: Final = 30.0
SEEDS: Final = range(1, 21)
SHORT: Final = (1, 2, 3)
"""Seeds that take turns on every change, one for each fault; all of them are traded in `make test-long`."""


async def trade_under(
    kind: FaultKind | None,
    seed: int,
    database: FreshDatabase,
    folder: Path,
    *,
    worker: WorkerFactory = OrderWorker,
    exchange: type[KalshiExchange] = KalshiExchange,
    end_seconds: float = END_SECONDS,
    all_day: bool = False,
) -> list[str]:
    """Trade a seeded day under a fault, at seeded times or all day; return what is wrong afterwards."""
    source = random.Random(f"{kind}-{seed}")  # noqa: S311 - a day that can be repeated, not a secret
    async with open_exchange(folder) as hand:
        await hand.tell("POST", "deposit", amount=DEPOSIT)
        async with open_desk(database, hand, worker, exchange) as desk:
            if all_day:
                await hand.tell("PUT", "faults/standing", kind=kind, delay_ms=300)
            await Day(desk, hand, None if all_day else kind, source).trade()
            wrong = []
            if await desk.drain(end_seconds):
                await desk.recheck(END_SECONDS)
            else:
                wrong.append("not every intent ended")
            if not hand.state.fills:
                wrong.append("nothing was traded")
            return wrong + await find_faults(desk, hand, may_be_late=kind is FaultKind.LATE_FILL)


async def test_a_day_without_a_fault(execution_database: FreshDatabase, tmp_path: Path) -> None:
    assert await trade_under(None, 1, execution_database, tmp_path) == []


def in_turn(number: int, seeds: Iterable[int]) -> Iterator[tuple[int, Marks]]:
    """Return seeds with their marks for the test of this number."""
    for seed in seeds:
        yield seed, () if seed == SHORT[number % len(SHORT)] else (pytest.mark.long,)


@pytest.mark.parametrize(
    ("kind", "seed"),
    [
        pytest.param(kind, seed, marks=marks)
        for number, kind in enumerate(FaultKind)
        for seed, marks in in_turn(number, SEEDS)
    ],
)
async def test_nothing_is_doubled_lost_or_invented(
    kind: FaultKind, seed: int, execution_database: FreshDatabase, tmp_path: Path
) -> None:
    assert await trade_under(kind, seed, execution_database, tmp_path) == []


class SendsAnew(KalshiExchange):
    """Sends what got no answer once more, as another order."""

    @override
    async def place_order(self, order: NewOrder) -> Acknowledged:
        try:
            return await super().place_order(order)
        except OutcomeUnknown:
            again = NewOrder(uuid4(), order.ticker, order.book_side, order.price, order.quantity, order.since)
            return await super().place_order(again)


class SilenceIsNo(OrderWorker):
    """Takes an order that got no answer for one that the exchange does not have."""

    @override
    async def _search(self, order: OmnibusOrder, absence: Absence) -> tuple[OmnibusOrder, Absence]:
        return await self._look(order), absence

    @override
    async def _look(self, order: OmnibusOrder) -> OmnibusOrder:
        ended = await self._judge_refusal(order)
        assert ended.state is OrderState.REFUSED
        return ended


@pytest.mark.parametrize("seed", [pytest.param(seed, marks=marks) for seed, marks in in_turn(0, SHORT)])
async def test_an_order_sent_anew_is_seen(
    execution_database: FreshDatabase, tmp_path: Path, seed: int
) -> None:
    wrong = await trade_under(
        FaultKind.ACCEPT_THEN_DROP, seed, execution_database, tmp_path, exchange=SendsAnew, end_seconds=2
    )
    assert any("is nobody's" in each for each in wrong)


@pytest.mark.parametrize("seed", [pytest.param(seed, marks=marks) for seed, marks in in_turn(1, SHORT)])
async def test_silence_taken_for_a_no_is_seen(
    execution_database: FreshDatabase, tmp_path: Path, seed: int
) -> None:
    wrong = await trade_under(
        FaultKind.ACCEPT_THEN_DROP, seed, execution_database, tmp_path, worker=SilenceIsNo
    )
    assert any("and at the exchange: True" in each for each in wrong)


async def test_fills_taken_for_complete_too_early_are_seen(
    execution_database: FreshDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "is_complete", lambda order, _: order.status.is_terminal)
    wrong = await trade_under(FaultKind.LAGGING_FILLS, 1, execution_database, tmp_path, all_day=True)
    assert any("were there in time" in each for each in wrong)
