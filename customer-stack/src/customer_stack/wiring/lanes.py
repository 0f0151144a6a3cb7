"""Lanes over one handler, as many as the settings say."""

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from shared.database import Database
from shared.lanes import Handler, Lane, Lanes

CommandT = TypeVar("CommandT")
AnswerT = TypeVar("AnswerT")


def build_lanes(
    name: str,
    count: int,
    database: Database,
    handle: Handler[CommandT, AnswerT],
    tenant_of: Callable[[CommandT], UUID],
    trace_of: Callable[[AnswerT], UUID | None] | None = None,
) -> Lanes[CommandT, AnswerT]:
    """Return `count` lanes; the process that serves them starts them."""
    return Lanes(
        [
            Lane(f"{name}-{number}", database, handle, tenant_of=tenant_of, trace_of=trace_of)
            for number in range(count)
        ]
    )
