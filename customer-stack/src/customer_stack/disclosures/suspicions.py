"""Which audit records tell that a suspicion was reported: who may not know of it sees none of them. Pure.

Guaranteed: timelines, packs and proofs tell such a record from the others by the same marks.
"""

from collections.abc import Collection
from typing import Final

SUSPICIONS: Final = "tenant.filings.read_str"
"""Who has this permission may know that a suspicion was reported."""
MODULE: Final = "filings"
MARKS: Final = (b'"filings.', b'"filing"')
"""What a body of another module has when it is about a report: a file, a look, a link of a case."""
KINDS_THAT_MAY_TELL: Final = ("cases.linked",)
"""Kinds of other modules of which some records have a mark: a count of kinds leaves all out."""


def may_know(permissions: Collection[str]) -> bool:
    """Tell whether somebody may know of reports of suspicions."""
    return SUSPICIONS in permissions


def tells_of_suspicion(kind: str, body: bytes) -> bool:
    """Tell whether an audit record could say that a report exists. `body`: as the audit stores it."""
    return kind.partition(".")[0] == MODULE or any(mark in body for mark in MARKS)
