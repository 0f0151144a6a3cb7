"""What a resolution pays and posts (money flows, section 9, R1 to R6; 9.1 for a void at cost). Pure.

Units: contracts 0.01, price 0.0001 USD per contract, money 0.000001 USD. So quantity times value is money,
without rounding. The exchange rounds its own payment down to a cent and states the rest as a fee; that fee
is passed on by largest remainder over the payouts.

Ids follow from the market, the revision of its outcome and what is posted, so that nothing is paid twice.

Guaranteed: after the movement `resolution` is zero in USD, YES and NO, and so is every other account in
both contracts; a void at cost shares exactly what the exchange returns and what pairs hold.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from execution_stack.books.chart import Account, TransferKind
from execution_stack.books.chart import Action as Entry
from execution_stack.books.domain import Booking, ContractAssets, Gross, HeldPosition, flow
from execution_stack.breaks.domain import Break, Kind
from execution_stack.exchange.domain import ONE_DOLLAR, Side, price_on
from execution_stack.reports.domain import Basis, Payout, SettlementFee
from shared.errors import invariant
from shared.ids import HOUSE_TENANT, uuid_from_name
from shared.ledger.domain import USD, Movement, Posting, Transfer
from shared.money import largest_remainder

CostKey = tuple[UUID, Side]
"""Account, side."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the exchange ended a market, and all that it paid for it since the last trade.

    `revision` 1 is a market's first outcome; each later one takes back the one before.
    """

    market_id: UUID
    yes_value: int
    exchange_cash: int
    fee: int
    at: datetime
    basis: Basis = Basis.VALUE
    revision: int = 1

    @property
    def named(self) -> UUID:
        """Return what the ids of this outcome's transfers follow from."""
        return name_outcome(self.market_id, self.revision)


def name_outcome(market_id: UUID, revision: int) -> UUID:
    """Return what the ids of an outcome's transfers follow from: other ones for each revision."""
    return market_id if revision == 1 else uuid_from_name(market_id, f"revision:{revision}")


@dataclass(frozen=True, slots=True)
class Resolved:
    """A paid market with the numbers of its cash identity."""

    market_id: UUID
    yes_value: int
    payouts: int
    fees: int
    exchange_cash: int
    pair_cash: int
    basis: Basis = Basis.VALUE
    revision: int = 1


@dataclass(frozen=True, slots=True)
class TenantPayout:
    """A payout with the tenant whose report it becomes."""

    tenant_id: UUID
    payout: Payout


@dataclass(frozen=True, slots=True)
class TenantFee:
    """A part of the settlement fee with the tenant whose report it becomes."""

    tenant_id: UUID
    fee: SettlementFee


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a resolution pays, in account order."""

    outcome: Outcome
    gross: Gross
    payouts: tuple[TenantPayout, ...]
    fees: tuple[TenantFee, ...]

    @property
    def total_payout(self) -> int:
        """Return what all holders are paid, before fees."""
        return sum(each.payout.amount for each in self.payouts)

    @property
    def pair_cash(self) -> int:
        """Return what the exchange paid for pairs before."""
        return self.gross.paired * ONE_DOLLAR


def plan_resolution(outcome: Outcome, holdings: Sequence[HeldPosition]) -> Plan:
    """Compute every payout, losers' included, and share the settlement fee over the payouts."""
    ordered = _in_order(holdings)
    amounts = [each.quantity * price_on(each.side, outcome.yes_value) for each in ordered]
    payouts = _pay(outcome, ordered, amounts)
    return Plan(outcome, gross_of(ordered), payouts, _share_fee(outcome, payouts))


def plan_original_cost(
    outcome: Outcome, holdings: Sequence[HeldPosition], costs: Mapping[CostKey, int]
) -> Plan:
    """Share what the exchange returns and what pairs hold, in proportion to what open positions cost.

    Never the cost itself: what the exchange returns and what positions cost differ (money flows, 9.1).
    """
    ordered = _in_order(holdings)
    pool = outcome.exchange_cash + gross_of(ordered).paired * ONE_DOLLAR
    weights = [costs[each.account, each.side] for each in ordered]
    if not sum(weights):
        weights = [each.quantity for each in ordered]
    amounts = largest_remainder(pool, weights, range(len(ordered)))
    return Plan(outcome, gross_of(ordered), _pay(outcome, ordered, amounts), ())


def _in_order(holdings: Sequence[HeldPosition]) -> list[HeldPosition]:
    return sorted(holdings, key=lambda each: (each.account, each.side))


def gross_of(holdings: Sequence[HeldPosition]) -> Gross:
    """Return all that holdings add up to."""
    return Gross(
        sum(each.quantity for each in holdings if each.side is Side.YES),
        sum(each.quantity for each in holdings if each.side is Side.NO),
    )


def _pay(
    outcome: Outcome, ordered: Sequence[HeldPosition], amounts: Sequence[int]
) -> tuple[TenantPayout, ...]:
    return tuple(
        TenantPayout(
            each.tenant_id,
            Payout(
                account=each.account,
                market_id=outcome.market_id,
                side=each.side,
                quantity=each.quantity,
                amount=amount,
                revision=outcome.revision,
            ),
        )
        for each, amount in zip(ordered, amounts, strict=True)
    )


def _share_fee(outcome: Outcome, payouts: Sequence[TenantPayout]) -> tuple[TenantFee, ...]:
    paid: dict[UUID, int] = defaultdict(int)
    tenants: dict[UUID, UUID] = {}
    for each in payouts:
        paid[each.payout.account] += each.payout.amount
        tenants[each.payout.account] = each.tenant_id
    accounts = sorted(paid)
    if not sum(paid.values()):
        return ()
    shares = largest_remainder(outcome.fee, [paid[each] for each in accounts], range(len(accounts)))
    return tuple(
        TenantFee(tenants[account], SettlementFee(account, outcome.market_id, share))
        for account, share in zip(accounts, shares, strict=True)
        if share
    )


def find_break(plan: Plan, books: Gross) -> Break | None:
    """Return why a market cannot be paid: X6 does not hold, or the books disagree with the positions."""
    outcome = plan.outcome
    if plan.gross != books:
        return Break(Kind.RESOLUTION_CLEARING, outcome.market_id, books.net, plan.gross.net)
    charged = sum(each.fee.amount for each in plan.fees)
    due, paid = plan.total_payout - charged, outcome.exchange_cash + plan.pair_cash
    if due != paid or charged != outcome.fee:
        return Break(Kind.RESOLUTION_CASH, outcome.market_id, due, paid)
    return None


def book_resolution(plan: Plan, assets: ContractAssets) -> Movement:
    """Return R1 to R6 for a plan without a break."""
    outcome = plan.outcome
    invariant(find_break(plan, plan.gross) is None, "a market whose cash identity fails is not paid")
    booking = Booking(uuid_from_name(outcome.named, "resolution"), outcome.at)
    transfers = [*_references(booking, plan, assets), *_tenants(booking, plan)]
    transfers += _market(booking, plan, assets)
    return Movement(tuple(transfers))


def _references(booking: Booking, plan: Plan, assets: ContractAssets) -> list[Transfer]:
    """Take every holding out, pay the winners (R1, R2), and charge the fees (R6)."""
    transfers = []
    for each in plan.payouts:
        payout = each.payout
        wins = payout.amount > 0
        kind = TransferKind.RESOLUTION_PAYOUT if wins else TransferKind.RESOLUTION_LOSS
        entry = Entry.PAYOUT if wins else Entry.LOSS
        postings = [flow(assets.of(payout.side), Account.POSITION, Account.BETWEEN, payout.quantity, entry)]
        if wins:
            source, target = _payment(each.tenant_id)
            postings.append(flow(USD, source, target, payout.amount, entry))
        named = uuid_from_name(plan.outcome.named, payout.side)
        transfers.append(booking.transfer(named, kind, each.tenant_id, payout.account, *postings))
    for charged in plan.fees:
        fee = charged.fee
        is_house = charged.tenant_id == HOUSE_TENANT
        payer = (Account.OWN, Account.OWN_CASH) if is_house else (Account.FEES, Account.BETWEEN)
        posting = flow(USD, *payer, fee.amount, Entry.FEE)
        transfers.append(
            booking.transfer(
                plan.outcome.named, TransferKind.SETTLEMENT_FEE, charged.tenant_id, fee.account, posting
            )
        )
    return transfers


def _payment(tenant_id: UUID) -> tuple[Account, Account]:
    """Return how a payout arrives: the house's contracts, of late fills, are paid into its own money."""
    is_house = tenant_id == HOUSE_TENANT
    return (Account.OWN_CASH, Account.OWN) if is_house else (Account.BETWEEN, Account.CASH)


def _tenants(booking: Booking, plan: Plan) -> list[Transfer]:
    """Bring what a tenant's references were paid, less their fees, into its float (halves of R4 and R5)."""
    free: dict[UUID, int] = defaultdict(int)
    for each in plan.payouts:
        free[each.tenant_id] += each.payout.amount
    for charged in plan.fees:
        free[charged.tenant_id] -= charged.fee.amount
    return [
        booking.transfer(
            plan.outcome.named,
            TransferKind.RESOLUTION_CASH,
            tenant,
            tenant,
            flow(USD, Account.FLOAT, Account.BETWEEN, free[tenant], Entry.PAYOUT),
        )
        for tenant in sorted(free)
        if free[tenant] and tenant != HOUSE_TENANT
    ]


def _market(booking: Booking, plan: Plan, assets: ContractAssets) -> list[Transfer]:
    """Clear the market's book: what was taken in, the omnibus position, pairs and their cash (R3 to R5)."""
    outcome, gross = plan.outcome, plan.gross
    fees = sum(each.fee.amount for each in plan.fees)
    long, short = gross.yes - gross.paired, gross.no - gross.paired
    clearing = Entry.CLEARING
    steps: list[tuple[TransferKind, list[tuple[int, Account, Account, int]]]] = [
        (
            TransferKind.RESOLUTION_PAYOUT,
            [
                (assets.yes, Account.BETWEEN, Account.RESOLUTION, gross.yes),
                (assets.no, Account.BETWEEN, Account.RESOLUTION, gross.no),
                (USD, Account.RESOLUTION, Account.BETWEEN, plan.total_payout),
            ],
        ),
        (
            TransferKind.RESOLUTION_OMNIBUS,
            [
                (assets.yes, Account.RESOLUTION, Account.OMNIBUS, long),
                (assets.no, Account.RESOLUTION, Account.OMNIBUS, short),
                (USD, Account.BETWEEN, Account.RESOLUTION, outcome.exchange_cash),
            ],
        ),
        (
            TransferKind.RESOLUTION_PAIRS,
            [
                (assets.yes, Account.RESOLUTION, Account.PAIRS, gross.paired),
                (assets.no, Account.RESOLUTION, Account.PAIRS, gross.paired),
                (USD, Account.PAIR_PAYABLE, Account.RESOLUTION, plan.pair_cash),
            ],
        ),
        (TransferKind.RESOLUTION_CASH, [(USD, Account.BETWEEN, Account.PAIR_CASH, plan.pair_cash)]),
        (TransferKind.SETTLEMENT_FEE, [(USD, Account.BETWEEN, Account.RESOLUTION, fees)]),
    ]
    transfers = []
    for kind, movements in steps:
        postings = [Posting(asset, a, b, amount, clearing) for asset, a, b, amount in movements if amount]
        if postings:
            transfers.append(
                booking.transfer(outcome.named, kind, HOUSE_TENANT, outcome.market_id, *postings)
            )
    return transfers


def transfer_ids(market_id: UUID, revision: int) -> set[UUID]:
    """Return every id that a transfer of one outcome can have, in whichever book."""
    named = name_outcome(market_id, revision)
    ends = (TransferKind.RESOLUTION_PAYOUT, TransferKind.RESOLUTION_LOSS)
    halves = (
        TransferKind.RESOLUTION_PAYOUT,
        TransferKind.RESOLUTION_OMNIBUS,
        TransferKind.RESOLUTION_PAIRS,
        TransferKind.RESOLUTION_CASH,
        TransferKind.SETTLEMENT_FEE,
    )
    of_references = {uuid_from_name(uuid_from_name(named, side), kind) for side in Side for kind in ends}
    return of_references | {uuid_from_name(named, kind) for kind in halves}
