"""What the worker does for bank files: apply the entries of files that were taken."""

from typing import Final

from customer_stack.bank_files.service.importing import BankFiles
from customer_stack.timers import Runner, repeat

APPLY_SECONDS: Final = 0.5


def build_runners(service: BankFiles | None) -> dict[str, Runner]:
    """Return the timers of bank files; none where no account is configured."""
    if service is None:
        return {}
    return {"bank_files.apply": repeat("bank_files.apply", APPLY_SECONDS, service.apply_due)}
