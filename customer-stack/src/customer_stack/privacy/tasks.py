"""The timers of privacy: erase who is due, empty what is old, make exports and drop old ones."""

from typing import Final

from customer_stack.privacy.service.erasing import Erasing
from customer_stack.privacy.service.exporting import Exporting
from customer_stack.timers import Runner, repeat

ERASE_SECONDS: Final = 3_600.0
EXPORT_SECONDS: Final = 1.0
EXPORT_IDLE_SECONDS: Final = 10.0


def build_runners(erasing: Erasing, exporting: Exporting) -> dict[str, Runner]:
    """Return the timers of privacy, by name."""
    return {
        "privacy.erase": repeat("privacy.erase", ERASE_SECONDS, erasing.erase_due),
        "privacy.empty": repeat("privacy.empty", ERASE_SECONDS, erasing.empty_old),
        "privacy.export": repeat(
            "privacy.export", EXPORT_SECONDS, exporting.make_due, idle_seconds=EXPORT_IDLE_SECONDS
        ),
        "privacy.drop": repeat("privacy.drop", ERASE_SECONDS, exporting.drop_over),
    }
