"""What can happen to a consent: entries of the bank's journal. Amounts are hundredths of the currency."""

from dataclasses import dataclass

from sandbox.bank.facts import Event, PayIn


@dataclass(frozen=True, slots=True)
class Consent:
    """Somebody is asked to agree to one payment from an account of theirs, or to show that it is theirs."""

    consent_id: str
    purpose: str
    amount: int
    currency: str
    pay_reference: str
    return_url: str
    token: str
    asked_ms: int
    expires_ms: int


@dataclass(frozen=True, slots=True)
class ConsentAsked:
    """A consent waits for the person."""

    consent: Consent


@dataclass(frozen=True, slots=True)
class ConsentDecided:
    """The person agreed, with the account named, or did not."""

    consent_id: str
    agreed: bool
    account: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class PaymentAsked:
    """A payment under a consent waits for its decision."""

    consent_id: str
    payment_id: str
    due_ms: int


@dataclass(frozen=True, slots=True)
class PaymentRefused:
    """The payment was not made."""

    consent_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class PaymentMade:
    """The payment was made: the money is in the receiver's account, who is told as of any pay-in."""

    consent_id: str
    pay_in: PayIn
    event: Event


ConsentFact = ConsentAsked | ConsentDecided | PaymentAsked | PaymentRefused | PaymentMade

CONSENT_FACT_KINDS: tuple[type, ...] = (
    ConsentAsked,
    ConsentDecided,
    PaymentAsked,
    PaymentRefused,
    PaymentMade,
)
