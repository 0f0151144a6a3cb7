"""Open banking at the sandbox bank: consents that a person gives on the bank's page, payments under them.

A consent is asked for under an id of the asker's; the person opens a page that only they can name, picks an
account and agrees. Then the asker may start one payment, which is decided after a while like a payout:
refused for accounts ending in 0000, else the money is in the receiver's account and announced as a pay-in.

Guaranteed: the same id asked again is the same consent, the same payment; one payment per consent; nothing
is paid under a consent that is not agreed to, or after it expired.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from sandbox.bank.consent_facts import (
    Consent,
    ConsentAsked,
    ConsentDecided,
    ConsentFact,
    PaymentAsked,
    PaymentMade,
    PaymentRefused,
)
from sandbox.bank.facts import Event, PayIn
from sandbox.http_edge import Refused

LIFETIME_MS = 10 * 60 * 1000
REFUSED_ENDING = "0000"


class ConsentStatus(StrEnum):
    """How far a consent is."""

    AWAITING = "awaiting_authorisation"
    AUTHORISED = "authorised"
    REJECTED = "rejected"
    EXPIRED = "expired"
    CONSUMED = "consumed"


class PaymentStatus(StrEnum):
    """How far a payment is."""

    PENDING = "pending"
    COMPLETED = "completed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment under a consent."""

    payment_id: str
    due_ms: int
    status: PaymentStatus = PaymentStatus.PENDING
    bank_reference: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ConsentRecord:
    """A consent, what the person said, and its payment."""

    consent: Consent
    agreed: bool | None = None
    account: str = ""
    payment: Payment | None = None

    def status(self, now_ms: int) -> ConsentStatus:
        """Return how far the consent is."""
        if self.payment is not None:
            return ConsentStatus.CONSUMED
        if self.agreed is False:
            return ConsentStatus.REJECTED
        if now_ms >= self.consent.expires_ms:
            return ConsentStatus.EXPIRED
        return ConsentStatus.AUTHORISED if self.agreed else ConsentStatus.AWAITING


class Consents:
    """All consents. `commit` writes facts; `make_pay_in` prepares a pay-in and its announcement."""

    def __init__(
        self,
        commit: Callable[[Sequence[ConsentFact]], None],
        make_pay_in: Callable[[str, int, str, str, int], tuple[PayIn, Event]],
    ) -> None:
        self._commit = commit
        self._make_pay_in = make_pay_in
        self._records: dict[str, ConsentRecord] = {}
        self._by_token: dict[str, str] = {}
        self._by_payment: dict[str, str] = {}

    def ask(self, consent: Consent) -> ConsentRecord:
        """Ask for a consent; the same id again gives the first. Raises Refused when it differs."""
        known = self._records.get(consent.consent_id)
        if known is None:
            self._commit([ConsentAsked(consent)])
            return self._records[consent.consent_id]
        before = known.consent
        same = replace(consent, token=before.token, asked_ms=before.asked_ms, expires_ms=before.expires_ms)
        if same != before:
            raise Refused(409, "consent_mismatch", "This consent_id was used for another consent.")
        return known

    def get(self, consent_id: str) -> ConsentRecord:
        """Return a consent. Raises Refused."""
        record = self._records.get(consent_id)
        if record is None:
            raise Refused(404, "consent_not_found", "There is no such consent.")
        return record

    def find(self, token: str) -> ConsentRecord:
        """Return the consent of a page's token. Raises Refused."""
        return self.get(self._by_token.get(token, ""))

    def decide(self, token: str, *, agreed: bool, account: str, now_ms: int) -> ConsentRecord:
        """Take the person's word; once. Raises Refused."""
        record = self.find(token)
        status = record.status(now_ms)
        if status is not ConsentStatus.AWAITING:
            raise Refused(409, "consent_decided", f"This consent is {status}.")
        self._commit([ConsentDecided(record.consent.consent_id, agreed, account if agreed else "", now_ms)])
        return self.get(record.consent.consent_id)

    def pay(self, consent_id: str, payment_id: str, now_ms: int, delay_ms: int) -> Payment:
        """Start the payment of a consent; the same id again gives the first. Raises Refused."""
        record = self.get(consent_id)
        if record.payment is not None and record.payment.payment_id == payment_id:
            return record.payment
        status = record.status(now_ms)
        if status is not ConsentStatus.AUTHORISED or record.consent.purpose != "funding":
            raise Refused(409, "consent_not_usable", f"This consent is {status} and pays nothing.")
        if payment_id in self._by_payment:
            raise Refused(409, "payment_mismatch", "This payment_id was used under another consent.")
        self._commit([PaymentAsked(consent_id, payment_id, now_ms + delay_ms)])
        return self.payment(payment_id)

    def payment(self, payment_id: str) -> Payment:
        """Return a payment. Raises Refused."""
        found = self._records.get(self._by_payment.get(payment_id, ""))
        if found is None or found.payment is None:
            raise Refused(404, "payment_not_found", "There is no such payment.")
        return found.payment

    def advance(self, now_ms: int) -> None:
        """Decide the payments that are due."""
        for record in list(self._records.values()):
            payment = record.payment
            if payment is None or payment.status is not PaymentStatus.PENDING or payment.due_ms > now_ms:
                continue
            consent = record.consent
            if record.account.endswith(REFUSED_ENDING):
                self._commit([PaymentRefused(consent.consent_id, "insufficient_funds")])
                continue
            made = self._make_pay_in(
                consent.pay_reference, consent.amount, consent.currency, record.account, now_ms
            )
            self._commit([PaymentMade(consent.consent_id, *made)])

    def apply(self, fact: ConsentFact) -> None:
        """Fold a fact. The booking of a payment that was made is the bank's."""
        match fact:
            case ConsentAsked():
                self._records[fact.consent.consent_id] = ConsentRecord(fact.consent)
                self._by_token[fact.consent.token] = fact.consent.consent_id
            case ConsentDecided():
                self._change(fact.consent_id, agreed=fact.agreed, account=fact.account)
            case PaymentAsked():
                self._by_payment[fact.payment_id] = fact.consent_id
                self._change(fact.consent_id, payment=Payment(fact.payment_id, fact.due_ms))
            case PaymentRefused():
                self._end(fact.consent_id, PaymentStatus.FAILED, reason=fact.reason)
            case PaymentMade():
                reference = fact.pay_in.bank_reference
                self._end(fact.consent_id, PaymentStatus.COMPLETED, reference=reference)

    def _change(self, consent_id: str, **changes: object) -> None:
        self._records[consent_id] = replace(self._records[consent_id], **changes)  # type: ignore[arg-type]

    def _end(self, consent_id: str, status: PaymentStatus, *, reference: str = "", reason: str = "") -> None:
        payment = self._records[consent_id].payment
        if payment is not None:
            ended = replace(payment, status=status, bank_reference=reference, reason=reason)
            self._change(consent_id, payment=ended)
