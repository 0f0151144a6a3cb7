"""Key records: who may sign what for whom, with which algorithm, and when.

The algorithm belongs to the record, never to the message: a message can't talk its receiver into a weaker
one. Requests and responses have keys of their own, so a message reflected to its sender never verifies.
Several records of one direction overlap in time: that is how keys are rotated without a pause.

Guaranteed:
- no key is ever defaulted: without keys there is no wall and no call;
- a record is used only inside its validity, for its direction, between its two stacks;
- a new record verifies for a minute before anybody signs with it, so clocks that differ do no harm;
- a secret is never shown by `repr`, and so never reaches a log.
"""

import base64
import binascii
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol
from uuid import UUID, uuid4

import orjson
from prometheus_client import Gauge

from shared.boundary.errors import KeysUnusable

SECRET_BYTES_MINIMUM: Final = 32
KEYS_LIMIT: Final = 64
SIGNS_AFTER: Final = timedelta(seconds=60)
"""How long a record verifies before it signs: more than two clocks differ, and than a file is old news."""
STACK_NAME: Final = re.compile(r"[a-z][a-z0-9-]{1,30}\.(sandbox|production)")
FIELDS: Final = frozenset(
    {"id", "algorithm", "secret", "direction", "sender", "audience", "not_before", "not_after"}
)

_KEY_SECONDS_LEFT: Final = Gauge(
    "boundary_key_seconds_left", "Validity left of the key that was used last.", ("direction",)
)


class Algorithm(StrEnum):
    """How a record signs."""

    HMAC_SHA256 = "hmac-sha256"


class Direction(StrEnum):
    """What a record signs: calls of `sender` to `audience`, or its answers."""

    REQUEST = "request"
    RESPONSE = "response"


_SECONDS_LEFT: Final = {direction: _KEY_SECONDS_LEFT.labels(direction.value) for direction in Direction}


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """One key. `sender` signs with it, for `audience`; both are a stack's name and environment."""

    id: UUID
    algorithm: Algorithm
    secret: bytes = field(repr=False)
    direction: Direction
    sender: str
    audience: str
    not_before: datetime
    not_after: datetime

    def is_active(self, at: datetime) -> bool:
        """Tell whether the record may be used at `at`."""
        return self.not_before <= at < self.not_after

    @property
    def signs_from(self) -> datetime:
        """Return when its sender begins to prefer the record to an older one."""
        return self.not_before + SIGNS_AFTER


class Keys(Protocol):
    """Where a stack's records are found at the moment of their use."""

    def find_signing(self, direction: Direction, sender: str, audience: str, at: datetime) -> KeyRecord:
        """Return the record to sign with. Raises KeysUnusable."""

    def find_verifying(
        self, key_id: UUID, direction: Direction, audience: str, at: datetime
    ) -> KeyRecord | None:
        """Return the active record `key_id` if it may sign this direction for this audience."""


class KeyRing:
    """The records that one stack knows."""

    def __init__(self, records: Iterable[KeyRecord]) -> None:
        """Hold `records`. Raises KeysUnusable when one breaks a rule or an id comes twice."""
        self._by_id: dict[UUID, KeyRecord] = {}
        for record in records:
            _check(record)
            if record.id in self._by_id:
                raise KeysUnusable("A boundary key id is listed twice. Give every key its own id.")
            self._by_id[record.id] = record
        if not 1 <= len(self._by_id) <= KEYS_LIMIT:
            raise KeysUnusable(
                f"There must be 1 to {KEYS_LIMIT} boundary keys. Add one, or drop expired ones."
            )

    @property
    def records(self) -> tuple[KeyRecord, ...]:
        """Return every record, in the order of the file."""
        return tuple(self._by_id.values())

    def has_active(self, at: datetime) -> bool:
        """Tell whether any record may be used at `at`."""
        return any(record.is_active(at) for record in self._by_id.values())

    def find_signing(self, direction: Direction, sender: str, audience: str, at: datetime) -> KeyRecord:
        """Return the newest active record that has waited, or the oldest active one. Raises KeysUnusable."""
        active = [
            record
            for record in self._by_id.values()
            if (record.direction, record.sender, record.audience) == (direction, sender, audience)
            and record.is_active(at)
        ]
        if not active:
            raise KeysUnusable("No active boundary key for signing. Add a pair: rotate-keys.")
        ready = [record for record in active if record.signs_from <= at]
        chosen = max(ready, key=_age) if ready else min(active, key=_age)
        note_use(chosen, at)
        return chosen

    def find_verifying(
        self, key_id: UUID, direction: Direction, audience: str, at: datetime
    ) -> KeyRecord | None:
        """Return the active record `key_id` if it may sign this direction for this audience."""
        record = self._by_id.get(key_id)
        if record is None or record.direction is not direction or record.audience != audience:
            return None
        return record if record.is_active(at) else None


def note_use(record: KeyRecord, at: datetime) -> None:
    """Show how long the record that is being used is still valid."""
    _SECONDS_LEFT[record.direction].set((record.not_after - at).total_seconds())


def load_keys(path: Path) -> KeyRing:
    """Read a key file. Raises KeysUnusable."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise KeysUnusable("The boundary key file can't be read. Check the setting that names it.") from error
    return parse_keys(content)


def parse_keys(document: bytes | str) -> KeyRing:
    """Read `{"keys": [...]}`, secrets in base64, times in ISO 8601. Raises KeysUnusable."""
    try:
        records = [_parse(entry) for entry in orjson.loads(document)["keys"]]
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error):
        # The cause is left out: its text could quote a secret.
        raise KeysUnusable("The boundary keys aren't of the documented form.") from None
    return KeyRing(records)


def make_keys(caller: str, callee: str, *, not_before: datetime, not_after: datetime) -> list[KeyRecord]:
    """Make the two keys with which `caller` calls `callee`: one for calls, one for answers."""
    return [
        KeyRecord(
            id=uuid4(),
            algorithm=Algorithm.HMAC_SHA256,
            secret=secrets.token_bytes(SECRET_BYTES_MINIMUM),
            direction=direction,
            sender=sender,
            audience=audience,
            not_before=not_before,
            not_after=not_after,
        )
        for direction, sender, audience in (
            (Direction.REQUEST, caller, callee),
            (Direction.RESPONSE, callee, caller),
        )
    ]


def dump_keys(records: Sequence[KeyRecord]) -> bytes:
    """Return the key file that holds `records`. It holds secrets: write it with mode 0600."""
    entries = [
        {
            "id": str(record.id),
            "algorithm": record.algorithm.value,
            "secret": base64.b64encode(record.secret).decode(),
            "direction": record.direction.value,
            "sender": record.sender,
            "audience": record.audience,
            "not_before": record.not_before.isoformat(),
            "not_after": record.not_after.isoformat(),
        }
        for record in records
    ]
    return orjson.dumps({"keys": entries}, option=orjson.OPT_INDENT_2)


def _age(record: KeyRecord) -> tuple[datetime, UUID]:
    return record.not_before, record.id


def _parse(entry: dict[str, str]) -> KeyRecord:
    if entry.keys() != FIELDS or not all(isinstance(value, str) for value in entry.values()):
        raise KeyError
    return KeyRecord(
        id=UUID(entry["id"]),
        algorithm=Algorithm(entry["algorithm"]),
        secret=base64.b64decode(entry["secret"], validate=True),
        direction=Direction(entry["direction"]),
        sender=entry["sender"],
        audience=entry["audience"],
        not_before=datetime.fromisoformat(entry["not_before"]),
        not_after=datetime.fromisoformat(entry["not_after"]),
    )


def _check(record: KeyRecord) -> None:
    rules = {
        "a secret of at least 32 bytes": len(record.secret) >= SECRET_BYTES_MINIMUM,
        "stack names such as execution.sandbox": STACK_NAME.fullmatch(record.sender) is not None
        and STACK_NAME.fullmatch(record.audience) is not None,
        "two different stacks": record.sender != record.audience,
        "times with a zone": record.not_before.tzinfo is not None and record.not_after.tzinfo is not None,
    }
    broken = [rule for rule, holds in rules.items() if not holds]
    if not broken and record.not_before >= record.not_after:
        broken = ["a validity that ends after it begins"]
    if broken:
        raise KeysUnusable(f"A boundary key lacks {broken[0]}.")
