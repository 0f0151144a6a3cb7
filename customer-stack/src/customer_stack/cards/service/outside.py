"""Money that came from cards and went back to them, for those who report it."""

from typing import Final

from customer_stack.cards.store import outside as store
from customer_stack.cards.store.outside import CardMovement

__all__ = ["CardMovement", "load_captured", "load_captures", "load_refunded", "load_refunds"]

load_captured: Final = store.load_captured
"""(tx, tenant, begins, ends, least cents, after, limit) -> captures made in the span, oldest first."""
load_captures: Final = store.load_captures
"""(tx, charge ids) -> their captures."""
load_refunded: Final = store.load_refunded
"""(tx, tenant, begins, ends, least cents, after, limit) -> refunds made in the span, oldest first."""
load_refunds: Final = store.load_refunds
"""(tx, refund ids) -> those of them that were made."""
