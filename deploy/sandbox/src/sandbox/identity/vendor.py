"""The vendor itself: questions, their answers in time, and who was told of them.

The answer is a function of what was asked, so the journal keeps only the questions, and which answers the
operator has heard of.
"""

import json
import random
from dataclasses import dataclass
from datetime import UTC, datetime

from sandbox.bank.facts import Event, WebhookDelivered
from sandbox.http_edge import Refused
from sandbox.identity.documents import Claim, Extracted, ReasonCode, read_document
from sandbox.journal import Journal


@dataclass(frozen=True, slots=True)
class VerificationAsked:
    """A question, and when it will be answered."""

    verification_id: str
    claim: Claim
    asked_ms: int
    answer_ms: int


FACT_KINDS = (VerificationAsked, WebhookDelivered)


class Vendor:
    """All verifications by id."""

    def __init__(self, journal: Journal, *, delay_ms: int, randomness: random.Random) -> None:
        self._journal = journal
        self._delay_ms = delay_ms
        self._random = randomness
        self._asked: dict[str, VerificationAsked] = {}
        self._untold: dict[str, VerificationAsked] = {}
        for fact in journal.replay():
            self._apply(fact)

    def ask(self, verification_id: str, claim: Claim, asked_ms: int) -> None:
        """Take a question; the same one again is nothing new. Raises Refused when it differs."""
        known = self._asked.get(verification_id)
        if known is not None:
            if known.claim != claim:
                raise Refused(
                    409, "verification_mismatch", "This verification_id was used for another person."
                )
            return
        answer_ms = asked_ms + self._random.randint(self._delay_ms // 4, self._delay_ms)
        asked = VerificationAsked(verification_id, claim, asked_ms, answer_ms)
        self._journal.append([asked])
        self._apply(asked)

    def answer(self, verification_id: str, at_ms: int) -> Extracted | ReasonCode | None:
        """Return the answer, or None while it is pending. Raises Refused."""
        asked = self._asked.get(verification_id)
        if asked is None:
            raise Refused(404, "verification_not_found", "There is no such verification.")
        if at_ms < asked.answer_ms:
            return None
        return read_document(asked.claim, datetime.fromtimestamp(asked.asked_ms // 1000, tz=UTC).date())

    def outbox(self, at_ms: int) -> dict[str, Event]:
        """Return the callbacks that nobody has heard: there is an answer, and not which."""
        return {
            event_id: _callback(event_id, asked.verification_id)
            for event_id, asked in self._untold.items()
            if asked.answer_ms <= at_ms
        }

    def told(self, event_id: str) -> None:
        """Remember that a callback was heard."""
        if event_id in self._untold:
            self._journal.append([WebhookDelivered(event_id)])
            self._apply(WebhookDelivered(event_id))

    def _apply(self, fact: VerificationAsked | WebhookDelivered) -> None:
        if isinstance(fact, VerificationAsked):
            self._asked[fact.verification_id] = fact
            self._untold[f"answered-{fact.verification_id}"] = fact
        else:
            self._untold.pop(fact.event_id, None)


def _callback(event_id: str, verification_id: str) -> Event:
    body = {"event_id": event_id, "type": "verification.completed", "verification_id": verification_id}
    return Event(event_id, json.dumps(body))
