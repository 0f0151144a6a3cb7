"""What a bank with open banking promises: consents that a person gives there, and payments under them.

Account-to-account, in the order of the standards of this kind (UK Open Banking 4.0, Berlin Group NextGenPSD2
1.3): consent, the person's authorisation at the bank, then the payment. Words of a bank are not money: a
payment that is PAID is money once the account shows the credit, which is an ordinary pay-in.

Guaranteed by an adapter: PENDING unless the bank said yes or no in so many words.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol
from uuid import UUID


class ConsentPurpose(StrEnum):
    """What a consent is for. The members of the database type open_banking_purpose."""

    FUNDING = "funding"
    VERIFICATION = "verification"


class ConsentState(StrEnum):
    """What the bank says of a consent."""

    PENDING = "pending"
    AUTHORISED = "authorised"
    REJECTED = "rejected"
    EXPIRED = "expired"


class PaymentState(StrEnum):
    """What the bank says of a payment."""

    PENDING = "pending"
    PAID = "paid"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ConsentRequest:
    """Ask a person to pay `amount` LKR cents with a reference, or to show that an account is theirs."""

    consent_id: UUID
    purpose: ConsentPurpose
    amount: int
    pay_reference: str
    return_url: str


@dataclass(frozen=True, slots=True)
class ConsentWord:
    """What the bank says: where the person goes, and the account that they chose once they agreed."""

    state: ConsentState
    authorise_url: str | None = field(default=None, repr=False)
    account: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class PaymentWord:
    """What the bank says. `bank_reference` names the booking of a payment that was made."""

    state: PaymentState
    bank_reference: str | None = None
    reason: str | None = None


class OpenBank(Protocol):
    """Safe to call twice with the same id: one consent, one payment. `name` is stored and never changes.

    Every method raises BankUnavailable and nothing else.
    """

    name: str

    async def create_consent(self, request: ConsentRequest) -> ConsentWord:
        """Ask for a consent."""
        ...

    async def look_up_consent(self, consent_id: UUID) -> ConsentWord:
        """Return what became of a consent."""
        ...

    async def pay(self, consent_id: UUID, payment_id: UUID) -> PaymentWord:
        """Start the payment of an authorised consent."""
        ...

    async def look_up_payment(self, payment_id: UUID) -> PaymentWord:
        """Return what became of a payment; PENDING where the bank does not know it (yet)."""
        ...
