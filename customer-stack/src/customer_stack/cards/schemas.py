"""Wire shapes of cards."""

from typing import Annotated, Any, Literal
from uuid import UUID

import orjson
from pydantic import StringConstraints

from customer_stack.cards.domain.charges import NEXT_STEPS, ChargeState
from customer_stack.cards.domain.issuing import AuthorisationStanding, Card, Clearing
from customer_stack.cards.domain.settlements import Settlement
from customer_stack.cards.domain.views import ChargeRow
from customer_stack.cards.service.issuing import ShadowPage
from customer_stack.edge.schemas import AmountText, Answer, Body, Form, show
from shared.money import LKR_SCALE, USD_SCALE, format_minor

CardToken = Annotated[
    str,
    Form(
        r"tok_(?![A-Za-z0-9_]*[0-9]{12})[A-Za-z0-9_]{1,60}",
        "must be a card token of the acquirer, such as tok_..., and never a card number",
    ),
]
IssuedToken = Annotated[
    str,
    Form(
        r"(?![A-Za-z0-9_-]*[0-9]{12})[A-Za-z][A-Za-z0-9_-]{3,63}",
        "must be the issuer's token of a card, and never a card number",
    ),
]
BankReference = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$")]
SignedAmountText = Annotated[
    str,
    Form(r"-?(0|[1-9][0-9]{0,8})(\.[0-9]{1,2})?", 'must be an amount of LKR in a string such as "1500.00"'),
]


class ChargeBody(Body):
    """Pay a deposit quote with the card behind a token of the acquirer; never send a card number."""

    model_config = show({"quote_id": "01a1fbe9-0482-700b-bec0-7e173b14a311", "card_token": "tok_approve"})

    quote_id: UUID
    card_token: CardToken


class RefundBody(Body):
    """Give waiting LKR back to the card that it came from."""

    amount: AmountText


class SettlementBody(Body):
    """What the acquirer's statement says. `gross` is negative where it took more back than it captured."""

    department_id: UUID
    gross: SignedAmountText
    fee: AmountText
    bank_reference: BankReference


class IssuedCardBody(Body):
    """A card of ours and whose it is."""

    customer_id: UUID
    card_token: IssuedToken


class RefundAnswer(Answer):
    """A refund: `state` is pending, refunded or refused."""

    id: UUID
    amount: str
    state: str


class ChargeAnswer(Answer):
    """A charge. `state`: created, authorised, captured, declined, refunded or charged_back.

    `redirect_url`: where the cardholder has to go now. `outcome` of a capture: converted or waiting.
    `is_stalled`: the acquirer was asked often enough, and a person looks at it.
    """

    id: UUID
    customer_id: UUID
    quote_id: UUID
    amount: str
    state: str
    next_step: str
    redirect_url: str | None
    refusal: str | None
    outcome: str | None
    reason: str | None
    debt_cleared: str | None
    conversion_id: UUID | None
    refundable: str
    refunds: list[RefundAnswer]
    charged_back: str
    is_stalled: bool
    asked_at: str


class ChargesAnswer(Answer):
    """A page of charges, newest first."""

    items: list[ChargeAnswer]
    next_cursor: str | None


class SettlementMadeAnswer(Answer):
    """What was posted."""

    movement_id: UUID


class SettlementAnswer(Answer):
    """What the acquirer paid: net = gross - fee."""

    id: UUID
    department_id: UUID
    bank_reference: str
    gross: str
    fee: str
    net: str
    movement_id: UUID
    at: str


class SettlementsAnswer(Answer):
    """A page of settlements, newest first."""

    items: list[SettlementAnswer]
    next_cursor: str | None


class IssuedCardAnswer(Answer):
    """A card of ours."""

    id: UUID
    customer_id: UUID


class NetworkAnswer(Answer):
    """What the card network hears: approve or decline, and why. `not_live`: issuing is in shadow mode."""

    decision: Literal["approve", "decline"]
    reason: str


class ShadowAnswer(Answer):
    """A shadow decision: what would have been answered, and what would have been posted."""

    id: UUID
    customer_id: UUID
    authorisation_id: str
    amount: str
    merchant_category: str
    decision: str
    reason: str
    answered: str
    would_post: dict[str, Any] | None
    captured: str
    ending: str | None
    decided_at: str


class TallyAnswer(Answer):
    """Shadow decisions of one kind."""

    decision: str
    reason: str
    count: int
    amount: str


class ShadowReportAnswer(Answer):
    """A page of shadow decisions, newest first, and what all of them add up to."""

    totals: list[TallyAnswer]
    items: list[ShadowAnswer]
    next_cursor: str | None


class BreakAnswer(Answer):
    """A clearing above what was authorised: the excess was not posted."""

    id: UUID
    authorisation_id: UUID
    clearing_id: str
    amount: str
    captured: str
    excess: str
    at: str


class BreaksAnswer(Answer):
    """A page of clearings above what was authorised, newest first."""

    items: list[BreakAnswer]
    next_cursor: str | None


_NEXT_STEPS = {
    ChargeState.CREATED: "Wait: the card's bank is being asked. With a redirect_url, confirm there.",
    ChargeState.AUTHORISED: "Wait: the card's bank agreed, and the money is being taken.",
    ChargeState.DECLINED: "Nothing was taken. Try another card, or pay by bank transfer.",
}


def show_charge(row: ChargeRow) -> ChargeAnswer:
    """Return a charge with amounts as strings."""
    standing, capture = row.standing, row.capture
    charge = standing.charge
    return ChargeAnswer(
        id=charge.id,
        customer_id=charge.customer_id,
        quote_id=charge.quote_id,
        amount=_lkr(charge.amount),
        state=standing.word,
        next_step=NEXT_STEPS[capture.reason] if capture else _NEXT_STEPS[standing.state],
        redirect_url=row.redirect_url,
        refusal=row.refusal,
        outcome=capture.outcome if capture else None,
        reason=capture.reason.value if capture else None,
        debt_cleared=_lkr(capture.debt_cleared) if capture else None,
        conversion_id=capture.conversion_id if capture else None,
        refundable=_lkr(standing.refundable),
        refunds=[
            RefundAnswer(
                id=one.id, amount=_lkr(one.amount), state=one.ended.value if one.ended else "pending"
            )
            for one in standing.refunds
        ],
        charged_back=_lkr(standing.charged_back),
        is_stalled=row.is_stalled,
        asked_at=charge.asked_at.isoformat(),
    )


def show_settlement(made: Settlement) -> SettlementAnswer:
    """Return a settlement with amounts as strings."""
    return SettlementAnswer(
        id=made.id,
        department_id=made.department_id,
        bank_reference=made.bank_reference,
        gross=_lkr(made.gross),
        fee=_lkr(made.fee),
        net=_lkr(made.net),
        movement_id=made.movement_id,
        at=made.at.isoformat(),
    )


def show_card(card: Card) -> IssuedCardAnswer:
    """Return a card without its token."""
    return IssuedCardAnswer(id=card.id, customer_id=card.customer_id)


def show_shadow(page: ShadowPage) -> ShadowReportAnswer:
    """Return the shadow report."""
    return ShadowReportAnswer(
        totals=[
            TallyAnswer(
                decision=one.decision.value, reason=one.reason.value, count=one.count, amount=_usd(one.amount)
            )
            for one in page.tallies
        ],
        items=[_show_decision(standing) for standing in page.decisions],
        next_cursor=page.next_cursor,
    )


def _show_decision(standing: AuthorisationStanding) -> ShadowAnswer:
    one = standing.authorisation
    return ShadowAnswer(
        id=one.id,
        customer_id=one.customer_id,
        authorisation_id=one.reference,
        amount=_usd(one.amount),
        merchant_category=one.merchant_category,
        decision=one.decision.value,
        reason=one.reason.value,
        answered=": ".join(one.answer),
        would_post=orjson.loads(one.would_post) if one.would_post else None,
        captured=_usd(standing.captured),
        ending=standing.ending.value if standing.ending else None,
        decided_at=one.decided_at.isoformat(),
    )


def show_break(made: Clearing) -> BreakAnswer:
    """Return a clearing above what was authorised."""
    return BreakAnswer(
        id=made.id,
        authorisation_id=made.authorisation_id,
        clearing_id=made.reference,
        amount=_usd(made.amount),
        captured=_usd(made.captured),
        excess=_usd(made.excess),
        at=made.at.isoformat(),
    )


def _lkr(cents: int) -> str:
    return format_minor(cents, LKR_SCALE)


def _usd(micro: int) -> str:
    return format_minor(micro, USD_SCALE)
