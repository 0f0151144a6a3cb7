"""What the routes share: the engine, the clocks, the verifier, the buckets and the faults.

`signed` is the dependency of every portfolio route: it verifies the path as it was sent, before anything is
parsed. Dependencies are coroutines although they never wait: a plain function would go through a thread,
which costs more than the whole request.
"""

import time
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request

from sandbox.exchange.engine import Exchange
from sandbox.exchange.errors import RateLimited
from sandbox.exchange.faults import Fault, FaultKind, Faults
from sandbox.exchange.feed import Feed
from sandbox.exchange.limits import DEFAULT_COST, Limiter
from sandbox.exchange.paging import LOOP
from sandbox.exchange.signatures import Verifier
from sandbox.exchange.state import State


@dataclass(slots=True)
class Service:
    """Everything behind the routes."""

    exchange: Exchange
    verifier: Verifier
    faults: Faults
    limiter: Limiter
    feed: Feed = field(init=False)
    _latest_ms: int = field(default=0)

    def __post_init__(self) -> None:
        self.feed = Feed(self.exchange, self.faults, self.now_ms)

    @property
    def state(self) -> State:
        return self.exchange.state

    def now_ms(self) -> int:
        """Return the present in milliseconds since 1970; it never goes back."""
        self._latest_ms = max(self._latest_ms, time.time_ns() // 1_000_000)
        return self._latest_ms

    def wire_now_ms(self) -> int:
        """Return the present as the exchange states it and judges signatures by it."""
        skew = self.faults.standing(FaultKind.CLOCK_SKEW)
        return self.now_ms() + (0 if skew is None else skew.skew_ms)

    def allows(self, method: str, tokens: int) -> bool:
        """Take a request's tokens. Say whether it may go on."""
        return self.limiter.allows(method, tokens, self.now_ms())

    def charge_batch(self, method: str, items: int, cost: int = DEFAULT_COST) -> None:
        """Take the tokens of a batch, all or none. Raises RateLimited."""
        if not self.allows(method, items * cost):
            raise RateLimited

    def following(self, cursor: str) -> str:
        """Return the cursor of the next page, or one that leads nowhere while a fault says so."""
        return cursor if self.faults.take(FaultKind.LOOPING_CURSOR) is None else LOOP

    def lag_ms(self, kind: FaultKind) -> int:
        """Return how far a list is behind now."""
        fault = self.faults.take(kind)
        return 0 if fault is None else fault.delay_ms

    def as_of_ms(self) -> int:
        """Return how fresh the portfolio is, as the exchange states it."""
        kinds = (FaultKind.LAGGING_POSITIONS, FaultKind.LAGGING_FILLS)
        lags = [fault.delay_ms for kind in kinds if (fault := self.faults.standing(kind)) is not None]
        return self.wire_now_ms() - max(lags, default=0)

    def stand(self, fault: Fault) -> None:
        """Let a fault stand, and do at once what it asks for."""
        self.faults.stand(fault)
        if fault.kind is FaultKind.PAUSE:
            self.exchange.pause(self.now_ms())

    def lift(self, kind: FaultKind | None) -> None:
        """Lift one kind of standing faults, or all."""
        self.faults.lift(kind)
        if kind in (None, FaultKind.PAUSE):
            self.exchange.resume(self.now_ms())


async def current(request: Request) -> Service:
    """Return the service of the running program."""
    service: Service = request.app.state.service
    return service


async def signed(request: Request) -> Service:
    """Return the service to a caller that proved its key. Raises NotAuthenticated."""
    service = await current(request)
    path: bytes = request.scope["raw_path"]
    service.verifier.verify(
        request.headers, request.method, path.decode("ascii", "replace"), service.wire_now_ms()
    )
    return service


Anyone = Annotated[Service, Depends(current)]
Member = Annotated[Service, Depends(signed)]
