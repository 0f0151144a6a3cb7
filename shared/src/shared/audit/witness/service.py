"""One stack's two parts in the exchange: what its own log offers, and what it holds of the other's.

Both stacks run this, each on its own database. Every method works in the transaction that it is given, so
that what it stores is stored before anything leaves: the caller commits, then answers.

Guaranteed:
- a cosignature is given only for what was inserted as the next checkpoint in the same transaction;
- an alarm is recorded with its evidence in that transaction, and once while it stands;
- a cosignature of ours is kept only when it verifies under the checkpoint that stands in our database.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog
from prometheus_client import Counter, Gauge

from shared.audit import store as log
from shared.audit.checkpoints import Signer, Verifier
from shared.audit.domain import AuditRecord
from shared.audit.proofs import NotProvable, prove_growth
from shared.audit.tree import EMPTY_ROOT
from shared.audit.witness import alarms, store
from shared.audit.witness.alarms import Evidence
from shared.audit.witness.domain import (
    AlarmEnding,
    AlarmKind,
    Cosignature,
    Held,
    LogKeys,
    Offer,
    RestoreCause,
    SignedBy,
    SignedCheckpoint,
    Verdict,
    judge,
)
from shared.audit.witness.notes import Cosigned, note_of
from shared.database import Transaction
from shared.errors import Kind, Refusal
from shared.ids import HOUSE_TENANT

VERDICTS: Final = Counter(
    "audit_witness_verdicts", "What we said to offers of the other's log.", ("verdict",)
)
for _verdict in Verdict:
    VERDICTS.labels(_verdict.value)  # from 0 on, so that the first refusal is seen to be one more
TOLD: Final = Counter("audit_witness_told", "What the other said to offers of our log.", ("verdict",))
ALARMS: Final = Gauge("audit_witness_alarms", "Alarms that stand until a person ends them.")
UNWITNESSED: Final = Gauge(
    "audit_unwitnessed_seconds",
    "Age of the oldest sealed record that no cosigned checkpoint covers: it could be changed unnoticed.",
)
HELD: Final = Gauge("audit_witness_held_size", "Records of the other's log that we hold a checkpoint of.")
COSIGNED: Final = Gauge(
    "audit_witness_cosigned_at", "When we last signed a checkpoint of the other's log, Unix time; 0 before."
)
COVERED: Final = Gauge("audit_cosigned_size", "Records of our log that the other has signed.")
EXCHANGED: Final = Gauge("audit_witness_exchanged_at", "When checkpoints were last exchanged, Unix time.")

_COUNTED_ALARMS: Final = 1_000

_log = structlog.get_logger(__name__)


class EpochRefused(Refusal):
    """An epoch is not the next one, or somebody was quicker."""

    kind = Kind.CONFLICT
    code = "audit.epoch_refused"


class Witness:
    """A stack's own log, seen by the other, and the other's log, seen by us."""

    def __init__(self, signer: Signer, own: Sequence[Verifier], other: Sequence[Verifier]) -> None:
        """Cosign with the stack's audit key; `own` and `other` are all public keys of both logs."""
        self._signer = signer
        self.own: Final = LogKeys.of(own)
        self.other: Final = LogKeys.of(other)

    async def load_offer(self, tx: Transaction, other_holds: Held) -> Offer | None:
        """Return our newest checkpoint with the proof that it continues what the other holds."""
        newest = await self._load_own(tx)
        if newest is None:
            return None
        if other_holds.epoch != newest.epoch:
            return Offer(newest, 0)
        if not 0 < other_holds.size < newest.size:
            return Offer(newest, other_holds.size)
        try:
            proof = await prove_growth(tx, other_holds.size, newest.size)
        except NotProvable:
            # Our tables do not hold together. Hiding it would help whoever did it: the witness shall see.
            _log.exception("audit.growth_not_provable", old=other_holds.size, new=newest.size)
            proof = []
        return Offer(newest, other_holds.size, tuple(proof))

    async def load_standing(self, tx: Transaction) -> tuple[Held, Cosignature | None]:
        """Return what we hold of the other's log, and our signature of it."""
        held = await store.load_held(tx)
        given = await store.load_given(tx, held.epoch, held.size) if held.size else None
        return held, given

    async def load_finding(self, tx: Transaction, held: Held, last: Verdict | None) -> Verdict | None:
        """Return what the other has to be told of its log: that an alarm stands, else what was said last."""
        return Verdict.INCONSISTENT if await alarms.is_doubted(tx, held.epoch) else last

    async def load_believed(self, tx: Transaction) -> Held:
        """Return what the other holds of ours, as far as its signatures tell."""
        epoch = await store.load_epoch(tx)
        return Held(epoch, await store.load_received_size(tx, epoch))

    async def judge_offer(
        self, tx: Transaction, offer: Offer | None, *, sent_at: datetime, now: datetime
    ) -> Verdict:
        """Hold and cosign the other's checkpoint if the rules allow it. Call `load_standing` afterwards.

        `sent_at` is when the call that brought it was signed, `now` is the cosignature's time.
        """
        held = await store.load_held(tx)
        signed = None if offer is None else offer.checkpoint
        judgement = judge(
            offer,
            held,
            None if signed is None else await store.load_held_root(tx, signed.epoch, signed.size),
            by=None if signed is None else await self._find_signer(tx, signed),
            sent_at=sent_at,
        )
        verdict = judgement.verdict
        if judgement.alarm is not None:
            await self._alarm(tx, judgement.alarm, held, signed, now)
        elif verdict is Verdict.COSIGNED and signed is not None and signed.size > held.size:
            given = self._cosign(signed, now)
            if not await store.insert_held(tx, held.size, signed, given, sent_at):
                verdict = Verdict.WRONG_OLD_SIZE
        VERDICTS.labels(verdict.value).inc()
        return verdict

    async def _find_signer(self, tx: Transaction, signed: SignedCheckpoint) -> SignedBy | None:
        """Return which of the other log's keys signed; None when none of them did.

        A key is replaced by the first checkpoint of a later key that we cosigned: whoever finds an old one
        gets nothing new cosigned with it.
        """
        number = self.other.find_number(signed)
        if number is None:
            return None
        held = await store.load_last_held(tx)
        newest = 0 if held is None else self.other.find_number(held) or 0
        return SignedBy.CURRENT_KEY if number >= newest else SignedBy.REPLACED_KEY

    async def keep(self, tx: Transaction, received: Cosignature, now: datetime) -> bool:
        """Keep the other's signature of one of our checkpoints; return False when it proves nothing."""
        epoch = await store.load_epoch(tx)
        if received.epoch == epoch and received.size <= await store.load_received_size(tx, epoch):
            return True
        signed = await self._load_own(tx, size=received.size)
        note = None
        if signed is not None and received.epoch == epoch:
            note = note_of(Cosigned(signed, received), self.own, self.other)
        if signed is None or note is None:
            _log.warning("audit.cosignature_refused", epoch=received.epoch, size=received.size)
            return False
        await store.insert_received(tx, Cosigned(signed, received), note, now)
        return True

    async def compare(
        self, tx: Transaction, other_holds: Held, now: datetime, verdict: Verdict | None = None
    ) -> None:
        """Raise an alarm when what the other holds or says means that our database is not what it was."""
        ours = await self._load_own(tx)
        epochs = await store.load_epochs(tx)
        epoch = max(epochs)
        size, root = (epochs[epoch], EMPTY_ROOT) if ours is None else (ours.size, ours.root)
        kind = None
        if verdict is not None:
            TOLD.labels(verdict.value).inc()
        # Of an epoch that ended, people of this side have decided already.
        if verdict is Verdict.INCONSISTENT and other_holds.epoch >= epoch:
            kind = AlarmKind.DISOWNED
        elif other_holds.epoch > epoch or (other_holds.epoch == epoch and other_holds.size > size):
            kind = AlarmKind.BEHIND
        if kind is not None:
            evidence = Evidence(kind, other_holds.epoch, other_holds.size, None, size, root)
            await self._write_alarm(tx, evidence, now)

    async def _alarm(
        self, tx: Transaction, kind: AlarmKind, held: Held, signed: SignedCheckpoint | None, now: datetime
    ) -> None:
        size, root, signature = (
            (0, EMPTY_ROOT, None) if signed is None else (signed.size, signed.root, signed.signature)
        )
        evidence = Evidence(kind, held.epoch, held.size, held.root, size, root, signature)
        await self._write_alarm(tx, evidence, now)

    async def _write_alarm(self, tx: Transaction, evidence: Evidence, now: datetime) -> None:
        alarm_id = await alarms.raise_alarm(tx, evidence, now)
        if alarm_id is None:
            return
        _log.error("audit.witness_alarm", kind=evidence.kind.value, held=evidence.held_size)
        body = {
            "alarm": alarm_id,
            "kind": evidence.kind.value,
            "epoch": evidence.epoch,
            "held_size": evidence.held_size,
            "held_root": None if evidence.held_root is None else evidence.held_root.hex(),
            "size": evidence.size,
            "root": evidence.root.hex(),
        }
        await log.append(tx, [AuditRecord(HOUSE_TENANT, "audit.alarm_raised", body, now, "system")])

    def _cosign(self, signed: SignedCheckpoint, now: datetime) -> Cosignature:
        line = self._signer.cosign(self.other.checkpoint(signed), now)
        return Cosignature(signed.epoch, signed.size, line.cosigned_at or now, line.raw)

    async def _load_own(self, tx: Transaction, size: int | None = None) -> SignedCheckpoint | None:
        """Return our newest checkpoint of this epoch, or that of a size."""
        epochs = await store.load_epochs(tx)
        epoch = max(epochs)
        if size is None:
            found = await log.load_last_checkpoint(tx)
        else:
            found = await log.load_checkpoint(tx, at_least=size)
        if found is None or found.size <= epochs[epoch] or size not in (None, found.size):
            return None
        return SignedCheckpoint(epoch, found.size, found.root, found.signature)


async def begin_epoch(tx: Transaction, operator: UUID, cause: RestoreCause, now: datetime) -> tuple[int, int]:
    """Begin a new epoch of our own log after a restore; return its number and how many records were kept.

    From the next record on the log signs under another origin, which the other side has to accept: so it
    never signs a second history under the old one. What the old epoch signed stays valid up to the last
    checkpoint that came back with the backup.
    """
    epoch = await store.load_epoch(tx) + 1
    last = await log.load_last_checkpoint(tx)
    after = 0 if last is None else last.size
    if not await store.insert_epoch(tx, epoch, after, operator, cause, now):
        raise EpochRefused("Somebody else has just begun the same epoch. Look at the audit first.")
    body = {"epoch": epoch, "after_size": after, "cause": cause.value}
    await log.append(tx, [AuditRecord(HOUSE_TENANT, "audit.epoch_begun", body, now, f"staff:{operator}")])
    return epoch, after


async def accept_epoch(
    tx: Transaction, epoch: int, kept_size: int, operator: UUID, now: datetime
) -> tuple[Held, Held]:
    """Accept that the other's log was restored with its first `kept_size` records and begins `epoch`.

    Returns what was held before, and what the epoch has to continue. Raises EpochRefused.
    """
    held = await store.load_held(tx)
    if epoch <= held.epoch or not await store.accept_epoch(tx, epoch, kept_size, operator, now):
        raise EpochRefused(
            f"The epoch of the other's audit is {held.epoch} here. Only a later one can follow."
        )
    kept = await store.load_held(tx)
    body = {
        "epoch": epoch,
        "kept_size": kept_size,
        "continues_size": kept.size,
        "held_epoch": held.epoch,
        "held_size": held.size,
        "held_root": held.root.hex(),
    }
    await log.append(tx, [AuditRecord(HOUSE_TENANT, "audit.epoch_accepted", body, now, f"staff:{operator}")])
    return held, kept


async def end_alarm(
    tx: Transaction, alarm_id: UUID, operator: UUID, ending: AlarmEnding, now: datetime
) -> bool:
    """End an alarm by a person's word; return False when none of this id stands."""
    if not await alarms.end_alarm(tx, alarm_id, operator, ending, now):
        return False
    body = {"alarm": alarm_id, "ending": ending.value}
    await log.append(tx, [AuditRecord(HOUSE_TENANT, "audit.alarm_ended", body, now, f"staff:{operator}")])
    return True


async def measure(tx: Transaction) -> None:
    """Set the metrics that are read from the database."""
    UNWITNESSED.set(await store.load_unwitnessed_seconds(tx))
    ALARMS.set(len(await alarms.list_alarms(tx, _COUNTED_ALARMS, only_standing=True)))
    COVERED.set(await store.load_received_size(tx, await store.load_epoch(tx)))
    HELD.set((await store.load_held(tx)).size)
    cosigned_at = await store.load_cosigned_at(tx)
    COSIGNED.set(0 if cosigned_at is None else cosigned_at.timestamp())
