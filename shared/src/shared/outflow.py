"""Money that leaves, after a database came back without some of its history: none before a person compared.

A restore to a moment forgets what was paid after it. A payout that the bank carried out is in no book any
more, and its money is free to be paid a second time. An epoch of the audit begins whenever records were lost,
however the database came back and whoever noticed; so each one holds all money that leaves by our own doing,
until a named person says up to when the banks' statements were compared with these books.

What customers ask for meanwhile is reserved, and goes out afterwards; what staff would send is refused.
Questions about what a bank has heard already go on. What was asked for before the epoch is not ended as
never sent either: it may have been sent in what was lost.

Guaranteed:
- money is held from the transaction on in which an epoch begins, whatever process looks;
- it is resumed once for each epoch, by a recorded word, never on statements that end before the epoch began.

Tables owned: `outflow_resumption`. Tables read: `audit_epoch`.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Final
from uuid import UUID

from prometheus_client import Gauge

from shared.audit import AuditRecord, append
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.errors import Kind, Refusal
from shared.ids import HOUSE_TENANT

HELD: Final = Gauge(
    "bulkhead_outflow_held_seconds", "Since no money leaves after a restore, 0 while it may leave."
)
HOLD: Final = """
    SELECT epoch, began_at FROM audit_epoch e WHERE epoch = (SELECT max(epoch) FROM audit_epoch)
    AND NOT EXISTS (SELECT FROM outflow_resumption r WHERE r.epoch = e.epoch)
"""
"""The newest epoch of our own log, while nobody has resumed it."""


class OutflowHeld(Refusal):
    """The database was restored, and nobody has compared with the banks yet."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "outflow.held"


class NotHeld(Refusal):
    """No money is held."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "outflow.not_held"


class NotCompared(Refusal):
    """The statements do not reach far enough, or further than there can be any."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "outflow.not_compared"


@dataclass(frozen=True, slots=True)
class Hold:
    """Money is held since `since`, when an epoch of the audit began."""

    epoch: int
    since: datetime

    @property
    def told(self) -> str:
        """Return the first whole second at which statements may end, UTC, as `resume-outflow` takes it."""
        whole = self.since.astimezone(UTC).replace(microsecond=0)
        whole += timedelta(seconds=self.since > whole)
        return whole.strftime("%Y-%m-%dT%H:%M:%S")


async def show_hold(database: Database, clock: Clock) -> None:
    """Set the gauge to what stands now."""
    async with database.transaction() as tx:
        hold = await find_hold(tx)
    HELD.set(0 if hold is None else max(1.0, (clock.now() - hold.since).total_seconds()))


async def find_hold(tx: Transaction) -> Hold | None:
    """Return the hold that stands, or None."""
    row = await tx.fetch_row(HOLD)
    return None if row is None else Hold(row["epoch"], row["began_at"])


async def require_free(tx: Transaction) -> None:
    """Go on only while money may leave. Raises OutflowHeld."""
    if (hold := await find_hold(tx)) is not None:
        raise OutflowHeld(
            f"No money leaves since {hold.told} UTC: the database was restored, and may not know what "
            "was paid. Compare with the banks, then run resume-outflow; docs/systems/backup.md says how."
        )


async def require_unsent(tx: Transaction, asked_at: datetime) -> None:
    """Go on only where money asked for at `asked_at` is not among what may have been lost.

    Nothing leaves while a hold stands, so what was asked for later has not left. Raises OutflowHeld.
    """
    hold = await find_hold(tx)
    if hold is not None and asked_at <= hold.since:
        await require_free(tx)


async def may_have_left(tx: Transaction, asked_at: datetime) -> bool:
    """Tell whether money asked for at `asked_at` may have left in what some restore lost, resumed or not."""
    return bool(
        await tx.fetch_value("SELECT EXISTS (SELECT FROM audit_epoch WHERE began_at >= $1)", asked_at)
    )


async def resume(tx: Transaction, operator: UUID, compared_to: datetime, now: datetime) -> Hold:
    """Let money leave again, on the word of `operator`; return the hold that ended.

    `compared_to`: the end of the banks' statements that were compared. Raises NotHeld, NotCompared.
    """
    hold = await find_hold(tx)
    if hold is None:
        raise NotHeld("No money is held. Nothing was done.")
    if not hold.since <= compared_to <= now:
        raise NotCompared(
            f"Money is held since {hold.told} UTC. Compare statements that reach at least so far, and "
            "give the time at which they end."
        )
    is_first = await tx.fetch_value(
        "INSERT INTO outflow_resumption (epoch, compared_to, operator, resumed_at) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT DO NOTHING RETURNING true",
        hold.epoch,
        compared_to,
        operator,
        now,
    )
    if not is_first:
        raise NotHeld("Somebody else has just resumed it. Nothing was done.")
    body = {"epoch": hold.epoch, "held_since": hold.since.isoformat(), "compared_to": compared_to.isoformat()}
    await append(tx, [AuditRecord(HOUSE_TENANT, "outflow.resumed", body, now, f"staff:{operator}")])
    return hold
