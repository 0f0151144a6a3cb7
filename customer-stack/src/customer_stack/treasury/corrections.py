"""Corrections and reversals of the house's movements, as the ledger's route by two people asks for them."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from customer_stack.fx.service import follow_stock, load_stock
from customer_stack.ledger.correctors import Corrector
from customer_stack.ledger.domain import Item
from customer_stack.ledger.revising import Correction
from customer_stack.treasury import store
from customer_stack.treasury.errors import ReferenceUsed
from customer_stack.treasury.revising import (
    REVISABLE,
    WATCHED,
    changes_of,
    complete_item,
    flows_of,
    rebuild,
    require_standing,
    require_stock,
)
from shared.database import Transaction
from shared.ids import Ids
from shared.ledger import store as ledger
from shared.ledger.domain import Movement, Transfer


class TreasuryCorrector:
    """Posts a corrected deal of the house, and keeps the cost of the stock behind it."""

    def complete(self, old: Item, draft: Item) -> Item:
        """Return a proposed version with rate and amounts. Raises CorrectionNotPossible, CorrectionEmpty."""
        return complete_item(old, draft)

    async def build(self, tx: Transaction, correction: Correction, ids: Ids) -> Sequence[Transfer]:
        """Return the deal's transfers with its new amounts. Raises ReferenceUsed, StockTooLow."""
        new = correction.new
        if new.reference is not None and await store.has_reference(tx, new.reference, new.deal_id):
            raise ReferenceUsed("This bank reference belongs to another movement. Check the reference.")
        stock, _ = await load_stock(tx, new.book_id)
        return rebuild(correction, stock, ids)

    async def admit(self, tx: Transaction, movement: Movement) -> None:
        """Refuse what would leave places, suppliers, income or stock impossible.

        Raises PlaceTooLow, BillTooLarge, IncomeTooLow, StockTooLow.
        """
        books = {transfer.book_id for transfer in movement.transfers}
        require_standing(changes_of(movement), await ledger.sum_unchecked(tx, books, WATCHED))
        for book_id in books:
            if any(flows_of(movement, book_id)):
                stock, _ = await load_stock(tx, book_id)
                require_stock(stock, movement, book_id)

    async def keep(self, tx: Transaction, movement: Movement) -> None:
        """Let the stock's cost follow its new entries."""
        for book_id in {transfer.book_id for transfer in movement.transfers}:
            entries = len(list(flows_of(movement, book_id)))
            if entries:
                await follow_stock(tx, movement.transfers[0].tenant_id, book_id, entries)


CORRECTORS: Final[Mapping[str, Corrector]] = MappingProxyType(
    dict.fromkeys((kind.value for kind in REVISABLE), TreasuryCorrector())
)
"""By kind of transfer: whatever the treasury posts."""
