"""Wire shapes of the ledger as staff sees it."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints

from customer_stack.edge.schemas import AmountText, Answer, Body
from customer_stack.ledger.chart import CHART, ChartLine
from customer_stack.ledger.domain import Item, SixRates, TransferSource, WalletEntry
from customer_stack.ledger.revising import Reversal, ReversalReason
from customer_stack.ledger.schemas import (
    AmountAnswer,
    AssetAnswer,
    Assets,
    scale_of,
    show_amount,
    show_asset,
    show_rate,
)
from customer_stack.ledger.views import AccountStanding, DealView, LegView, TransferView, latest_state
from shared.money import LKR_SCALE, format_minor

_LINES = {line.account.value: line for line in CHART}


class ChartLineAnswer(Answer):
    """An account of the chart. Side: 1 an owner, -1 a place, 0 between books or stacks."""

    account: str
    account_class: str
    kind: str
    side: int


class ChartAnswer(Answer):
    """The chart of accounts: a closed list, the same for everybody."""

    accounts: list[ChartLineAnswer]


class StandingAnswer(Answer):
    """What stands on an account. Held, available and version belong to accounts with a floor."""

    account: str
    account_class: str
    kind: str
    asset: AssetAnswer
    posted: str
    held: str | None
    available: str | None
    version: int | None


class AccountsAnswer(Answer):
    """A page of a book's accounts that were ever moved."""

    book_id: UUID
    items: list[StandingAnswer]
    next_cursor: str | None


class PastStandingAnswer(Answer):
    """What stood on an account at a moment."""

    account: str
    kind: str
    asset: AssetAnswer
    posted: str


class PastAccountsAnswer(Answer):
    """A page of what stood on a book's accounts at a moment."""

    book_id: UUID
    at: datetime
    items: list[PastStandingAnswer]
    next_cursor: str | None


class SixRatesAnswer(Answer):
    """The rates of a conversion, LKR per USD. Cost and settlement where they apply."""

    mid: str | None
    buy: str | None
    sell: str | None
    cost: str | None
    agreed: str | None
    settlement: str | None


class SourceAnswer(Answer):
    """Where a transfer came from: the provider's words, the quote, all rates that applied."""

    provider: str | None
    reference: str | None
    charge_id: str | None
    quote_id: UUID | None
    rates: SixRatesAnswer | None


class StaffEntryAnswer(Answer):
    """One change of an account. Balances and version belong to accounts with a floor; cost and profit LKR."""

    version: int | None
    amount: str
    balance_before: str | None
    balance_after: str | None
    action: str
    kind: str
    cost: str | None
    profit: str | None
    transfer_id: UUID
    movement_id: UUID
    source: SourceAnswer | None
    effective_at: datetime
    recorded_at: datetime


class StaffEntriesAnswer(Answer):
    """A page of an account's history, newest first."""

    asset: AssetAnswer
    items: list[StaffEntryAnswer]
    next_cursor: str | None


class PostingAnswer(Answer):
    """Both legs of one asset: source gives, target gets. Cost and profit in LKR."""

    asset: AssetAnswer
    source: str
    target: str
    amount: str
    action: str
    cost: str | None
    profit: str | None


class LifecycleAnswer(Answer):
    """A state that a transfer reached."""

    state: str
    at: datetime
    actor: str | None


class TransferAnswer(Answer):
    """One transfer of a movement, inside one book."""

    transfer_id: UUID
    book_id: UUID
    kind: str
    effective_at: datetime
    recorded_at: datetime
    reverses: UUID | None
    corrects: UUID | None
    reversed_by: UUID | None
    source: SourceAnswer | None
    postings: list[PostingAnswer]
    lifecycle: list[LifecycleAnswer]


class MovementAnswer(Answer):
    """All that one business event posted, over all books."""

    movement_id: UUID
    transfers: list[TransferAnswer]


class VersionAnswer(Answer):
    """One version of a deal's parameters, with who made it, who put it in force and who replaced it."""

    item_id: UUID
    deal_id: UUID
    book_id: UUID
    version: int
    state: str
    kind: str
    give: AmountAnswer | None
    get: AmountAnswer | None
    fee: AmountAnswer | None
    rate: str | None
    reference: str | None
    movement_id: UUID | None
    effective_at: datetime
    made_by: str
    made_at: datetime
    activated_by: str | None
    activated_at: datetime | None
    replaced_by: UUID | None
    replaced_actor: str | None
    replaced_at: datetime | None


class StateAnswer(Answer):
    """A state that a deal reached, when, by whom, with what it posted."""

    state: str
    at: datetime
    recorded_at: datetime
    actor: str
    movement_id: UUID | None


class DealAnswer(Answer):
    """A deal at a moment: its state, the version that stood, and all states and versions until then."""

    deal_id: UUID
    at: datetime | None
    state: str | None
    standing: VersionAnswer | None
    states: list[StateAnswer]
    versions: list[VersionAnswer]


class VersionsAnswer(Answer):
    """A page of corrections that wait for a decision, newest first."""

    items: list[VersionAnswer]
    next_cursor: str | None


class ReversalAnswer(Answer):
    """A proposed reversal and how it was decided; `reversed_by` is the movement that was posted."""

    reversal_id: UUID
    movement_id: UUID
    reason: str
    proposed_by: UUID
    proposed_at: datetime
    outcome: str | None
    reversed_by: UUID | None
    decided_by: UUID | None
    decided_at: datetime | None


class ReversalsAnswer(Answer):
    """A page of reversals, newest first."""

    items: list[ReversalAnswer]
    next_cursor: str | None


class CorrectionBody(Body):
    """What should be different; leave out what is right. Amounts are in the assets of the deal."""

    give: AmountText | None = None
    get: AmountText | None = None
    fee: AmountText | None = None
    rate: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,6}(\.[0-9]{1,8})?$")] | None = None
    reference: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/:-]{0,63}$")] | None = None


class ReversalBody(Body):
    """Why the movement should not stand."""

    reason: ReversalReason


def show_chart(lines: tuple[ChartLine, ...] = CHART) -> ChartAnswer:
    """Return the chart of accounts."""
    return ChartAnswer(
        accounts=[
            ChartLineAnswer(
                account=line.account,
                account_class=line.account_class.value,
                kind=line.kind.value,
                side=line.side,
            )
            for line in lines
        ]
    )


def show_standing(standing: AccountStanding, assets: Assets) -> StandingAnswer:
    """Return what stands on an account."""
    line, scale = _LINES[standing.account], scale_of(assets, standing.asset_id)
    checked = standing.version is not None
    free = line.side * standing.posted - standing.held
    return StandingAnswer(
        account=standing.account,
        account_class=line.account_class.value,
        kind=line.kind.value,
        asset=show_asset(assets[standing.asset_id]),
        posted=format_minor(standing.posted, scale),
        held=format_minor(standing.held, scale) if checked else None,
        available=format_minor(free, scale) if checked else None,
        version=standing.version,
    )


def show_past_standing(standing: AccountStanding, assets: Assets) -> PastStandingAnswer:
    """Return what stood on an account."""
    return PastStandingAnswer(
        account=standing.account,
        kind=_LINES[standing.account].kind.value,
        asset=show_asset(assets[standing.asset_id]),
        posted=format_minor(standing.posted, scale_of(assets, standing.asset_id)),
    )


def show_source(source: TransferSource | None) -> SourceAnswer | None:
    """Return where a transfer came from."""
    if source is None:
        return None
    rates = source.rates
    return SourceAnswer(
        provider=source.provider,
        reference=source.reference,
        charge_id=source.charge_id,
        quote_id=source.quote_id,
        rates=None if rates is None else show_six_rates(rates),
    )


def show_six_rates(rates: SixRates) -> SixRatesAnswer:
    """Return all rates of a conversion."""
    return SixRatesAnswer(
        mid=show_rate(rates.mid_e8),
        buy=show_rate(rates.buy_e8),
        sell=show_rate(rates.sell_e8),
        cost=show_rate(rates.cost_e8),
        agreed=show_rate(rates.agreed_e8),
        settlement=show_rate(rates.settlement_e8),
    )


def _show_lkr(cents: int | None) -> str | None:
    return None if cents is None else format_minor(cents, LKR_SCALE)


def show_staff_entry(entry: WalletEntry, scale: int) -> StaffEntryAnswer:
    """Return a numbered entry with cost and profit."""
    return StaffEntryAnswer(
        version=entry.version,
        amount=format_minor(entry.amount, scale),
        balance_before=format_minor(entry.balance_before, scale),
        balance_after=format_minor(entry.balance_after, scale),
        action=entry.action,
        kind=entry.kind,
        cost=_show_lkr(entry.cost),
        profit=_show_lkr(entry.profit),
        transfer_id=entry.transfer_id,
        movement_id=entry.movement_id,
        source=show_source(entry.source),
        effective_at=entry.effective_at,
        recorded_at=entry.recorded_at,
    )


def show_leg(leg: LegView, scale: int) -> StaffEntryAnswer:
    """Return a change of an account that has no running balance."""
    return StaffEntryAnswer(
        version=None,
        amount=format_minor(leg.amount, scale),
        balance_before=None,
        balance_after=None,
        action=leg.action,
        kind=leg.kind,
        cost=_show_lkr(leg.cost),
        profit=_show_lkr(leg.profit),
        transfer_id=leg.transfer_id,
        movement_id=leg.movement_id,
        source=None,
        effective_at=leg.effective_at,
        recorded_at=leg.recorded_at,
    )


def show_transfer(transfer: TransferView, assets: Assets) -> TransferAnswer:
    """Return a transfer with its postings, source and lifecycle."""
    return TransferAnswer(
        transfer_id=transfer.id,
        book_id=transfer.book_id,
        kind=transfer.kind,
        effective_at=transfer.effective_at,
        recorded_at=transfer.recorded_at,
        reverses=transfer.reverses,
        corrects=transfer.corrects,
        reversed_by=transfer.reversed_by,
        source=show_source(transfer.source),
        postings=[
            PostingAnswer(
                asset=show_asset(assets[posting.asset_id]),
                source=posting.source,
                target=posting.target,
                amount=format_minor(posting.amount, scale_of(assets, posting.asset_id)),
                action=posting.action,
                cost=_show_lkr(posting.cost),
                profit=_show_lkr(posting.profit),
            )
            for posting in transfer.postings
        ],
        lifecycle=[
            LifecycleAnswer(state=mark.state.value, at=mark.at, actor=mark.actor)
            for mark in transfer.lifecycle
        ],
    )


def show_version(item: Item, assets: Assets) -> VersionAnswer:
    """Return a version with its people and times."""
    return VersionAnswer(
        item_id=item.id,
        deal_id=item.deal_id,
        book_id=item.book_id,
        version=item.version,
        state=item.state.value,
        kind=item.kind,
        give=show_amount(assets, item.give),
        get=show_amount(assets, item.get),
        fee=show_amount(assets, item.fee),
        rate=show_rate(item.rate_e8),
        reference=item.reference,
        movement_id=item.movement_id,
        effective_at=item.effective_at,
        made_by=item.made_by,
        made_at=item.made_at,
        activated_by=item.activated_by,
        activated_at=item.activated_at,
        replaced_by=item.replaced_by,
        replaced_actor=item.replaced_actor,
        replaced_at=item.replaced_at,
    )


def show_deal(deal: DealView, assets: Assets, at: datetime | None) -> DealAnswer:
    """Return a deal as it stood at a moment, or as it stands."""
    state, standing = latest_state(deal.marks), deal.standing(at)
    return DealAnswer(
        deal_id=deal.deal_id,
        at=at,
        state=None if state is None else state.value,
        standing=None if standing is None else show_version(standing, assets),
        states=[
            StateAnswer(
                state=mark.state.value,
                at=mark.at,
                recorded_at=mark.recorded_at,
                actor=mark.actor,
                movement_id=mark.movement_id,
            )
            for mark in deal.marks
        ],
        versions=[show_version(item, assets) for item in deal.items],
    )


def show_reversal(reversal: Reversal) -> ReversalAnswer:
    """Return a reversal and its decision."""
    return ReversalAnswer(
        reversal_id=reversal.id,
        movement_id=reversal.movement_id,
        reason=reversal.reason.value,
        proposed_by=reversal.proposed_by,
        proposed_at=reversal.proposed_at,
        outcome=None if reversal.outcome is None else reversal.outcome.value,
        reversed_by=reversal.reversed_by,
        decided_by=reversal.decided_by,
        decided_at=reversal.decided_at,
    )
