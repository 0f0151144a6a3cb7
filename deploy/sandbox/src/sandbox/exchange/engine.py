"""The whole engine: all layers of commands, the member's money, and the start."""

from collections.abc import Callable
from uuid import UUID

from sandbox.exchange.catalogue import Catalogue
from sandbox.exchange.errors import InsufficientBalance, InvalidParameters, ReferenceTaken
from sandbox.exchange.facts import Deposited, ExchangeOpened, Withdrawn
from sandbox.exchange.lifecycle import Lifecycle
from sandbox.journal import Journal


class Exchange(Lifecycle):
    """One running exchange."""

    def __init__(
        self,
        catalogue: Catalogue,
        journal: Journal,
        *,
        seed: int,
        liquidity_interval_ms: int,
        settlement_timer_ms: int,
        new_id: Callable[[], UUID],
    ) -> None:
        super().__init__(
            catalogue,
            journal,
            seed=seed,
            liquidity_interval_ms=liquidity_interval_ms,
            settlement_timer_ms=settlement_timer_ms,
            new_id=new_id,
        )
        self._step = None
        self._moving = {}
        self._book_watchers = []
        self._late = []

    def open(self, now_ms: int) -> None:
        """Fold the past and go on, or open for the first time. Call once."""
        self._replay()
        if self.state.opened_ms is None:
            self._commit([ExchangeOpened(now_ms)])
        self.advance(now_ms)

    def deposit(self, amount: int, reference: str | None, now_ms: int) -> None:
        """Add micro-dollars to the member's balance, once per reference."""
        if reference is not None and reference in self.state.deposit_references:
            return
        self._commit([Deposited(amount, reference or str(self._new_id()), now_ms)])

    def withdraw(self, amount: int, reference: str | None, now_ms: int) -> None:
        """Take micro-dollars from the member's balance, once per reference; what orders reserve stays.

        Raises InvalidParameters, ReferenceTaken, InsufficientBalance.
        """
        if amount <= 0:
            raise InvalidParameters("amount must be more than zero")
        known = None if reference is None else self.state.withdrawals.get(reference)
        if known is not None:
            if known.amount != amount:
                raise ReferenceTaken(f"{reference} stands for a withdrawal of another amount")
            return
        if amount > self.state.cash.balance - self.state.reserved():
            raise InsufficientBalance("insufficient balance")
        self._commit([Withdrawn(amount, reference or str(self._new_id()), now_ms)])
