"""Verifies a whole history against itself and against everything that others hold of it."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from shared.audit.checkpoints import Verifier
from shared.audit.domain import AuditHead
from shared.audit.spool import ELSEWHERE, HeadSpool
from shared.audit.verify import PROCESSES, Progress, VerifyReport, verify
from shared.audit.witness.collecting import collect
from shared.audit.witness.domain import FIRST_EPOCH, LogKeys


@dataclass(frozen=True, slots=True)
class Against:
    """What a history is verified against: keys of its log and of its witness, and what others hold of it.

    `sources` are files of notes and addresses of the witness's database; `known` are heads kept elsewhere.
    """

    own: LogKeys | None = None
    other: LogKeys | None = None
    sources: tuple[str, ...] = ()
    known: tuple[AuditHead, ...] = ()


@dataclass(frozen=True, slots=True)
class WitnessedReport:
    """What verification found, with how many cosigned checkpoints, and what a restore took away."""

    report: VerifyReport
    cosigned: int = 0
    covered: int = 0
    """How many records the largest of them covers."""
    lost: int = 0
    """Signed records that are gone since a restore that no witness has accepted."""
    torn: int = 0
    """Lines in files of notes that a crash cut."""

    @property
    def is_good(self) -> bool:
        """Tell whether the history verified and nothing signed is missing."""
        return self.report.is_good and self.lost == 0

    def __str__(self) -> str:
        """Return one line for a person."""
        line = f"{self.report}; {self.cosigned} cosigned, {self.torn} torn"
        if self.cosigned:
            line += f", the last over {self.covered} records"
        if self.lost:
            line += f"; BAD: {self.lost} signed records are gone since a restore that no witness has accepted"
        return line


async def verify_witnessed(
    dsn: str, against: Against, *, processes: int = PROCESSES, progress: Progress | None = None
) -> WitnessedReport:
    """Verify the history at `dsn` (auditor role). Raises EvidenceUnusable, NoteFileUnusable."""
    with TemporaryDirectory(prefix="audit-verify-") as folder:
        spool = await asyncio.to_thread(HeadSpool.begin, Path(folder))
        await asyncio.to_thread(spool.add, ELSEWHERE, against.known)
        verifiers: list[Verifier] = []
        lost = torn = 0
        if against.own is not None:
            evidence = await collect(dsn, against.sources, against.own, against.other, spool)
            lost, torn = evidence.lost(), evidence.torn
            verifiers = [
                each
                for epoch in (FIRST_EPOCH, *evidence.epochs)
                for each in reversed(against.own.in_epoch(epoch))
            ]
        report = await verify(dsn, known=spool, verifiers=verifiers, processes=processes, progress=progress)
        covered = max((size for epoch, size in spool.largest().items() if epoch != ELSEWHERE), default=0)
        return WitnessedReport(report, spool.count_signed(), covered, lost, torn)
