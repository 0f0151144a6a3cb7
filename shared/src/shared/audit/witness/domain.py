"""What a witness may cosign: the rules of C2SP tlog-witness, and two of our own. Pure.

Ours: a log that offers less than it once had is not only told so. When it was asked long after the larger
checkpoint was held, its history was cut off: an alarm. And any signed checkpoint of a size that is held, with
another root, is proof of a second history, whatever size it claims to continue.

Guaranteed:
- `COSIGNED` only for a checkpoint of the accepted epoch, signed by a key that no later one has replaced, and
  proven to continue what is held;
- a checkpoint that any key of the log ever signed raises the same alarms as one that its newest key signed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from shared.audit.checkpoints import Checkpoint, KeyKind, Signature, Verifier
from shared.audit.tree import EMPTY_ROOT, verify_consistency
from shared.errors import invariant

FIRST_EPOCH: Final = 1
BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)
TOLERANCE: Final = timedelta(seconds=60)
"""How much later than another call of its sender a call may still bring an older checkpoint: clocks of
several workers differ, and each reads its checkpoint before it signs the call."""


class Verdict(StrEnum):
    """What a witness says to an offer."""

    NOTHING_OFFERED = "nothing_offered"
    COSIGNED = "cosigned"
    WRONG_OLD_SIZE = "wrong_old_size"
    INCONSISTENT = "inconsistent"
    UNKNOWN_EPOCH = "unknown_epoch"
    BAD_SIGNATURE = "bad_signature"


class SignedBy(StrEnum):
    """Which of its log's keys signed a checkpoint."""

    CURRENT_KEY = "current_key"
    REPLACED_KEY = "replaced_key"
    """A later key has signed something that the witness holds."""


class AlarmKind(StrEnum):
    """What was seen that cannot happen to an honest history."""

    FORKED = "forked"
    """The other's audit has two histories."""
    SHRUNK = "shrunk"
    """The other's audit has lost records that it had."""
    DISOWNED = "disowned"
    """The other says that ours is not the audit that it holds."""
    BEHIND = "behind"
    """The other holds more of our audit than we have."""


class AlarmEnding(StrEnum):
    """Why a person ended an alarm."""

    RESTORE_ACCEPTED = "restore_accepted"
    INVESTIGATED = "investigated"


class RestoreCause(StrEnum):
    """Why a log begins a new epoch."""

    BACKUP_RESTORED = "backup_restored"
    DATABASE_MOVED = "database_moved"
    DRILL = "drill"


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint of one epoch with the log's signature (64 bytes) under that epoch's origin."""

    epoch: int
    size: int
    root: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Offer:
    """A checkpoint, and the proof that it continues the one of `old_size`."""

    checkpoint: SignedCheckpoint
    old_size: int
    proof: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Cosignature:
    """A witness's signature (64 bytes) of the checkpoint of a size, at a time in whole seconds."""

    epoch: int
    size: int
    at: datetime
    signature: bytes

    @property
    def seconds(self) -> int:
        """Return the time in seconds since 1970."""
        return (self.at - BEGINNING) // timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Held:
    """What a witness holds. `sent_at` is when the call that brought it was signed, by its sender's clock."""

    epoch: int = FIRST_EPOCH
    size: int = 0
    root: bytes = EMPTY_ROOT
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict, and the alarm that it means."""

    verdict: Verdict
    alarm: AlarmKind | None = None


@dataclass(frozen=True, slots=True)
class LogKeys:
    """Whose signatures these are: the origin of the first epoch, and every key of the log, the oldest first.

    A log signs its checkpoints under the origin of their epoch, and cosigns another's under its first one.
    """

    origin: str
    public_keys: tuple[bytes, ...]

    @classmethod
    def of(cls, verifiers: Sequence[Verifier]) -> "LogKeys":
        """Return the keys of one log."""
        names = {verifier.name for verifier in verifiers}
        invariant(len(names) == 1, "the keys of a log have its origin for their name")
        return cls(names.pop(), tuple(verifier.public_key for verifier in verifiers))

    def in_epoch(self, epoch: int) -> tuple[Verifier, ...]:
        """Return what verifies the log's signatures of one epoch, the newest key first."""
        origin = origin_of(self.origin, epoch)
        return tuple(Verifier(origin, key) for key in reversed(self.public_keys))

    def find_number(self, signed: SignedCheckpoint) -> int | None:
        """Return the number of the key that signed: 0 is the log's first; None when it was none of them."""
        text, newest = self.checkpoint(signed), len(self.public_keys) - 1
        for age, verifier in enumerate(self.in_epoch(signed.epoch)):
            line = Signature(verifier.name, verifier.key_id(KeyKind.LOG), signed.signature)
            if verifier.has_signed(text, line):
                return newest - age
        return None

    def ids_up_to(self, public_key: bytes, epochs: Iterable[int]) -> frozenset[bytes]:
        """Return under which ids this key and those before it sign in some epochs."""
        last = self.public_keys.index(public_key)
        return frozenset(
            Verifier(origin_of(self.origin, epoch), key).key_id(KeyKind.LOG)
            for epoch in epochs
            for key in self.public_keys[: last + 1]
        )

    def checkpoint(self, signed: SignedCheckpoint) -> Checkpoint:
        """Return the text that was signed."""
        return Checkpoint(origin_of(self.origin, signed.epoch), signed.size, signed.root)

    def find_line(self, signed: SignedCheckpoint) -> Signature | None:
        """Return the log's line under its checkpoint, or None when none of its keys signed it."""
        number = self.find_number(signed)
        if number is None:
            return None
        verifier = Verifier(origin_of(self.origin, signed.epoch), self.public_keys[number])
        return Signature(verifier.name, verifier.key_id(KeyKind.LOG), signed.signature)

    def find_cosignature(self, text: Checkpoint, given: Cosignature) -> Signature | None:
        """Return the line of this log as the witness of `text`, or None when none of its keys cosigned it."""
        payload = given.seconds.to_bytes(8, "big") + given.signature
        for verifier in self.in_epoch(FIRST_EPOCH):
            line = Signature(verifier.name, verifier.key_id(KeyKind.COSIGNATURE), payload)
            if verifier.has_cosigned(text, line):
                return line
        return None


def origin_of(origin: str, epoch: int) -> str:
    """Return the name of a log in an epoch: a log that was restored is another log."""
    return origin if epoch == FIRST_EPOCH else f"{origin}/{epoch}"


def judge(
    offer: Offer | None, held: Held, known_root: bytes | None, *, by: SignedBy | None, sent_at: datetime
) -> Judgement:
    """Decide about an offer. `known_root` is the root that is held of that very size, if one is.

    `by` is whose signature it has; `sent_at` is when the call that brings the offer was signed. What a
    replaced key signed is compared like any other: a log that was cut back to before the change of its key
    has nothing else to show. It is only never cosigned.
    """
    if offer is None:
        return _judge_shorter(held, sent_at, Verdict.NOTHING_OFFERED)
    checkpoint = offer.checkpoint
    if checkpoint.epoch != held.epoch:
        return Judgement(Verdict.UNKNOWN_EPOCH)
    if by is None or checkpoint.size < 1:
        return Judgement(Verdict.BAD_SIGNATURE)
    if known_root is not None and known_root != checkpoint.root:
        return Judgement(Verdict.INCONSISTENT, AlarmKind.FORKED)
    if checkpoint.size < held.size:
        return _judge_shorter(held, sent_at, Verdict.WRONG_OLD_SIZE)
    return _judge_growth(offer, held, by)


def _judge_growth(offer: Offer, held: Held, by: SignedBy) -> Judgement:
    """Ask whether the checkpoint, which is as large as what is held or larger, continues it."""
    checkpoint = offer.checkpoint
    if offer.old_size != held.size:
        return Judgement(Verdict.WRONG_OLD_SIZE)
    if not verify_consistency(held.size, held.root, checkpoint.size, checkpoint.root, offer.proof):
        return Judgement(Verdict.INCONSISTENT, AlarmKind.FORKED)
    return Judgement(Verdict.BAD_SIGNATURE if by is SignedBy.REPLACED_KEY else Verdict.COSIGNED)


def _judge_shorter(held: Held, sent_at: datetime, otherwise: Verdict) -> Judgement:
    """Tell a late call, which was overtaken, from a log that has lost what it had."""
    if held.sent_at is not None and sent_at > held.sent_at + TOLERANCE:
        return Judgement(Verdict.INCONSISTENT, AlarmKind.SHRUNK)
    return Judgement(otherwise)
