"""Key records: who may sign what for whom, with which algorithm, and when.

The algorithm belongs to the record, never to the message: a message can't talk its receiver into a weaker
one. Requests and responses have keys of their own, so a message reflected to its sender never verifies.
Several records of one direction overlap in time: that is how keys are rotated without a pause.

Guaranteed:
- no key is ever defaulted: without a file there is no wall and no call;
- a record is used only inside its validity, for its direction, between its two stacks;
- a secret is never shown by `repr`, and so never reaches a log.
"""

import base64
import binascii
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

import orjson

from shared.boundary.errors import KeysUnusable

SECRET_BYTES_MINIMUM: Final = 32
STACK_NAME: Final = re.compile(r"[a-z][a-z0-9-]{1,30}\.(sandbox|production)")
FIELDS: Final = frozenset(
    {"id", "algorithm", "secret", "direction", "sender", "audience", "not_before", "not_after"}
)


class Algorithm(StrEnum):
    """How a record signs."""

    HMAC_SHA256 = "hmac-sha256"


class Direction(StrEnum):
    """What a record signs: calls of `sender` to `audience`, or its answers."""

    REQUEST = "request"
    RESPONSE = "response"


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

    def find_signing(self, direction: Direction, sender: str, audience: str, at: datetime) -> KeyRecord:
        """Return the newest active record for signing. Raises KeysUnusable."""
        active = [
            record
            for record in self._by_id.values()
            if (record.direction, record.sender, record.audience) == (direction, sender, audience)
            and record.is_active(at)
        ]
        if not active:
            raise KeysUnusable("No active boundary key for signing. Add one to the key file.")
        return max(active, key=lambda record: (record.not_before, record.id))

    def find_verifying(
        self, key_id: UUID, direction: Direction, audience: str, at: datetime
    ) -> KeyRecord | None:
        """Return the active record `key_id` if it may sign this direction for this audience."""
        record = self._by_id.get(key_id)
        if record is None or record.direction is not direction or record.audience != audience:
            return None
        return record if record.is_active(at) else None


def load_keys(path: Path) -> KeyRing:
    """Read a key file: `{"keys": [...]}`, secrets in base64, times in ISO 8601. Raises KeysUnusable."""
    try:
        document = orjson.loads(path.read_bytes())
        records = [_parse(entry) for entry in document["keys"]]
    except OSError as error:
        raise KeysUnusable("The boundary key file can't be read. Check the setting that names it.") from error
    except (ValueError, KeyError, TypeError, binascii.Error):
        # The cause is left out: its text could quote a secret.
        raise KeysUnusable("The boundary key file isn't of the documented form.") from None
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


def _parse(entry: dict[str, str]) -> KeyRecord:
    if entry.keys() != FIELDS:
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
