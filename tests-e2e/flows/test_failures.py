"""The tests of this folder can fail: each builder broken here breaks the identity that guards it.

The builders are those of the stacks, changed in memory for one test. The first identities that break are
compared, so a mistake is found at the step that makes it.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from customer_stack.boundary_client import domain as wire
from customer_stack.fx.domain import conversion
from customer_stack.wagers.domain import flows as customer_flows
from customer_stack.wagers.domain import gate
from customer_stack.wagers.domain import reports as customer_reports
from execution_stack.allocation import domain as allocation
from execution_stack.books import domain as books
from execution_stack.books.chart import Account
from execution_stack.exchange.domain import Action, Fill, Side, price_on
from execution_stack.resolution.domain import plans as resolution
from flows import deposits, ends
from flows.history import live
from flows.identities import IdentitiesBroken, find_broken
from flows.model import CENT, ExchangeAccount, Violation
from flows.stacks import ReportRefused
from flows.story import funded, opened, settled, sold
from flows.units import contracts, price, usd
from shared.ledger.domain import USD, Movement, Transfer

Patch = tuple[object, str, Any]
"""A module, a name in it, and what takes a builder (as it is) and returns the broken one."""


def without(count: int) -> Callable[[Any], Any]:
    """Return a change that drops the last `count` transfers of a builder."""
    return lambda built: lambda *given: built(*given)[:-count]


def nothing(_: Any) -> Any:
    """Return a change that makes a builder post nothing."""
    return lambda *_: []


def _fee_twice(built: Any) -> Any:
    def charge(place: customer_flows.Place, fee: int) -> Transfer:
        once: Transfer = built(place, fee)
        (posting,) = once.postings
        return replace(once, postings=(replace(posting, amount=2 * fee),))

    return charge


def _losers_stay(built: Any) -> Any:
    def payout(place: customer_flows.Place, asset: int, quantity: int, amount: int) -> Movement:
        paid: Movement = built(place, asset, quantity, amount)
        return paid if amount else Movement()

    return payout


def _buy_with(cost: int = 0, quantity: int = 0) -> Callable[[Any], Any]:
    """Return a change of the customer's buy by so much."""

    def change(built: Any) -> Any:
        def buy(place: object, hold: UUID, asset: int, got: int, paid: int, fee: int) -> Any:
            return built(place, hold, asset, got + quantity, paid + cost, fee)

        return buy

    return change


def _pairs_as_float(built: Any) -> Any:
    def flow(asset: int, source: Account, target: Account, *rest: Any) -> Any:
        return built(asset, Account.FLOAT if source is Account.PAIR_CASH else source, target, *rest)

    return flow


def _average_price(_: Any) -> Any:
    def cost_of(fills: tuple[Fill, ...], side: Side) -> int:
        quantity = sum(fill.quantity for fill in fills)
        total = sum(fill.quantity * price_on(side, fill.yes_price) for fill in fills)
        return quantity * (total // quantity)

    return cost_of


def _one_contract_less(built: Any) -> Any:
    return lambda total, weights: built(total - (total == contracts("10.12")), weights)


def _fees_stay_out(built: Any) -> Any:
    return lambda *given: [each for each in built(*given) if each.kind != "fill_fee"]


def _no_profit(built: Any) -> Any:
    def transfers(*given: Any) -> tuple[Transfer, Transfer]:
        customer, department = built(*given)
        postings = tuple(replace(posting, profit=None) for posting in department.postings)
        return customer, replace(department, postings=postings)

    return transfers


def _amount_with(change: int, place: int) -> Callable[[Any], Any]:
    """Return a change that adds to the argument at `place`."""
    return lambda built: lambda *given: built(*given[:place], given[place] + change, *given[place + 1 :])


def _only_allocated(built: Any) -> Any:
    def prefund(*given: Any) -> Any:
        stock, movement = built(*given)
        return stock, Movement(movement.transfers[:1])

    return prefund


def _released_with(change: int) -> Callable[[Any], Any]:
    def change_transfer(built: Any) -> Any:
        def release(*given: Any) -> Transfer:
            once: Transfer = built(*given)
            (posting,) = once.postings
            return replace(once, postings=(replace(posting, amount=posting.amount + change),))

        return release

    return change_transfer


def _resolve_yes() -> None:
    settled().resolve(price("1.00"))


def _resolve_scalar() -> None:
    settled().resolve(price("0.37"))


def _excess() -> None:
    told = funded()
    told.place("A", told.a, Side.YES, Action.BUY, contracts("10.00"), price("0.56"))
    order = told.pool(Side.YES, Action.BUY, price("0.56"))
    told.execute("A", order, (price("0.55"), contracts("10.00"), usd("4.50")))


def _settle() -> None:
    sold().settle()


PAYS_ANYWAY: list[Patch] = [
    (resolution, "find_break", lambda _: lambda *_: None),
    (ends, "find_break", lambda _: lambda *_: None),
]
"""Without the check that execution makes itself before it pays."""

MISTAKES: dict[str, tuple[Callable[[], object], list[Patch], set[str]]] = {
    "pairing is skipped": (sold, [(books, "pair", nothing)], {"X1", "X2", "X3", "X4"}),
    "pair cash is read as float": (sold, [(books, "flow", _pairs_as_float)], {"X2"}),
    "a fee is charged twice": (sold, [(customer_flows, "_charge", _fee_twice)], {"J2", "J5"}),
    "a buy costs the customer more": (
        sold,
        [(customer_flows, "build_buy_fill", _buy_with(cost=1))],
        {"J1", "J5"},
    ),
    "a customer gets fewer contracts": (
        sold,
        [(customer_flows, "build_buy_fill", _buy_with(quantity=-1))],
        {"J3"},
    ),
    "a loser's contracts stay with the customer": (
        _resolve_yes,
        [(customer_flows, "build_payout", _losers_stay)],
        {"J3", "L4"},
    ),
    "the market's book is not cleared": (
        _resolve_yes,
        [(resolution, "_market", nothing)],
        {"L2", "L4", "X1", "X2", "X3", "X4", "X6"},
    ),
    "a contract of the fills is given to nobody": (
        sold,
        [(allocation, "share_out", _one_contract_less)],
        {"X1", "X5"},
    ),
    "an average price is rounded": (sold, [(allocation, "cost_of", _average_price)], {"X3", "X4", "X5"}),
    "fees stay with the references": (sold, [(books, "_references", _fees_stay_out)], {"L2", "X4", "X5"}),
    "fees stay in the float": (sold, [(books, "_tenants", _fees_stay_out)], {"L2", "X3"}),
    "a part of the excess is nobody's": (
        _excess,
        [(books, "_excess", _amount_with(-1, 1))],
        {"X3", "X4", "X5"},
    ),
    "the settlement fee is forgotten": (
        _resolve_scalar,
        [(resolution, "_share_fee", lambda _: lambda *_: ()), *PAYS_ANYWAY],
        {"L2", "L4", "X3", "X4", "X6"},
    ),
    "a conversion does not reach the customer": (
        funded,
        [(conversion, "_sale_transfers", lambda built: lambda *given: built(*given)[1:])],
        {"B1", "B3", "L2"},
    ),
    "the fee of a deposit reaches no revenue": (
        funded,
        [(conversion, "_fee_transfers", without(1))],
        {"B1", "L2"},
    ),
    "the profit of a sale of stock is not kept": (
        funded,
        [(conversion, "_sale_transfers", _no_profit)],
        {"B5"},
    ),
    "the house's LKR is short by a cent": (
        opened,
        [(deposits, "build_contribution", _amount_with(-1, 1))],
        {"B1", "B5"},
    ),
    "a prefund is lent and not paid": (
        opened,
        [(deposits, "decide_prefund", _only_allocated)],
        {"B2", "J4"},
    ),
    "a prefund arrives short": (
        opened,
        [(deposits, "book_float_deposit", _amount_with(-1, 2))],
        {"J4", "X3", "X4"},
    ),
    "a settlement clears more than it pays": (
        _settle,
        [(ends, "build_release", _released_with(1))],
        {"J4", "J5"},
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_of_a_builder_breaks_its_identities(mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    live, patches, expected = MISTAKES[mistake]
    live()
    for module, name, change in patches:
        monkeypatch.setattr(module, name, change(getattr(module, name)))
    with pytest.raises(IdentitiesBroken) as caught:
        live()
    assert caught.value.names == expected


def test_every_identity_has_a_mistake_that_breaks_it() -> None:
    guarded = {name for _, _, names in MISTAKES.values() for name in names}
    between = {"J1", "J2", "J3", "J4", "J5"}
    assert guarded == {"L2", "L4", *between, "X1", "X2", "X3", "X4", "X5", "X6", "B1", "B2", "B3", "B5"}


def test_an_entry_without_its_other_leg_breaks_l1() -> None:
    """Only a ledger that is not made of postings can have one."""
    told = funded()
    told.stacks.customer.balances[told.a.id, USD, "wallet"] += 1
    assert {each.identity for each in find_broken(told.stacks)} == {"L1", "B3"}


def test_a_balance_below_its_holds_breaks_l3() -> None:
    told = funded()
    told.place_a_and_c()
    told.stacks.execution.held[told.tenant.id, USD, "float"] += usd("1,000")
    assert {each.identity for each in find_broken(told.stacks)} == {"L3"}


def test_a_hold_below_the_worst_case_is_found_at_the_fill(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "bound_total", lambda *_: usd("3.9"))
    monkeypatch.setattr("execution_stack.intents.domain.required_max_total", lambda *_: 0)
    monkeypatch.setattr("execution_stack.aggregation.domain.required_max_totals", lambda *_: 0)
    monkeypatch.setattr(customer_reports, "_check_buy", lambda *_: None)
    monkeypatch.setattr(allocation, "_room_for_fee", lambda *_: usd("1"))
    with pytest.raises(Violation, match="ledger_hold_open_remaining_not_negative"):
        funded().buy_a_and_c()


def test_execution_pays_nothing_while_the_exchange_owes_a_cent(monkeypatch: pytest.MonkeyPatch) -> None:
    told = settled()
    paid = told.stacks.exchange.settle(told.market.id, price("0.00"))
    monkeypatch.setattr(ExchangeAccount, "settle", lambda *_: (paid[0] - CENT, paid[1]))
    before = len(told.stacks.execution.journal)
    with pytest.raises(ValueError, match="resolution_cash"):
        told.resolve(price("0.00"))
    assert len(told.stacks.execution.journal) == before


def test_the_customer_stack_applies_no_payout_that_is_not_value_times_position() -> None:
    told = settled()
    ends.resolve(told.stacks, told.market, price("1.00"))
    told.stacks.pending = [
        replace(each, amount=each.amount + 1) if isinstance(each, wire.Payout) else each
        for each in told.stacks.pending
    ]
    before = len(told.stacks.customer.journal)
    with pytest.raises(ReportRefused, match="PAYOUT_MISMATCH"):
        told.stacks.apply_reports()
    assert len(told.stacks.customer.journal) == before


def test_random_histories_find_a_mistake_and_name_their_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(books, "pair", lambda *_: [])
    with pytest.raises(IdentitiesBroken) as caught:
        live(range(20))
    assert "X2" in caught.value.names
    assert caught.value.__notes__[0].startswith("seed ")
