"""One exchange of checkpoints: what the stack that dials does, and what the one that answers does.

The same call carries both directions, so that one side's trouble is noticed by the other within seconds:
our newest checkpoint and the proof that it continues what the other holds; our signature of what we hold of
the other's; how much that is, so that the answer can begin there; and what was found of the other's audit, so
that a stack whose history is doubted knows it, whichever side it is.

Guaranteed:
- what is signed was committed before it leaves: the asker signs what it stored the time before, the answerer
  commits before it answers;
- an answer that is lost costs nothing: the next one carries the same signature;
- a finding of the asker goes out with every call until another takes its place; an alarm's, while it stands;
- nothing waits for the other stack inside a transaction.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

from boundary.v2 import boundary_pb2 as v2
from shared.audit.witness.domain import Held, Offer, Verdict
from shared.audit.witness.service import EXCHANGED, Witness
from shared.audit.witness.wire import (
    cosignature_from_wire,
    cosignature_to_wire,
    held_to_wire,
    offer_from_wire,
    offer_to_wire,
    verdict_from_wire,
    verdict_to_wire,
)
from shared.boundary.errors import OutcomeUnknown
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.ids import HOUSE_TENANT

Ask = Callable[[v2.ExchangeCheckpointsRequest], Awaitable[v2.ExchangeCheckpointsResponse]]

_MEANINGLESS: Final = "meaningless_answer"


class Exchange:
    """The dialling stack's side."""

    def __init__(self, database: Database, witness: Witness, ask: Ask, clock: Clock) -> None:
        """Exchange through `ask`, which makes one signed call."""
        self._database = database
        self._witness = witness
        self._ask = ask
        self._clock = clock
        self._other_holds: Held | None = None
        self._found: Verdict | None = None

    async def exchange(self) -> None:
        """Make one exchange. Raises OutcomeUnknown, SignedRefusal, DatabaseUnavailable."""
        async with self._database.transaction(HOUSE_TENANT) as tx:
            believed = self._other_holds or await self._witness.load_believed(tx)
            request = await self._write(tx, believed)
        sent_at = self._clock.now()
        answer = await self._ask(request)
        verdict = verdict_from_wire(answer.verdict)
        if verdict is None:
            raise OutcomeUnknown(_MEANINGLESS)
        other_holds, now = Held(answer.held.epoch, answer.held.size), self._clock.now()
        async with self._database.transaction(HOUSE_TENANT) as tx:
            if answer.HasField("cosignature"):
                await self._witness.keep(tx, cosignature_from_wire(answer.cosignature), now)
            await self._witness.compare(tx, other_holds, now, verdict)
            found = await self._witness.judge_offer(tx, _offer_in(answer), sent_at=sent_at, now=now)
        self._other_holds, self._found = other_holds, found
        EXCHANGED.set(now.timestamp())

    async def _write(self, tx: Transaction, believed: Held) -> v2.ExchangeCheckpointsRequest:
        offer = await self._witness.load_offer(tx, believed)
        held, given = await self._witness.load_standing(tx)
        finding = await self._witness.load_finding(tx, held, self._found)
        return v2.ExchangeCheckpointsRequest(
            offer=None if offer is None else offer_to_wire(offer),
            cosignature=None if given is None else cosignature_to_wire(given),
            held=held_to_wire(held),
            finding=None if finding is None else v2.Finding(verdict=verdict_to_wire(finding)),
        )


async def answer_exchange(
    tx: Transaction,
    witness: Witness,
    request: v2.ExchangeCheckpointsRequest,
    *,
    sent_at: datetime,
    now: datetime,
) -> v2.ExchangeCheckpointsResponse:
    """Answer an exchange in the transaction of its nonce. Commit it, then send what this returns."""
    if request.HasField("cosignature"):
        await witness.keep(tx, cosignature_from_wire(request.cosignature), now)
    believed = Held(request.held.epoch, request.held.size)
    finding = verdict_from_wire(request.finding.verdict) if request.HasField("finding") else None
    await witness.compare(tx, believed, now, finding)
    verdict = await witness.judge_offer(tx, _offer_in(request), sent_at=sent_at, now=now)
    held, given = await witness.load_standing(tx)
    offer = await witness.load_offer(tx, believed)
    EXCHANGED.set(now.timestamp())
    return v2.ExchangeCheckpointsResponse(
        verdict=verdict_to_wire(verdict),
        held=held_to_wire(held),
        cosignature=None if given is None else cosignature_to_wire(given),
        offer=None if offer is None else offer_to_wire(offer),
    )


def _offer_in(message: v2.ExchangeCheckpointsRequest | v2.ExchangeCheckpointsResponse) -> Offer | None:
    return offer_from_wire(message.offer) if message.HasField("offer") else None
