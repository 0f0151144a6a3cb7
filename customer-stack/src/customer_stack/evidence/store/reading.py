"""What a pack is of, and the rows of its sources, page by page.

Statements of sources are made of the reviewed catalogue; values are parameters.
"""

from collections.abc import AsyncIterator, Sequence
from typing import Any, Final
from uuid import UUID

from customer_stack.evidence.domain.packs import Scope, Wish
from customer_stack.evidence.domain.sources import Source
from shared.database import Transaction
from shared.evidence.reading import FETCH_SECONDS, PAGE

_PERSON: Final = {
    Scope.CUSTOMER: "SELECT id FROM customer_account WHERE id = $1",
    Scope.ACCOUNT: "SELECT c.id FROM ledger_book b LEFT JOIN customer_account c USING (id) WHERE b.id = $1",
    Scope.CASE: "SELECT customer_id FROM cases_case WHERE id = $1",
    Scope.MARKET: "SELECT NULL::uuid FROM market WHERE id = $1",
    Scope.WINDOW: "SELECT NULL::uuid FROM wager_report WHERE window_id = $1 LIMIT 1",
    Scope.STAFF: "SELECT NULL::uuid FROM access_staff WHERE id = $1",
}


async def find_person(tx: Transaction, scope: Scope, scope_id: UUID) -> tuple[bool, UUID | None]:
    """Tell whether a scope is there, and whose it is when it is of one customer."""
    row = await tx.fetch_row(_PERSON[scope], scope_id)
    return row is not None, None if row is None else row[0]


async def read_rows(tx: Transaction, source: Source, wish: Wish) -> AsyncIterator[Sequence[Any]]:
    """Return a source's rows of a scope and time, PAGE at a time."""
    cursor = await tx.connection.cursor(
        source.statement(wish.scope), wish.scope_id, wish.first_at, wish.last_at, timeout=FETCH_SECONDS
    )
    while rows := await cursor.fetch(PAGE, timeout=FETCH_SECONDS):
        yield rows
