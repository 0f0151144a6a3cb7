"""What cases ask of the modules whose commands wait for them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from customer_stack.cases.domain.holding import HoldEnd
from shared.database import Transaction

__all__ = ["HeldCommands", "HoldEnd"]


class HeldCommands(Protocol):
    """Commands of one module that can wait for a case.

    Called in a transaction of their tenant that holds no lock yet: implementations lock as their lane does
    (intents, order, books in id order), see under the locks whether a command still waits, and do what their
    lane would have done. No case is locked before them and none may be by them.

    Safe to call twice: a command that has ended answers how it ended, and nothing is done. `end_held` of this
    module is for commands that end in another way; neither method calls it.
    """

    kind: str
    """Under which `Held.kind` the module's commands wait."""

    async def release(
        self, tx: Transaction, ids: Sequence[UUID], actor: str, at: datetime
    ) -> Mapping[UUID, HoldEnd]:
        """Let commands go on where that is still possible, else give their funds back: DENIED."""
        ...

    async def deny(
        self, tx: Transaction, ids: Sequence[UUID], actor: str, at: datetime
    ) -> Mapping[UUID, HoldEnd]:
        """End commands and give their funds back."""
        ...
