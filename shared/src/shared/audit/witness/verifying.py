"""Verifies a whole history against itself and against everything that others hold of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.audit.checkpoints import Verifier
from shared.audit.verify import Progress, VerifyReport, verify
from shared.audit.witness.collecting import Evidence, collect
from shared.audit.witness.domain import FIRST_EPOCH, LogKeys


@dataclass(frozen=True, slots=True)
class WitnessedReport:
    """What verification found, how many cosigned checkpoints it had, and what a restore took away."""

    report: VerifyReport
    cosigned: int
    covered: int
    """How many records the largest of them covers."""
    lost: int
    """Signed records that are gone since a restore that no witness has accepted."""

    @property
    def is_good(self) -> bool:
        """Tell whether the history verified and nothing signed is missing."""
        return self.report.is_good and self.lost == 0

    def __str__(self) -> str:
        """Return one line for a person."""
        line = f"{self.report}; {self.cosigned} cosigned checkpoints, the last over {self.covered} records"
        if self.lost:
            line += (
                f"; BAD: {self.lost} signed records are gone since a restore that no witness given here has "
                "accepted"
            )
        return line


async def verify_witnessed(
    dsn: str,
    sources: Sequence[str],
    keys: tuple[LogKeys, LogKeys],
    *,
    progress: Progress | None = None,
) -> WitnessedReport:
    """Verify the history at `dsn` (auditor role) with the log's and the witness's keys.

    `sources` are files of notes and addresses of the witness's database. Raises EvidenceUnusable.
    """
    evidence = await collect(dsn, sources, *keys)
    heads = evidence.heads()
    report = await verify(dsn, known=heads, verifiers=_verifiers(keys[0], evidence), progress=progress)
    return WitnessedReport(report, len(heads), heads[-1].size if heads else 0, evidence.lost())


def _verifiers(own: LogKeys, evidence: Evidence) -> list[Verifier]:
    """Return every key under the origin of every epoch."""
    epochs = (FIRST_EPOCH, *evidence.epochs)
    return [verifier for epoch in epochs for verifier in own.in_epoch(epoch)]
