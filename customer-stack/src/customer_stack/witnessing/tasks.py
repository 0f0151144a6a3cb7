"""The worker's tasks of witnessing."""

from typing import Final

from customer_stack.timers import Runner, repeat
from shared.audit.witness.exchange import Exchange
from shared.audit.witness.keeping import NoteKeeper

EXCHANGE_SECONDS: Final = 1.0
"""What is newer than an exchange or two could be changed unnoticed."""
KEEP_SECONDS: Final = 5.0


def build_runners(exchange: Exchange, notes: NoteKeeper) -> dict[str, Runner]:
    """Return the timers. A receiver that is away, or does not know the call yet, is asked again."""
    return {
        "audit.witness": repeat("audit.witness", EXCHANGE_SECONDS, exchange.exchange),
        "audit.notes": repeat("audit.notes", KEEP_SECONDS, notes.keep),
    }
