"""What is signed of a settlement: one canonical record per act, each naming the one before it. Pure."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

FORMAT = "bulkhead.settlement-record.v1"


@dataclass(frozen=True, slots=True)
class Act:
    """What happened to a settlement: `kind` as the audit names it, by whom, when."""

    kind: str
    actor: str
    at: datetime
    data: Mapping[str, Any]


def write_record(
    settlement_id: UUID, instruction_digest: bytes, number: int, previous: bytes | None, act: Act
) -> bytes:
    """Return a record's bytes: JSON by RFC 8785, ASCII keys and texts, integers only."""
    return json.dumps(
        {
            "format": FORMAT,
            "settlement": str(settlement_id),
            "instruction_sha256": instruction_digest.hex(),
            "number": number,
            "previous_sha256": None if previous is None else previous.hex(),
            "kind": act.kind,
            "actor": act.actor,
            "at": act.at.isoformat(),
            "data": dict(act.data),
        },
        sort_keys=True,
        separators=(",", ":"),
        default=str,
    ).encode("ascii")


def digest_record(payload: bytes) -> bytes:
    """Return the SHA-256 digest by which the next record names this one."""
    return hashlib.sha256(payload).digest()
