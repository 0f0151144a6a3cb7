"""What is wrong with a file."""

from dataclasses import dataclass
from enum import StrEnum


class Weight(StrEnum):
    """An error keeps a file from being sent; a warning is for a person to look at."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. `place` names where, without what stands there: files hold personal data."""

    code: str
    place: str
    message: str
    weight: Weight = Weight.ERROR
