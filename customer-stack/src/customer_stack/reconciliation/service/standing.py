"""Where a statement may stand among those that were kept of its days."""

from collections.abc import Sequence
from typing import Final

from customer_stack.reconciliation.errors import StatementOverlaps, StatementReplaced
from customer_stack.reconciliation.store.matching import Statement

SYSTEM: Final = "system"
"""Who keeps what a provider lists by itself."""


def require_same(known: Statement, kept: Statement) -> Statement:
    """Return the statement with the same bytes, where it stands and is what is meant."""
    if known.replaced_by is not None or known.replaces != kept.replaces:
        raise StatementReplaced("These bytes were kept before, otherwise. Look at the list of statements.")
    return known


def is_listed(statement: Statement) -> bool:
    """Tell whether a statement is a provider's list of a day, or what took one away: a person's has lines."""
    return statement.imported_by == SYSTEM or not statement.lines


def require_place(others: Sequence[Statement], kept: Statement) -> None:
    """Go on only when the days are free but for lists, or the one statement of them is replaced."""
    if [each.id for each in others if each.id != kept.replaces and not is_listed(each)]:
        raise StatementOverlaps("A statement of these days was kept. Send the days after it, or correct it.")
    if kept.replaces is not None and not others:
        raise StatementReplaced("No statement of these days that stands has this id. Look at the list.")
