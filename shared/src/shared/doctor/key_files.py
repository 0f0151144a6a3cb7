"""Checks of keys: whether files parse, which key signs and verifies, how long each is still good."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509

from shared.audit.keys import load_signer
from shared.boundary.errors import KeysUnusable
from shared.boundary.keys import Direction, KeyRing, load_keys, parse_keys
from shared.doctor.examining import Finding, ok, warn, wrong

RENEWED_BEFORE: Final = timedelta(days=14)


def look_at_boundary_keys(source: Path | str, caller: str, callee: str, now: datetime) -> Iterable[Finding]:
    """Say for calls and answers which key signs and which verify, and how long the one that signs lasts."""
    ring = load_keys(source) if isinstance(source, Path) else parse_keys(source)
    for direction, sender, audience in (
        (Direction.REQUEST, caller, callee),
        (Direction.RESPONSE, callee, caller),
    ):
        yield _look_at_direction(ring, direction, (sender, audience), now)


def _look_at_direction(
    ring: KeyRing, direction: Direction, between: tuple[str, str], now: datetime
) -> Finding:
    name = f"keys.boundary.{direction.value}"
    sender, audience = between
    try:
        signing = ring.find_signing(direction, sender, audience, now)
    except KeysUnusable:
        return wrong(name, f"no key from {sender} to {audience} is valid now. Add a pair: rotate-keys.")
    verifying = [
        str(each.id)
        for each in ring.records
        if (each.direction, each.sender, each.audience) == (direction, *between) and each.is_active(now)
    ]
    last = max(each.not_after for each in ring.records if str(each.id) in verifying)
    said = f"{signing.id} signs; {', '.join(verifying)} verify; the last ends {_day(last)}"
    if last - now < RENEWED_BEFORE:
        return warn(name, f"{said}. Rotate now: rotate-keys.")
    return ok(name, f"{said}.")


def look_at_certificates(setting: str, file: Path, now: datetime) -> Iterable[Finding]:
    """Say how long a file's certificates are good."""
    name = f"keys.{setting.lower()}"
    try:
        found = x509.load_pem_x509_certificates(file.read_bytes())
    except (OSError, ValueError):
        yield wrong(name, f"{setting} names no certificate in PEM. Name another file.")
        return
    ends = min(each.not_valid_after_utc for each in found)
    begins = max(each.not_valid_before_utc for each in found)
    if not begins <= now < ends:
        yield wrong(name, f"it is not valid now ({_day(begins)} to {_day(ends)}). Renew it, then restart.")
    elif ends - now < RENEWED_BEFORE:
        yield warn(name, f"it ends {_day(ends)}. Renew it, then restart what uses it.")
    else:
        yield ok(name, f"it is valid to {_day(ends)}.")


def look_at_audit_key(secret: Path, public: Path, log: str) -> Iterable[Finding]:
    """Say whether the audit's key signs for this log and is listed. Raises AuditKeyUnusable."""
    load_signer(secret, public, log)
    yield ok("keys.audit", f"it signs for {log} and is listed.")


def _day(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d")
