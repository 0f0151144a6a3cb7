"""A database that came back: who has looked at it, and what may start on it.

A restore or a failover begins a new timeline of PostgreSQL. A process that finds one at which nobody has
looked does not start: what was sent, told or erased after the moment of the restore is not in it.
`after-restore` (each stack has its own) does what has to be done, and then lists the timeline here.

A timeline does not tell everything. A copy of a disk keeps it, a promised failover is let pass, and a backup
from before this table lists none. So the worker, which has the file of cosigned notes, also asks whether the
database still holds what the newest of them covers.

Guaranteed:
- no process of ours serves on a timeline that is listed by nobody, unless the table is empty or a failover is
  promised to lose nothing;
- no worker works on a database that lacks records of the newest note in its file, whatever the timeline is;
- a call that was signed before a restore ended takes no effect (a trigger on `boundary_nonce`).

Tables owned: `database_seen`.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final
from uuid import UUID

import structlog

from shared.audit import AuditRecord, append
from shared.audit.witness.domain import RestoreCause
from shared.audit.witness.service import begin_epoch
from shared.audit.witness.signing import SigningGuard
from shared.boundary.signing import FUTURE_TOLERANCE
from shared.database import Database, Transaction
from shared.errors import Kind, Refusal
from shared.ids import HOUSE_TENANT

# The name of the file that is written now begins with the timeline, also before its first checkpoint.
_IDENTITY: Final = (
    "SELECT system_identifier, ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::integer "
    "AS timeline FROM pg_control_system()"
)

_log = structlog.get_logger(__name__)


class RestoredTo(StrEnum):
    """How far a restore went."""

    END = "end"
    """To the end of the WAL: everything that was acknowledged came back."""
    MOMENT = "moment"
    """To an earlier moment, or to an archive without its last segment: something is lost."""


class DatabaseRestored(Refusal):
    """The database was restored, or failed over, and nobody has looked at it."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    code: ClassVar[str] = "database.restored"


class NotRestored(Refusal):
    """There is no restore to finish."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "database.not_restored"


@dataclass(frozen=True, slots=True)
class Identity:
    """A server and the line of its history."""

    system_identifier: int
    timeline: int


@dataclass(frozen=True, slots=True)
class Finished:
    """A restore that is finished: calls signed up to `calls_after` are refused.

    With a new epoch of the audit, `kept` records came back.
    """

    identity: Identity
    calls_after: datetime
    epoch: int | None = None
    kept: int | None = None

    @property
    def outflow(self) -> str:
        """Return in words whether money leaves now: with a new epoch it is held (`shared.outflow`)."""
        if self.epoch is None:
            return "free"
        return "held: compare with the banks, then run resume-outflow"


async def require_known(
    database: Database, now: datetime, command: str, *, failover_loses_nothing: bool = False
) -> None:
    """Let a process start unless the database came back and nobody has looked at it. Raises DatabaseRestored.

    The first process of a new database lists it. So does one that was promised that a standby confirms every
    commit, when the server is the same and only its timeline is new.
    """
    async with database.transaction() as tx:
        identity = await _load_identity(tx)
        known = [Identity(*row) for row in await tx.fetch(f"SELECT {_COLUMNS} FROM database_seen")]
        if identity in known:
            return
        if not known:
            await _insert(tx, identity, now)
            return
        if failover_loses_nothing and identity.system_identifier in {
            each.system_identifier for each in known
        }:
            await _insert(tx, identity, now, calls_after=now + FUTURE_TOLERANCE)
            _log.warning("database.failed_over", timeline=identity.timeline)
            return
    raise DatabaseRestored(
        f"The database is on timeline {identity.timeline}, at which nobody has looked: it was restored or "
        f"failed over. Run `{command}` first; docs/systems/backup.md says how."
    )


async def require_whole(database: Database, guard: SigningGuard, command: str) -> None:
    """Let a worker start unless the database lacks what the newest note covers. Raises DatabaseRestored."""
    async with database.transaction() as tx:
        lost = await guard.find_lost(tx)
    if lost is not None:
        raise DatabaseRestored(
            f"The newest cosigned note is over {lost.size} records of epoch {lost.epoch}, and this database "
            f"does not have them as they were. It was restored? Run `{command} --to moment` first, with "
            "--listed if it says that the database is known; docs/systems/backup.md says how. Nobody did? "
            "Then its history was changed: touch nothing, and go by deploy/runbooks/audit-witness.md."
        )


async def require_unseen(tx: Transaction, *, though_listed: bool = False) -> Identity:
    """Return which database this is. Raises NotRestored when an operator has looked at it already.

    `though_listed` is the operator's word that it was restored, and kept a timeline that is listed.
    """
    identity = await _load_identity(tx)
    if though_listed:
        return identity
    rows = await tx.fetch(f"SELECT {_COLUMNS}, operator, calls_after FROM database_seen")
    if not rows:
        raise NotRestored("No process has ever used this database. Start them: there is nothing to finish.")
    for row in rows:
        is_this = Identity(row["system_identifier"], row["timeline"]) == identity
        if is_this and (row["operator"] is not None or row["calls_after"] is None):
            raise NotRestored(f"The database on timeline {identity.timeline} is known. Nothing was done.")
    return identity


async def finish(
    tx: Transaction, to: RestoredTo, operator: UUID, now: datetime, *, though_listed: bool = False
) -> Finished:
    """List the database as one that an operator has looked at. The last step of a restore.

    After a restore that lost something the audit goes on in a new epoch, which the other stack has to
    accept, and no money leaves until a person has compared with the banks. Raises NotRestored.
    """
    identity = await require_unseen(tx, though_listed=though_listed)
    epoch = kept = None
    if to is RestoredTo.MOMENT:
        epoch, kept = await begin_epoch(tx, operator, RestoreCause.BACKUP_RESTORED, now)
    calls_after = now + FUTURE_TOLERANCE
    await _insert(tx, identity, now, operator=operator, calls_after=calls_after)
    body = {"timeline": identity.timeline, "restored_to": to.value, "calls_after": calls_after.isoformat()}
    await append(tx, [AuditRecord(HOUSE_TENANT, "database.restored", body, now, f"staff:{operator}")])
    return Finished(identity, calls_after, epoch, kept)


_COLUMNS: Final = "system_identifier, timeline"


async def _load_identity(tx: Transaction) -> Identity:
    row = await tx.fetch_row(_IDENTITY)
    if row is None:  # one row, always
        raise DatabaseRestored("The server does not say which it is. Ask its administrator.")
    return Identity(row["system_identifier"], row["timeline"])


async def _insert(
    tx: Transaction,
    identity: Identity,
    now: datetime,
    *,
    operator: UUID | None = None,
    calls_after: datetime | None = None,
) -> None:
    await tx.execute(
        "INSERT INTO database_seen (system_identifier, timeline, seen_at, operator, calls_after) "
        "VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        identity.system_identifier,
        identity.timeline,
        now,
        operator,
        calls_after,
    )
