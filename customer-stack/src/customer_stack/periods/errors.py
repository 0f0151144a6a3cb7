"""Refusals of periods."""

from typing import ClassVar

from shared.errors import Kind, Refusal


class PeriodNotOver(Refusal):
    """The period's end lies in the future or just behind us."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "periods.not_over"


class PeriodOutOfOrder(Refusal):
    """The period would end before it begins, or nothing was ever posted."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "periods.out_of_order"


class PeriodNotFound(Refusal):
    """No such period or proposal of this tenant."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "periods.not_found"


class PeriodChanged(Refusal):
    """The books are not what was proposed, or another digest was approved."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "periods.changed"


class ProposerCannotClose(Refusal):
    """Whoever proposed a period tried to close it."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "periods.proposer_cannot_close"
