"""Wire shapes of open banking."""

from uuid import UUID

from customer_stack.edge.schemas import Answer, Body
from customer_stack.open_banking.domain import NEXT_STEPS, Standing, State
from customer_stack.payments.providers.open_banking import ConsentPurpose
from shared.money import LKR_SCALE, format_minor

_SHOWN = "Nothing to do: the bank showed that the account is yours."


class ConsentBody(Body):
    """Pay a deposit quote from your bank account; without a quote, show that an account is yours."""

    quote_id: UUID | None = None


class ConsentAnswer(Answer):
    """A consent: `state` is asked, authorised, paying, paid, rejected, expired or failed.

    `paid` is the bank's word; the money is yours when the pay-in shows it.
    """

    id: UUID
    purpose: ConsentPurpose
    state: str
    next_step: str
    amount: str | None
    quote_id: UUID | None
    bank_reference: str | None
    reason: str | None
    asked_at: str
    expires_at: str


class NewConsentAnswer(ConsentAnswer):
    """A consent that was asked for: open `authorise_url` and agree there."""

    authorise_url: str


class ConsentsAnswer(Answer):
    """A page of consents, newest first."""

    items: list[ConsentAnswer]
    next_cursor: str | None


def show_consent(standing: Standing) -> ConsentAnswer:
    """Return a consent as the customer sees it."""
    return ConsentAnswer(**_fields(standing))  # type: ignore[arg-type]  # pydantic checks them


def show_new_consent(standing: Standing, authorise_url: str) -> NewConsentAnswer:
    """Return a consent with the bank's page."""
    return NewConsentAnswer(**_fields(standing), authorise_url=authorise_url)  # type: ignore[arg-type]


def _fields(standing: Standing) -> dict[str, object]:
    consent = standing.consent
    funds = consent.purpose is ConsentPurpose.FUNDING
    shown = not funds and standing.state is State.AUTHORISED
    return {
        "id": consent.id,
        "purpose": consent.purpose,
        "state": standing.state.value,
        "next_step": _SHOWN if shown else NEXT_STEPS[standing.state],
        "amount": format_minor(consent.amount, LKR_SCALE) if funds else None,
        "quote_id": consent.quote_id,
        "bank_reference": standing.bank_reference,
        "reason": standing.reason,
        "asked_at": consent.asked_at.isoformat(),
        "expires_at": consent.expires_at.isoformat(),
    }
