"""Checks of the audit: sealed, signed, and signed by the other stack too; no alarm stands."""

from collections.abc import Iterable, Mapping
from typing import Final

from shared.doctor.databases import Address, opened
from shared.doctor.examining import Finding, ok, warn, wrong
from shared.production.clock import MOST_APART_SECONDS

_WARN_SEAL_SECONDS: Final = 5.0
_WRONG_SEAL_SECONDS: Final = 60.0
_WARN_WITNESS_SECONDS: Final = 60.0
_WRONG_WITNESS_SECONDS: Final = 3_600.0
_AGREED_SECONDS: Final = 5.0
"""How old the other's word may be on arrival: it travels in the next call, a second or two later."""

_UNSEALED: Final = """
WITH l AS (SELECT last_txid, last_id FROM audit_seal ORDER BY start DESC LIMIT 1)
SELECT coalesce(extract(epoch FROM clock_timestamp() - min(r.recorded_at)), 0)::float8
FROM (
    SELECT recorded_at FROM audit_record
    WHERE (txid, id) > (coalesce((SELECT last_txid FROM l), '0'), coalesce((SELECT last_id FROM l), 0))
    ORDER BY txid, id LIMIT 1000
) r
"""
_UNWITNESSED: Final = """
SELECT (SELECT max(size) FROM audit_seal) AS sealed,
       (SELECT max(size) FROM audit_cosignature) AS signed,
       (SELECT extract(epoch FROM clock_timestamp() - max(received_at))::float8
        FROM audit_cosignature) AS age,
       (SELECT extract(epoch FROM received_at - cosigned_at)::float8
        FROM audit_cosignature ORDER BY received_at DESC LIMIT 1) AS took
"""
_ALARMS: Final = """
SELECT count(*) FROM witness_alarm a
WHERE NOT EXISTS (SELECT FROM witness_alarm_end e WHERE e.alarm_id = a.id)
"""


async def look_at_audit(at: Address) -> Iterable[Finding]:
    """Say how old the oldest unsealed and the oldest unwitnessed record is, and whether an alarm stands."""
    async with opened(at) as connection:
        lag = float(await connection.fetchval(_UNSEALED))
        (row,) = await connection.fetch(_UNWITNESSED)
        alarms = int(await connection.fetchval(_ALARMS))
    found = [_seal(lag), _witness(row["sealed"], row["signed"], row["age"])]
    if row["took"] is not None and row["age"] < _WRONG_WITNESS_SECONDS:
        found.append(_other_clock(row["took"]))
    if alarms:
        found.append(wrong("audit.alarms", f"{alarms} alarms of the witness stand. Read them: audit alarms."))
    else:
        found.append(ok("audit.alarms", "no alarm of the witness stands."))
    return found


def _seal(lag_seconds: float) -> Finding:
    said = f"the oldest record without a seal is {lag_seconds:.1f} s old"
    if lag_seconds > _WRONG_SEAL_SECONDS:
        return wrong("audit.sealed", f"{said}. Start the worker; look at its log for the sealer.")
    if lag_seconds > _WARN_SEAL_SECONDS:
        return warn("audit.sealed", f"{said}. Look whether the worker runs.")
    return ok("audit.sealed", f"{said}.")


def _witness(sealed: int | None, signed: int | None, age_seconds: float | None) -> Finding:
    if not sealed:
        return ok("audit.witnessed", "there is nothing yet that the other stack could sign.")
    if signed is None or age_seconds is None:
        return warn(
            "audit.witnessed", "the other stack signed nothing yet. Start both workers and the boundary."
        )
    said = f"the other stack signed {signed} of {sealed} records, last {age_seconds:.0f} s ago"
    if signed >= sealed or age_seconds < _WARN_WITNESS_SECONDS:
        return ok("audit.witnessed", f"{said}.")
    told = wrong if age_seconds > _WRONG_WITNESS_SECONDS else warn
    return told("audit.witnessed", f"{said}. Look at the boundary, then at deploy/runbooks/audit-witness.md.")


def _other_clock(took_seconds: float) -> Finding:
    """Judge by the newest signature of the other stack: it carries a time of its clock."""
    name = "clock.other_stack"
    if took_seconds < -MOST_APART_SECONDS:
        return wrong(name, f"the other stack's clock is {-took_seconds:.1f} s ahead. Set both by one source.")
    if took_seconds > _AGREED_SECONDS:
        return warn(
            name,
            f"its newest signature was {took_seconds:.1f} s old on arrival: its clock is behind, or calls "
            "are slow. Compare both machines' clocks.",
        )
    return ok(name, f"its newest signature was {took_seconds:.1f} s old on arrival: the clocks agree.")


async def look_at_any(addresses: Mapping[str, Address]) -> Iterable[Finding]:
    """Look with the auditor's role, which reads the records of all tenants."""
    at = addresses.get("auditor")
    if at is None:
        return [warn("audit", "the auditor's address is not set here. Look where it is: audit verify.")]
    return await look_at_audit(at)
