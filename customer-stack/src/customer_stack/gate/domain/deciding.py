"""The compliance decision: one pure function over what was seen.

A command is allowed when nothing is in its way: restrictions, screening, exclusions, geography, documents,
the customer's limits, then AML's verdict. Every reason that applies is recorded, in this order.

Guaranteed:
- the same situation and verdict give the same decision, so a record replays;
- whatever is not explicitly clear is denied: a customer of whom nothing is known may do nothing;
- one reason more never turns a denial into a yes.
"""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Final, NamedTuple

from customer_stack.aml.domain.counting import COLOMBO_OFFSET
from customer_stack.aml.domain.values import EventKind
from customer_stack.aml.domain.verdicts import Answer, Verdict
from customer_stack.facts.domain import CustomerFacts, Restriction, Screening
from customer_stack.protection.domain.counting import Measure
from customer_stack.protection.domain.limits import Standing, judge

GATE_VERSION: Final = 2
"""Stored with each decision. A change of `decide` that can change an answer is a new version."""

OBSERVED: Final = "observed"
"""The lane of what always posts: its decisions say what AML would have answered."""


class Reason(StrEnum):
    """Why the gate says no, in the order in which reasons are recorded. Those of AML are behind them."""

    RESTRICTED = "gate.restricted"
    SCREENING_PENDING = "gate.screening_pending"
    EXCLUDED = "gate.excluded"
    COOLING_OFF = "gate.cooling_off"
    RECIPIENT = "gate.recipient"
    COUNTRY_BLOCKED = "gate.country_blocked"
    COUNTRY_UNKNOWN = "gate.country_unknown"
    DOCUMENT_EXPIRED = "gate.document_expired"
    TIER_LIMIT = "gate.tier_limit"
    DEPOSIT_LIMIT = "protection.deposit_limit"
    STAKE_LIMIT = "protection.stake_limit"
    LOSS_LIMIT = "protection.loss_limit"
    REALITY_CHECK_DUE = "protection.reality_check_due"


_OUT: Final = frozenset({EventKind.WAGER, EventKind.TRANSFER_OUT, EventKind.WITHDRAWAL})
_STOPPED_BY: Final[Mapping[Restriction, frozenset[EventKind]]] = {
    Restriction.NONE: frozenset(),
    Restriction.DEBIT_ONLY: _OUT,
    Restriction.FULL: frozenset(EventKind),
}
"""What a restricted customer may not do at their own wish."""
_PLAY: Final = frozenset({EventKind.DEPOSIT, EventKind.WAGER, EventKind.TRANSFER_OUT, EventKind.TRANSFER_IN})
"""What somebody who is excluded or cooling off may not do. They can withdraw to their bank, and sell; who is
excluded sells where the tenant's policy says so."""
GEOGRAPHIC: Final = frozenset({EventKind.DEPOSIT, EventKind.WAGER, EventKind.TRANSFER_OUT})
"""What a policy of geography stops. Who is abroad can sell, and withdraw to their bank."""
_NEEDS_DOCUMENT: Final = frozenset({EventKind.DEPOSIT, EventKind.WAGER, EventKind.TRANSFER_OUT})
"""What an expired document blocks: money can still be sold for and withdrawn."""

MEASURES: Final[Mapping[EventKind, Measure]] = {
    EventKind.WAGER: Measure.STAKE,
    EventKind.DEPOSIT: Measure.DEPOSIT,
    EventKind.WITHDRAWAL: Measure.WITHDRAWAL,
}
"""What protection counts of an event: stakes in micro-dollars, the others in LKR cents."""


class View(NamedTuple):
    """What of a customer's facts the decision sees. The rest of them reaches it as facts of AML."""

    version: int
    restriction: Restriction
    cooling_until: datetime | None
    excluded_until: datetime | None
    screening: Screening
    screening_version: bytes | None
    document_expires_on: date | None
    snoozes: Mapping[str, datetime]


class Situation(NamedTuple):
    """All that a decision depends on besides AML's verdict. None: nothing is known, which is never a yes.

    `has_recipient`: the money goes to another customer, who is `recipient`. `amount` is in LKR cents, `stake`
    in micro-dollars. `standing` None: no limit is asked. `geography`: the reason that a policy has.
    `is_check_due`: a reality check has to be acknowledged first.
    """

    kind: EventKind
    at: datetime
    amount: int
    stake: int
    customer: View | None
    has_recipient: bool
    recipient: View | None
    geography: str | None
    standing: Standing | None
    is_check_due: bool = False


class Decision(NamedTuple):
    """The answer, all reasons, and AML's verdict."""

    answer: Answer
    reasons: tuple[str, ...]
    verdict: Verdict


def view_of(facts: CustomerFacts) -> View:
    """Return what the decision sees of a customer's facts."""
    return View(
        facts.version,
        facts.restriction,
        facts.cooling_until,
        facts.excluded_until,
        facts.screening,
        facts.screening_version,
        facts.document_expires_on,
        facts.snoozes,
    )


def decide(situation: Situation, verdict: Verdict) -> Decision:
    """Allow, hold or deny one command."""
    reasons = _judge_customer(situation)
    if situation.has_recipient and not _may_receive(situation.recipient, situation.at):
        reasons.append(Reason.RECIPIENT)
    if situation.geography is not None:
        reasons.append(situation.geography)
    if _has_expired(situation):
        reasons.append(Reason.DOCUMENT_EXPIRED)
    limit = _judge_limits(situation)
    if limit is not None:
        reasons.append(limit)
    if situation.is_check_due:
        reasons.append(Reason.REALITY_CHECK_DUE)
    answer = Answer.DENY if reasons else verdict.answer
    return Decision(answer, (*reasons, *verdict.reasons), verdict)


def judge_posted(verdict: Verdict) -> Decision:
    """Return what is found of money that posts whatever is found: the answer is what it would have been."""
    return Decision(verdict.answer, verdict.reasons, verdict)


def _judge_customer(situation: Situation) -> list[str]:
    customer, kind = situation.customer, situation.kind
    if customer is None:
        return [Reason.RESTRICTED]
    reasons: list[str] = []
    if kind in _STOPPED_BY[customer.restriction]:
        reasons.append(Reason.RESTRICTED)
    is_confirmed = customer.screening is Screening.CONFIRMED
    if is_confirmed or (kind is EventKind.WAGER and customer.screening is not Screening.CLEAR):
        reasons.append(Reason.SCREENING_PENDING)
    if kind in _PLAY:
        if _is_excluded(customer, situation.at):
            reasons.append(Reason.EXCLUDED)
        if customer.cooling_until is not None and situation.at < customer.cooling_until:
            reasons.append(Reason.COOLING_OFF)
    elif kind is EventKind.WAGER_SALE and _is_excluded(customer, situation.at):
        standing = situation.standing
        if standing is None or not standing.sells_when_excluded:
            reasons.append(Reason.EXCLUDED)
    return reasons


def _is_excluded(customer: View, at: datetime) -> bool:
    return customer.excluded_until is not None and at < customer.excluded_until


def _may_receive(recipient: View | None, at: datetime) -> bool:
    if recipient is None:
        return False
    others = Situation(EventKind.TRANSFER_IN, at, 0, 0, recipient, False, None, None, None)
    return not _judge_customer(others)


def _has_expired(situation: Situation) -> bool:
    customer = situation.customer
    if customer is None or customer.document_expires_on is None or situation.kind not in _NEEDS_DOCUMENT:
        return False
    return customer.document_expires_on < (situation.at + COLOMBO_OFFSET).date()


def _judge_limits(situation: Situation) -> str | None:
    standing, measure = situation.standing, MEASURES.get(situation.kind)
    if standing is None or measure is None:
        return None
    amount = situation.stake if measure is Measure.STAKE else situation.amount
    breach = judge(standing, measure, amount)
    return None if breach is None else breach.reason
