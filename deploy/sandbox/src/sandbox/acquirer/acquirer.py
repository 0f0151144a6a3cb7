"""The acquirer itself: charges with what was captured, refunded and charged back, and an outbox of events.

Guaranteed:
- facts are in the journal before anybody is answered;
- an id asked for again is the same charge, capture or refund, or is refused when it differs;
- captured <= authorised; refunded + charged back <= captured.
"""

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sandbox.acquirer.facts import (
    CaptureDecided,
    CaptureTaken,
    ChargebackOpened,
    ChargebackWon,
    ChargeDecided,
    ChargeTaken,
    Fact,
    RefundDecided,
    RefundTaken,
    SettlementMade,
    Status,
)
from sandbox.acquirer.tokens import CHARGED_BACK, UNDECIDED, Token, refusal_of
from sandbox.bank.facts import Event, WebhookDelivered
from sandbox.fixed_point import format_fixed
from sandbox.http_edge import Refused
from sandbox.journal import Journal

CENTS = 2
FEE_BASIS = 250
"""The acquirer's fee: 2.5 percent of what it captured, rounded down."""


@dataclass(slots=True)
class Part:
    """A capture, a refund or a chargeback of a charge."""

    id: str
    reference: str
    amount: int
    due_ms: int
    status: Status = Status.PENDING
    reason: str = ""


@dataclass(slots=True)
class Charge:
    """A charge and everything that became of it."""

    taken: ChargeTaken
    status: Status = Status.PENDING
    reason: str = ""
    capture: Part | None = None
    refunds: list[Part] = field(default_factory=list)
    chargebacks: list[Part] = field(default_factory=list)
    chargeback_due_ms: int = 0

    @property
    def captured(self) -> int:
        done = self.capture is not None and self.capture.status is Status.SUCCEEDED
        return self.capture.amount if done and self.capture else 0

    @property
    def given_back(self) -> int:
        """Return what left again, counting what is on its way."""
        refunds = sum(part.amount for part in self.refunds if part.status is not Status.FAILED)
        return refunds + sum(part.amount for part in self.chargebacks if part.status is not Status.WON)


class Acquirer:
    """One running acquirer. `new_id` makes UUIDs; times are milliseconds, passed in."""

    def __init__(
        self, journal: Journal, *, delay_ms: int, randomness: random.Random, new_id: Callable[[], UUID]
    ) -> None:
        self.charges: dict[str, Charge] = {}
        self.settlements: list[SettlementMade] = []
        self.outbox: dict[str, Event] = {}
        self._refunds: dict[str, tuple[Charge, Part]] = {}
        self._chargebacks: dict[str, tuple[Charge, Part]] = {}
        self._unsettled = 0
        self._unsettled_captures = 0
        self._journal = journal
        self._delay_ms = delay_ms
        self._random = randomness
        self._new_id = new_id

    def open(self) -> None:
        """Fold the past. Call once."""
        for fact in self._journal.replay():
            self._apply(fact)

    def charge(self, *, charge_id: str, token: str, amount: int, currency: str, now_ms: int) -> Charge:
        """Take a charge; the same id again is the same charge. Raises Refused when it differs."""
        known = self.charges.get(charge_id)
        if known is not None:
            if (known.taken.token, known.taken.amount, known.taken.currency) != (token, amount, currency):
                raise Refused(409, "charge_mismatch", "This charge_id was used for another charge.")
            return known
        self._commit(
            [ChargeTaken(charge_id, self._reference("CH"), token, amount, currency, self._due(now_ms))]
        )
        return self.charges[charge_id]

    def capture(self, *, charge_id: str, amount: int, now_ms: int) -> Charge:
        """Take an authorised amount, once. Raises Refused."""
        charge = self.find(charge_id)
        if charge.capture is not None:
            if charge.capture.amount != amount:
                raise Refused(409, "capture_mismatch", "This charge was captured with another amount.")
            return charge
        if charge.status is not Status.AUTHORISED or amount > charge.taken.amount:
            raise Refused(409, "not_authorised", "This amount is not authorised.")
        self._commit([CaptureTaken(charge_id, self._reference("CA"), amount, self._due(now_ms))])
        return charge

    def refund(self, *, charge_id: str, refund_id: str, amount: int, now_ms: int) -> Part:
        """Give a part of a capture back; the same id again is the same refund. Raises Refused."""
        charge, known = self.find(charge_id), self._refunds.get(refund_id)
        if known is not None:
            if known[0] is not charge or known[1].amount != amount:
                raise Refused(409, "refund_mismatch", "This refund_id was used for another refund.")
            return known[1]
        if amount > charge.captured - charge.given_back:
            raise Refused(409, "not_captured", "More would go back than was captured.")
        self._commit([RefundTaken(charge_id, refund_id, self._reference("RE"), amount, self._due(now_ms))])
        return self._refunds[refund_id][1]

    def find(self, charge_id: str) -> Charge:
        """Return a charge. Raises Refused."""
        charge = self.charges.get(charge_id)
        if charge is None:
            raise Refused(404, "charge_not_found", "There is no such charge.")
        return charge

    def answer_challenge(self, charge_id: str, *, approve: bool) -> None:
        """Let the cardholder decide a charge that waits for it. Raises Refused."""
        charge = self.find(charge_id)
        if charge.taken.token != Token.REDIRECT:
            raise Refused(409, "no_challenge", "Nobody was asked about this charge.")
        if charge.status is Status.PENDING:
            self._decide(charge, "" if approve else "challenge_failed")

    def settle(self, now_ms: int) -> SettlementMade:
        """Pay what is owed since the last settlement, less the fee. Raises Refused."""
        if self._unsettled == 0 and self._unsettled_captures == 0:
            raise Refused(409, "nothing_owed", "Nothing happened since the last settlement.")
        fee = self._unsettled_captures * FEE_BASIS // 10_000
        made = SettlementMade(
            str(self._new_id()), self._reference("AQ"), gross=self._unsettled, fee=fee, at_ms=now_ms
        )
        self._commit([made])
        return made

    def advance(self, now_ms: int) -> None:
        """Decide what is due."""
        for charge in list(self.charges.values()):
            for part in charge.chargebacks:
                if part.status is Status.OPEN and 0 < part.due_ms <= now_ms:
                    content = self._part_content(charge, part) | {"chargeback_id": part.id}
                    self._commit([ChargebackWon(part.id, self._event("chargeback.won", content))])
            if self._is_due(charge.status, charge.taken.due_ms, now_ms):
                if charge.taken.token not in UNDECIDED:
                    self._decide(charge, refusal_of(charge.taken.token))
            elif charge.capture and self._is_due(charge.capture.status, charge.capture.due_ms, now_ms):
                self._decide_capture(charge, charge.capture, now_ms)
            elif 0 < charge.chargeback_due_ms <= now_ms and not charge.chargebacks:
                self._charge_back(charge, now_ms)
            for refund in charge.refunds:
                if self._is_due(refund.status, refund.due_ms, now_ms):
                    self._decide_refund(charge, refund)

    def delivered(self, event_id: str) -> None:
        """Remember that an event reached its receiver."""
        if event_id in self.outbox:
            self._commit([WebhookDelivered(event_id)])

    @staticmethod
    def _is_due(status: Status, due_ms: int, now_ms: int) -> bool:
        return status is Status.PENDING and due_ms <= now_ms

    def _decide(self, charge: Charge, reason: str) -> None:
        status = Status.DECLINED if reason else Status.AUTHORISED
        taken = charge.taken
        content = {
            "charge_id": taken.charge_id,
            "reference": taken.reference,
            "amount": format_fixed(taken.amount, CENTS),
            "currency": taken.currency,
        }
        event = self._event(f"charge.{status}", content | ({"reason": reason} if reason else {}))
        self._commit([ChargeDecided(taken.charge_id, status, reason, event)])

    def _decide_capture(self, charge: Charge, capture: Part, now_ms: int) -> None:
        reason = "authorisation_lapsed" if charge.taken.token == Token.CAPTURE_FAILS else ""
        status = Status.FAILED if reason else Status.SUCCEEDED
        back = self._due(now_ms) if charge.taken.token in CHARGED_BACK and not reason else 0
        content = self._part_content(charge, capture) | ({"reason": reason} if reason else {})
        event = self._event("charge.capture_failed" if reason else "charge.captured", content)
        self._commit([CaptureDecided(charge.taken.charge_id, status, reason, back, event)])

    def _decide_refund(self, charge: Charge, refund: Part) -> None:
        reason = "card_closed" if charge.taken.token == Token.REFUND_FAILS else ""
        status = Status.FAILED if reason else Status.SUCCEEDED
        content = self._part_content(charge, refund) | {"refund_id": refund.id}
        event = self._event(f"refund.{status}", content | ({"reason": reason} if reason else {}))
        self._commit([RefundDecided(refund.id, status, reason, event)])

    def _charge_back(self, charge: Charge, now_ms: int) -> None:
        amount = charge.captured - charge.given_back
        if amount == 0:
            return
        part = Part(f"CB{self._new_id().hex[:16].upper()}", "", amount, 0)
        won = self._due(now_ms) if charge.taken.token == Token.CHARGEBACK_WON else 0
        content = self._part_content(charge, part) | {"chargeback_id": part.id, "reason": "fraud_claimed"}
        event = self._event("chargeback.opened", content)
        opened = ChargebackOpened(charge.taken.charge_id, part.id, amount, "fraud_claimed", won, event)
        self._commit([opened])

    def _part_content(self, charge: Charge, part: Part) -> dict[str, str]:
        return {
            "charge_id": charge.taken.charge_id,
            "reference": part.reference or part.id,
            "amount": format_fixed(part.amount, CENTS),
            "currency": charge.taken.currency,
        }

    def _due(self, now_ms: int) -> int:
        return now_ms + self._random.randint(self._delay_ms // 2, self._delay_ms)

    def _reference(self, kind: str) -> str:
        return f"{kind}{self._new_id().hex[:16].upper()}"

    def _event(self, kind: str, content: dict[str, str]) -> Event:
        event_id = str(self._new_id())
        return Event(event_id, json.dumps({"event_id": event_id, "type": kind, **content}))

    def _commit(self, facts: Sequence[Fact]) -> None:
        self._journal.append(facts)
        for fact in facts:
            self._apply(fact)

    def _apply(self, fact: Fact) -> None:
        match fact:
            case ChargeTaken() | ChargeDecided() | CaptureTaken() | CaptureDecided():
                self._apply_to_charge(fact)
            case RefundTaken() | RefundDecided():
                self._apply_to_refund(fact)
            case ChargebackOpened() | ChargebackWon():
                self._apply_to_chargeback(fact)
            case SettlementMade():
                self.settlements.append(fact)
                self._unsettled, self._unsettled_captures = 0, 0
            case WebhookDelivered():
                self.outbox.pop(fact.event_id, None)
        event = getattr(fact, "event", None)
        if event is not None:
            self.outbox[event.event_id] = event

    def _apply_to_charge(self, fact: ChargeTaken | ChargeDecided | CaptureTaken | CaptureDecided) -> None:
        if isinstance(fact, ChargeTaken):
            self.charges[fact.charge_id] = Charge(fact)
            return
        charge = self.charges[fact.charge_id]
        match fact:
            case ChargeDecided():
                charge.status, charge.reason = fact.status, fact.reason
            case CaptureTaken():
                charge.capture = Part(fact.charge_id, fact.reference, fact.amount, fact.due_ms)
            case CaptureDecided():
                if charge.capture is not None:
                    charge.capture.status, charge.capture.reason = fact.status, fact.reason
                charge.chargeback_due_ms = fact.chargeback_due_ms
                self._unsettled += charge.captured
                self._unsettled_captures += charge.captured

    def _apply_to_refund(self, fact: RefundTaken | RefundDecided) -> None:
        match fact:
            case RefundTaken():
                charge = self.charges[fact.charge_id]
                refund = Part(fact.refund_id, fact.reference, fact.amount, fact.due_ms)
                charge.refunds.append(refund)
                self._refunds[fact.refund_id] = (charge, refund)
            case RefundDecided():
                _, refund = self._refunds[fact.refund_id]
                refund.status, refund.reason = fact.status, fact.reason
                self._unsettled -= refund.amount if fact.status is Status.SUCCEEDED else 0

    def _apply_to_chargeback(self, fact: ChargebackOpened | ChargebackWon) -> None:
        match fact:
            case ChargebackOpened():
                charge = self.charges[fact.charge_id]
                part = Part(fact.chargeback_id, "", fact.amount, fact.won_due_ms, Status.OPEN, fact.reason)
                charge.chargebacks.append(part)
                self._chargebacks[fact.chargeback_id] = (charge, part)
                self._unsettled -= fact.amount
            case ChargebackWon():
                _, part = self._chargebacks[fact.chargeback_id]
                part.status = Status.WON
                self._unsettled += part.amount
