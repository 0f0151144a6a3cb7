"""How a corrected or reversed deal is posted and kept: what modules bring to corrections, by kind.

Guaranteed: whoever keeps facts beside the ledger is asked before a revision is posted and told after it,
in the same transaction and under the locks of all its books.
"""

from collections.abc import Sequence
from typing import Protocol

from customer_stack.ledger.domain import Item
from customer_stack.ledger.revising import Correction, reshape
from shared.database import Transaction
from shared.ids import Ids
from shared.ledger.domain import Movement, Transfer


class Corrector(Protocol):
    """Builds what a corrected deal posts, and keeps what its module has to keep about it."""

    def complete(self, old: Item, draft: Item) -> Item:
        """Return a proposed version with what follows from its changes. Raises CorrectionNotPossible."""
        ...

    async def build(self, tx: Transaction, correction: Correction, ids: Ids) -> Sequence[Transfer]:
        """Return transfers of `correction.movement_id`, each of which names what it corrects.

        The books of what was posted are locked. Raises CorrectionNotPossible.
        """
        ...

    async def admit(self, tx: Transaction, movement: Movement) -> None:
        """Refuse a correction's or a reversal's movement that the module's own facts do not allow."""
        ...

    async def keep(self, tx: Transaction, movement: Movement) -> None:
        """Keep what follows from the movement, which was just posted."""
        ...


class Reshaped:
    """The corrector of deals that are nothing but their postings: the same again with the new amounts."""

    def complete(self, old: Item, draft: Item) -> Item:
        """Return the draft as it is."""
        return draft

    async def build(self, tx: Transaction, correction: Correction, ids: Ids) -> Sequence[Transfer]:
        """Return the transfers with the item's new amounts. Raises CorrectionNotPossible."""
        return reshape(correction, ids)

    async def admit(self, tx: Transaction, movement: Movement) -> None:
        """Allow it: balances are all that there is."""

    async def keep(self, tx: Transaction, movement: Movement) -> None:
        """Keep nothing: the ledger is all that there is."""
