"""A charge: what it may become, what a report changes, and what is posted. Pure.

In the customer's book `card_receivable` is a place: negative while the acquirer has our money. A capture is
`card_receivable` -x, `wallet` +x; a refund and a chargeback are the opposite. What the wallet cannot give
back becomes a debt, so that its floor is never broken (money flows, section 3.1).

Guaranteed: created -> authorised -> captured, declined from the first two; each fact is news once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from customer_stack.cards.domain.reports import (
    CardState,
    ChargebackReport,
    ChargebackState,
    ChargeReport,
    RefundAnswer,
    RefundState,
)
from customer_stack.cards.errors import NothingToRefund, ReportContradicts, ReportTooEarly
from customer_stack.fx.domain.quotes import Quote, QuoteOutcome, QuotePurpose
from customer_stack.ledger.domain import Account, Action, TransferKind
from shared.ids import Ids
from shared.ledger.domain import LKR, Capture, Close, Hold, Movement, Posting, Transfer

FIRST_PAUSE: Final = timedelta(milliseconds=500)
LONGEST_PAUSE: Final = timedelta(minutes=10)
ATTEMPTS: Final = 200
"""About a day and a half; then the charge waits for a webhook or for a person."""


class ChargeState(StrEnum):
    """How far a charge is. The members of the database type cards_charge_state."""

    CREATED = "created"
    AUTHORISED = "authorised"
    CAPTURED = "captured"
    DECLINED = "declined"


LEGAL: Final[Mapping[ChargeState, frozenset[ChargeState]]] = {
    ChargeState.CREATED: frozenset({ChargeState.AUTHORISED, ChargeState.CAPTURED, ChargeState.DECLINED}),
    ChargeState.AUTHORISED: frozenset({ChargeState.CAPTURED, ChargeState.DECLINED}),
    ChargeState.CAPTURED: frozenset(),
    ChargeState.DECLINED: frozenset(),
}


class CaptureReason(StrEnum):
    """Why captured LKR was converted, or waits. The members of the database type cards_capture_reason."""

    AS_QUOTED = "as_quoted"
    QUOTE_EXPIRED = "quote_expired"
    QUOTE_CLOSED = "quote_closed"
    DEBT_CLEARED = "debt_cleared"
    CUSTOMER_NOT_ACTIVE = "customer_not_active"


@dataclass(frozen=True, slots=True)
class Charge:
    """What a customer wished. `amount` in LKR cents."""

    id: UUID
    tenant_id: UUID
    department_id: UUID
    customer_id: UUID
    provider: str
    quote_id: UUID
    amount: int
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Refund:
    """A part of a capture that goes back to the card. `ended` None: not decided yet."""

    id: UUID
    charge_id: UUID
    amount: int
    hold_id: UUID
    ended: RefundState | None


@dataclass(frozen=True, slots=True)
class Chargeback:
    """A part of a capture that the cardholder's bank took back, perhaps won again."""

    id: UUID
    chargeback_id: str
    amount: int
    is_won: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """A charge as it stands."""

    charge: Charge
    state: ChargeState
    steps: int
    captured: int = 0
    refunds: tuple[Refund, ...] = ()
    chargebacks: tuple[Chargeback, ...] = ()

    @property
    def is_open(self) -> bool:
        """Tell whether the acquirer still has to say what becomes of the charge."""
        return bool(LEGAL[self.state])

    @property
    def refunded(self) -> int:
        """Return what went back by refunds."""
        return sum(one.amount for one in self.refunds if one.ended is RefundState.REFUNDED)

    @property
    def charged_back(self) -> int:
        """Return what the cardholder's bank has."""
        return sum(one.amount for one in self.chargebacks if not one.is_won)

    @property
    def refundable(self) -> int:
        """Return what may still go back, counting refunds on their way as gone."""
        going = sum(one.amount for one in self.refunds if one.ended is not RefundState.REFUSED)
        return max(0, self.captured - going - self.charged_back)

    @property
    def word(self) -> str:
        """Return how far the charge is, as people say it."""
        if self.charged_back:
            return "charged_back"
        if self.captured and self.refunded == self.captured:
            return "refunded"
        return self.state.value


@dataclass(frozen=True, slots=True)
class News:
    """What a report changes, in the order in which it is recorded."""

    states: tuple[ChargeState, ...] = ()
    refunds: tuple[tuple[Refund, RefundAnswer], ...] = ()
    opened: tuple[ChargebackReport, ...] = ()
    won: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether anything changes."""
        return bool(self.states or self.refunds or self.opened or self.won)


def decide_news(standing: Standing, report: ChargeReport) -> News:
    """Return what a report says that was not known. Raises ReportContradicts, ReportTooEarly."""
    state = _next_state(standing, report)
    captured = ChargeState.CAPTURED in (standing.state, state)
    if (report.refunds or report.chargebacks) and not captured:
        raise ReportTooEarly("The acquirer has not said that this charge was captured. It is asked again.")
    known = {one.id: one for one in standing.refunds}
    refunds = []
    for answer in report.refunds:
        refund = known.get(answer.refund_id)
        if refund is None or (
            refund.ended is not None and answer.state not in (RefundState.PENDING, refund.ended)
        ):
            raise _contradiction("a refund that we did not ask for, or that ended otherwise")
        if refund.ended is None and answer.state is not RefundState.PENDING:
            refunds.append((refund, answer))
    standing_ones = {one.chargeback_id: one for one in standing.chargebacks}
    opened = tuple(one for one in report.chargebacks if one.chargeback_id not in standing_ones)
    won = tuple(
        one.chargeback_id
        for one in report.chargebacks
        if one.state is ChargebackState.WON
        and not (one.chargeback_id in standing_ones and standing_ones[one.chargeback_id].is_won)
    )
    if sum(one.amount for one in opened) + standing.charged_back > (
        standing.captured or standing.charge.amount
    ):
        raise _contradiction("more was charged back than was captured")
    return News(() if state is None else (state,), tuple(refunds), opened, won)


def _next_state(standing: Standing, report: ChargeReport) -> ChargeState | None:
    """Return the state that the report brings; None for no news."""
    said, charge = report.charge, standing.charge
    if said.state is CardState.PENDING:
        return None
    if said.amount is not None and said.amount != charge.amount:
        raise _contradiction("another amount than we asked for")
    wanted = ChargeState(said.state.value)
    if wanted is standing.state:
        return None
    if standing.state is ChargeState.CAPTURED and wanted is ChargeState.AUTHORISED:
        return None  # an older fact, overtaken
    if standing.state is ChargeState.DECLINED and wanted is ChargeState.AUTHORISED:
        return None  # it was authorised before its capture failed, or before we gave it up
    if wanted not in LEGAL[standing.state]:
        raise _contradiction(f"{wanted} after {standing.state}")
    return wanted


def _contradiction(what: str) -> ReportContradicts:
    return ReportContradicts(f"The acquirer reports {what}. A person compares its records with ours.")


def require_refundable(standing: Standing, amount: int) -> None:
    """Refuse to give back more than is left of a capture. Raises NothingToRefund."""
    if amount > standing.refundable:
        raise NothingToRefund("Less than this is left of the charge. Choose a smaller amount.")


def judge_capture(
    quote: Quote, ended: QuoteOutcome | None, amount: int, *, cleared: int, is_active: bool, now: datetime
) -> CaptureReason:
    """Say whether captured LKR is converted at its quote's rate; `cleared` of it paid a debt."""
    if not is_active:
        return CaptureReason.CUSTOMER_NOT_ACTIVE
    if cleared:
        return CaptureReason.DEBT_CLEARED
    if ended is QuoteOutcome.EXPIRED or (ended is None and now >= quote.expires_at):
        return CaptureReason.QUOTE_EXPIRED
    if ended is not None or quote.purpose is not QuotePurpose.DEPOSIT or quote.amount != amount:
        return CaptureReason.QUOTE_CLOSED
    return CaptureReason.AS_QUOTED


def build_capture(charge: Charge, transfer_id: UUID, movement_id: UUID, now: datetime) -> Transfer:
    """Return the capture: what the acquirer took lies with it and is the customer's."""
    posting = Posting(LKR, Account.CARD_RECEIVABLE, Account.WALLET, charge.amount, Action.CHARGE)
    return _transfer(charge, TransferKind.CARD_FUNDING, posting, transfer_id, movement_id, now)


def build_refund_hold(charge: Charge, hold_id: UUID, amount: int) -> Movement:
    """Return the reservation of LKR that is to go back to a card, without an end."""
    hold = Hold(
        hold_id, charge.tenant_id, charge.customer_id, LKR, Account.WALLET, amount, TransferKind.CARD_REFUND
    )
    return Movement(holds=(hold,))


def build_refund(
    charge: Charge, refund: Refund, transfer_id: UUID, movement_id: UUID, now: datetime
) -> Movement:
    """Return the refund: the held LKR leaves the wallet, and the acquirer owes us less."""
    posting = Posting(LKR, Account.WALLET, Account.CARD_RECEIVABLE, refund.amount, Action.CHARGE_REVERT)
    transfer = _transfer(charge, TransferKind.CARD_REFUND, posting, transfer_id, movement_id, now)
    place = (refund.hold_id, charge.tenant_id, charge.customer_id)
    return Movement(
        transfers=(transfer,),
        captures=(Capture(*place, transfer_id, refund.amount),),
        closes=(Close(*place, "exhausted"),),
    )


def build_refund_release(charge: Charge, refund: Refund) -> Movement:
    """Return the end of a refund that was refused: the LKR waits again."""
    return Movement(closes=(Close(refund.hold_id, charge.tenant_id, charge.customer_id, "released"),))


def build_chargeback(
    charge: Charge, amount: int, available: int, movement_id: UUID, *, ids: Ids, now: datetime
) -> tuple[Movement, int]:
    """Return the chargeback and what of it the wallet gave; the rest is the customer's debt."""
    from_wallet = max(0, min(amount, available))
    kind, postings = TransferKind.CARD_CHARGEBACK, []
    for account, part in ((Account.WALLET, from_wallet), (Account.DEBT, amount - from_wallet)):
        if part:
            postings.append(Posting(LKR, account, Account.CARD_RECEIVABLE, part, Action.CHARGE_REVERT))
    transfers = tuple(_transfer(charge, kind, posting, ids.new(), movement_id, now) for posting in postings)
    return Movement(transfers=transfers), from_wallet


def build_chargeback_won(
    charge: Charge, amount: int, transfer_id: UUID, movement_id: UUID, now: datetime
) -> Transfer:
    """Return the money of a chargeback that was won: it comes in again."""
    posting = Posting(LKR, Account.CARD_RECEIVABLE, Account.WALLET, amount, Action.INFLOW)
    return _transfer(charge, TransferKind.CARD_CHARGEBACK, posting, transfer_id, movement_id, now)


def _transfer(
    charge: Charge, kind: TransferKind, posting: Posting, transfer_id: UUID, movement_id: UUID, now: datetime
) -> Transfer:
    return Transfer(
        id=transfer_id,
        movement_id=movement_id,
        tenant_id=charge.tenant_id,
        book_id=charge.customer_id,
        kind=kind,
        effective_at=now,
        postings=(posting,),
    )


def pause_after(attempts: int) -> timedelta | None:
    """Return how long to wait after this many questions: doubling to ten minutes; None: ask no more."""
    if attempts >= ATTEMPTS:
        return None
    return min(FIRST_PAUSE * (1 << min(max(attempts - 4, 0), 16)), LONGEST_PAUSE)


_CONVERT: Final = "Ask for a conversion quote for the LKR in your wallet, or have it refunded to the card."

NEXT_STEPS: Final[Mapping[CaptureReason, str]] = {
    CaptureReason.AS_QUOTED: "Nothing to do: the money was converted at the locked rate.",
    CaptureReason.QUOTE_EXPIRED: f"It was captured after the rate had expired. {_CONVERT}",
    CaptureReason.QUOTE_CLOSED: f"Its quote was used or replaced before. {_CONVERT}",
    CaptureReason.DEBT_CLEARED: f"A part paid what you owed us; the rest waits in LKR. {_CONVERT}",
    CaptureReason.CUSTOMER_NOT_ACTIVE: "It waits in LKR: the account cannot transact now. Contact support.",
}
"""What the customer does next, by reason."""
