"""What the routes share: the engine, the clock, the verifier and the faults, found through the request.

`signed` is the dependency of every portfolio route: it verifies the path as it was sent, before anything is
parsed.
"""

import time
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from sandbox.exchange.engine import Exchange
from sandbox.exchange.faults import Faults
from sandbox.exchange.signatures import Verifier
from sandbox.exchange.state import State


@dataclass(frozen=True, slots=True)
class Service:
    """Everything behind the routes."""

    exchange: Exchange
    verifier: Verifier
    faults: Faults

    @property
    def state(self) -> State:
        return self.exchange.state

    def now_ms(self) -> int:
        """Return the present, in milliseconds since 1970."""
        return time.time_ns() // 1_000_000


def current(request: Request) -> Service:
    """Return the service of the running program."""
    service: Service = request.app.state.service
    return service


def signed(request: Request) -> Service:
    """Return the service to a caller that proved its key. Raises NotAuthenticated."""
    service = current(request)
    path: bytes = request.scope["raw_path"]
    service.verifier.verify(
        request.headers, request.method, path.decode("ascii", "replace"), service.now_ms()
    )
    return service


Anyone = Annotated[Service, Depends(current)]
Member = Annotated[Service, Depends(signed)]
