"""Refusals of restrictions."""

from typing import ClassVar

from shared.errors import Kind, Refusal


class RestrictionNotFound(Refusal):
    """No such restriction of this customer."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "restrictions.not_found"


class StepNotPossible(Refusal):
    """A restriction of this cause, standing as it does, cannot take this step."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "restrictions.step_not_possible"


class SamePerson(Refusal):
    """Whoever proposed to lift a restriction tried to approve it."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "restrictions.same_person"


class TextMissing(Refusal):
    """An order without words: who ordered it, under which number."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "restrictions.text_missing"
