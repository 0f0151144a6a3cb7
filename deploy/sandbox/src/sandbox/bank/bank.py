"""The bank itself: accounts with statements, pay-ins and payouts, and an outbox of events.

Guaranteed:
- facts are in the journal before anybody is answered;
- every change of a balance is one statement entry that carries the balance after it;
- a payout is decided once: refused for accounts ending in 0000 and where the balance does not suffice;
- a payout to an account ending in 9999 is made, and comes back from the receiver's bank a moment later;
- a pay-in is taken back at most once, whole, on request of whoever plays the payer's bank.
"""

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from sandbox.bank.consent_facts import ConsentFact, PaymentMade
from sandbox.bank.consents import Consents
from sandbox.bank.facts import (
    AccountOpened,
    Event,
    Fact,
    PayIn,
    PayInBooked,
    PayInTakenBack,
    Payout,
    PayoutAccepted,
    PayoutDecided,
    PayoutReturned,
    PayoutStatus,
    TransferBooked,
    WebhookDelivered,
)
from sandbox.fixed_point import format_fixed
from sandbox.http_edge import Refused
from sandbox.journal import Journal

CENTS = 2
REFUSED_ENDING = "0000"
RETURNED_ENDING = "9999"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a statement. `amount` is negative where money left."""

    number: int
    booked_ms: int
    kind: str
    amount: int
    balance: int
    bank_reference: str
    reference: str
    counterparty: str


@dataclass(slots=True)
class Account:
    """An account of ours, in one currency."""

    currency: str
    entries: list[Entry] = field(default_factory=list)

    @property
    def balance(self) -> int:
        return self.entries[-1].balance if self.entries else 0


@dataclass(frozen=True, slots=True)
class PayoutRecord:
    """A payout with its decision."""

    payout: Payout
    status: PayoutStatus = PayoutStatus.PENDING
    reason: str = ""
    return_reference: str = ""


class Bank:
    """One running bank. `new_id` makes UUIDs; times are milliseconds, passed in."""

    def __init__(
        self, journal: Journal, *, payout_delay_ms: int, randomness: random.Random, new_id: Callable[[], UUID]
    ) -> None:
        self.accounts: dict[str, Account] = {}
        self.payouts: dict[str, PayoutRecord] = {}
        self.transfers: dict[str, TransferBooked] = {}
        self.outbox: dict[str, Event] = {}
        self.pay_ins: dict[str, PayIn] = {}
        self.taken_back: dict[str, PayInTakenBack] = {}
        self._pending: dict[str, Payout] = {}
        self._returning: dict[str, int] = {}
        self._journal = journal
        self._payout_delay_ms = payout_delay_ms
        self._random = randomness
        self._new_id = new_id
        self._house = ""
        self.consents = Consents(self._commit, self._make_house_pay_in)

    def draw_delay(self) -> int:
        """Return how long a payment waits for its decision, in milliseconds."""
        return self._random.randint(self._payout_delay_ms // 2, self._payout_delay_ms)

    def open(self, account: str, currency: str, opening_balance: int, now_ms: int) -> None:
        """Fold the past, and open the house account if it is new. Call once."""
        self._house = account
        for fact in self._journal.replay():
            self._apply(fact)
        if account not in self.accounts:
            self._commit([AccountOpened(account, currency, opening_balance, now_ms)])

    def pay_in(
        self, *, pay_reference: str, amount: int, currency: str, payer_account: str, account: str, now_ms: int
    ) -> PayIn:
        """Book money that a person pays, and announce it. Raises Refused for a wrong currency."""
        opened = [] if account in self.accounts else [AccountOpened(account, currency, 0, now_ms)]
        if not opened:
            self._check_currency(account, currency)
        paid, event = self._make_pay_in(pay_reference, amount, currency, payer_account, account, now_ms)
        self._commit([*opened, PayInBooked(paid, event)])
        return paid

    def pay_out(
        self,
        *,
        payout_id: str,
        amount: int,
        currency: str,
        account: str,
        reference: str,
        from_account: str,
        now_ms: int,
    ) -> PayoutRecord:
        """Take a payout order; the same id again gives the same payout. Raises Refused when it differs."""
        known = self.payouts.get(payout_id)
        asked = (amount, currency, account, reference, from_account)
        if known is not None:
            before = known.payout
            same = (before.amount, before.currency, before.account, before.reference, before.from_account)
            if same != asked:
                raise Refused(409, "payout_mismatch", "This payout_id was used for another payout.")
            return known
        if from_account not in self.accounts:
            raise Refused(404, "account_not_found", "There is no such account to pay from.")
        self._check_currency(from_account, currency)
        delay_ms = self.draw_delay()
        bank_reference = f"OUT{self._new_id().hex[:16].upper()}"
        payout = Payout(payout_id, bank_reference, *asked, asked_ms=now_ms, due_ms=now_ms + delay_ms)
        self._commit([PayoutAccepted(payout)])
        return self.payouts[payout_id]

    def transfer(
        self, *, reference: str, amount: int, currency: str, counterparty: str, account: str, now_ms: int
    ) -> TransferBooked:
        """Book the owner's own money, out where `amount` is negative; a reference again is the same transfer.

        Raises Refused when it differs, for a wrong currency, or where the balance does not suffice.
        """
        known = self.transfers.get(reference)
        if known is not None:
            if (known.account, known.amount, known.counterparty) != (account, amount, counterparty):
                raise Refused(409, "transfer_mismatch", "This reference was used for another transfer.")
            return known
        if account not in self.accounts:
            raise Refused(404, "account_not_found", "There is no such account.")
        self._check_currency(account, currency)
        if self.accounts[account].balance + amount < 0:
            raise Refused(409, "insufficient_funds", "The balance does not suffice.")
        self._commit([TransferBooked(reference, account, amount, counterparty, now_ms)])
        return self.transfers[reference]

    def advance(self, now_ms: int) -> None:
        """Decide the payouts that are due, and the payments under consents."""
        self.consents.advance(now_ms)
        for payout in [one for one in self._pending.values() if one.due_ms <= now_ms]:
            reason = self._refusal(payout)
            status = PayoutStatus.FAILED if reason else PayoutStatus.SUCCEEDED
            content = {
                "payout_id": payout.payout_id,
                "bank_reference": payout.bank_reference,
                "amount": format_fixed(payout.amount, CENTS),
                "currency": payout.currency,
                "account": payout.account,
                "reference": payout.reference,
                "booked_at": at(now_ms),
            }
            if reason:
                content["reason"] = reason
            event = self._event(f"payout.{status}", content)
            self._commit([PayoutDecided(payout.payout_id, status, reason, now_ms, event)])

        for payout_id in [each for each, due_ms in self._returning.items() if due_ms <= now_ms]:
            self._return(self.payouts[payout_id].payout, now_ms)

    def take_back(self, bank_reference: str, now_ms: int) -> PayInTakenBack:
        """Take a pay-in back, as the payer's bank can; again is the same. Raises Refused."""
        known = self.taken_back.get(bank_reference)
        if known is not None:
            return known
        paid = self.pay_ins.get(bank_reference)
        if paid is None:
            raise Refused(404, "pay_in_not_found", "There is no such pay-in.")
        if self.accounts[paid.account].balance < paid.amount:
            raise Refused(409, "insufficient_funds", "The balance does not suffice.")
        reversal_reference = f"TB{self._new_id().hex[:16].upper()}"
        event = self._event(
            "pay_in.taken_back",
            {
                "bank_reference": bank_reference,
                "reversal_reference": reversal_reference,
                "amount": format_fixed(paid.amount, CENTS),
                "currency": paid.currency,
                "booked_at": at(now_ms),
            },
        )
        self._commit([PayInTakenBack(bank_reference, reversal_reference, now_ms, event)])
        return self.taken_back[bank_reference]

    def delivered(self, event_id: str) -> None:
        """Remember that an event reached its receiver."""
        if event_id in self.outbox:
            self._commit([WebhookDelivered(event_id)])

    def statement(self, account: str, after: int, limit: int) -> tuple[Account, Sequence[Entry]]:
        """Return an account and its entries after a number, oldest first. Raises Refused."""
        found = self.accounts.get(account)
        if found is None:
            raise Refused(404, "account_not_found", "There is no such account.")
        return found, found.entries[after : after + limit]

    def payout(self, payout_id: str) -> PayoutRecord:
        """Return a payout. Raises Refused."""
        record = self.payouts.get(payout_id)
        if record is None:
            raise Refused(404, "payout_not_found", "There is no such payout.")
        return record

    def _make_house_pay_in(
        self, pay_reference: str, amount: int, currency: str, payer_account: str, now_ms: int
    ) -> tuple[PayIn, Event]:
        return self._make_pay_in(pay_reference, amount, currency, payer_account, self._house, now_ms)

    def _make_pay_in(
        self, pay_reference: str, amount: int, currency: str, payer_account: str, account: str, now_ms: int
    ) -> tuple[PayIn, Event]:
        """Return a pay-in with a reference of its own, and its announcement; nothing is booked yet."""
        reference = f"IN{self._new_id().hex[:16].upper()}"
        paid = PayIn(reference, pay_reference, amount, currency, payer_account, account, now_ms)
        event = self._event(
            "pay_in.received",
            {
                "bank_reference": paid.bank_reference,
                "pay_reference": paid.pay_reference,
                "amount": format_fixed(amount, CENTS),
                "currency": currency,
                "payer_account": payer_account,
                "booked_at": at(now_ms),
            },
        )
        return paid, event

    def _return(self, payout: Payout, now_ms: int) -> None:
        """Book a payout that came back from the receiver's bank, and announce it."""
        return_reference, reason = f"RT{self._new_id().hex[:16].upper()}", "account_closed"
        event = self._event(
            "payout.returned",
            {
                "payout_id": payout.payout_id,
                "bank_reference": payout.bank_reference,
                "return_reference": return_reference,
                "amount": format_fixed(payout.amount, CENTS),
                "currency": payout.currency,
                "account": payout.account,
                "reference": payout.reference,
                "reason": reason,
                "booked_at": at(now_ms),
            },
        )
        self._commit([PayoutReturned(payout.payout_id, return_reference, reason, now_ms, event)])

    def _refusal(self, payout: Payout) -> str:
        if payout.account.endswith(REFUSED_ENDING):
            return "account_refused"
        if self.accounts[payout.from_account].balance < payout.amount:
            return "insufficient_funds"
        return ""

    def _check_currency(self, account: str, currency: str) -> None:
        if self.accounts[account].currency != currency:
            raise Refused(
                400, "wrong_currency", f"That account is kept in {self.accounts[account].currency}."
            )

    def _event(self, kind: str, content: dict[str, str]) -> Event:
        event_id = str(self._new_id())
        return Event(event_id, json.dumps({"event_id": event_id, "type": kind, **content}))

    def _commit(self, facts: Sequence[Fact | ConsentFact]) -> None:
        self._journal.append(facts)
        for fact in facts:
            self._apply(fact)

    def _apply(self, fact: Fact | ConsentFact) -> None:
        if isinstance(fact, ConsentFact):
            self._apply_consent(fact)
            return
        match fact:
            case AccountOpened():
                self.accounts[fact.account] = Account(fact.currency)
                if fact.amount:
                    self._book(fact.account, fact.at_ms, "opening", fact.amount, ("", "", ""))
            case PayInBooked():
                self._book_pay_in(fact.pay_in, fact.event)
            case PayoutAccepted():
                self.payouts[fact.payout.payout_id] = PayoutRecord(fact.payout)
                self._pending[fact.payout.payout_id] = fact.payout
            case PayoutDecided():
                self._apply_decision(fact)
            case PayoutReturned() | PayInTakenBack():
                self._apply_undoing(fact)
            case TransferBooked():
                self.transfers[fact.reference] = fact
                names = (fact.reference, fact.reference, fact.counterparty)
                self._book(fact.account, fact.at_ms, "transfer", fact.amount, names)
            case WebhookDelivered():
                self.outbox.pop(fact.event_id, None)

    def _apply_decision(self, fact: PayoutDecided) -> None:
        payout = self._pending.pop(fact.payout_id)
        self.payouts[fact.payout_id] = PayoutRecord(payout, fact.status, fact.reason)
        if fact.status is PayoutStatus.SUCCEEDED:
            names = (payout.bank_reference, payout.reference, payout.account)
            self._book(payout.from_account, fact.at_ms, "payout", -payout.amount, names)
            if payout.account.endswith(RETURNED_ENDING):
                self._returning[fact.payout_id] = fact.at_ms + payout.due_ms - payout.asked_ms
        self.outbox[fact.event.event_id] = fact.event

    def _apply_undoing(self, fact: PayoutReturned | PayInTakenBack) -> None:
        if isinstance(fact, PayoutReturned):
            self._returning.pop(fact.payout_id)
            payout = self.payouts[fact.payout_id].payout
            self.payouts[fact.payout_id] = PayoutRecord(
                payout, PayoutStatus.RETURNED, fact.reason, fact.return_reference
            )
            names = (fact.return_reference, payout.reference, payout.account)
            self._book(payout.from_account, fact.at_ms, "payout_return", payout.amount, names)
        else:
            self.taken_back[fact.bank_reference] = fact
            paid = self.pay_ins[fact.bank_reference]
            names = (fact.reversal_reference, paid.pay_reference, paid.payer_account)
            self._book(paid.account, fact.at_ms, "take_back", -paid.amount, names)
        self.outbox[fact.event.event_id] = fact.event

    def _apply_consent(self, fact: ConsentFact) -> None:
        self.consents.apply(fact)
        if isinstance(fact, PaymentMade):
            self._book_pay_in(fact.pay_in, fact.event)

    def _book_pay_in(self, paid: PayIn, event: Event) -> None:
        names = (paid.bank_reference, paid.pay_reference, paid.payer_account)
        self._book(paid.account, paid.booked_ms, "pay_in", paid.amount, names)
        self.pay_ins[paid.bank_reference] = paid
        self.outbox[event.event_id] = event

    def _book(
        self, account: str, booked_ms: int, kind: str, amount: int, names: tuple[str, str, str]
    ) -> None:
        kept = self.accounts[account]
        kept.entries.append(
            Entry(len(kept.entries) + 1, booked_ms, kind, amount, kept.balance + amount, *names)
        )


def at(time_ms: int) -> str:
    """Write a time as RFC 3339 in UTC, to the millisecond."""
    moment = datetime.fromtimestamp(time_ms // 1000, tz=UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{time_ms % 1000:03d}Z"
