"""The faults, by HTTP: unsigned, for the hand behind the sandbox.

`POST /sandbox/faults` lets the next requests meet a fault, either `{"next_order": kind}` for the next new
orders or the general `{"kind": kind, ...}`. `PUT /sandbox/faults/standing` lets one stand, `DELETE` of the
same lifts one kind (`?kind=`) or all, `DELETE /sandbox/faults` takes back everything, `GET /sandbox/faults`
lists. What each kind does stands in faults.py.
"""

from dataclasses import asdict
from typing import Annotated, Self

from fastapi import APIRouter
from pydantic import BaseModel, Field, model_validator

from sandbox.exchange import wire
from sandbox.exchange.errors import InvalidParameters
from sandbox.exchange.faults import STANDING_ONLY, Fault, FaultKind, Scope
from sandbox.exchange.service import Anyone, Service

router = APIRouter(prefix="/sandbox/faults")

DAY_MS = 86_400_000

Delay = Annotated[int, Field(ge=0, le=600_000)]


class Shots(wire.Wire):
    """What the next requests meet. `next_order` null, without a kind, takes back everything that waits."""

    next_order: FaultKind | None = None
    kind: FaultKind | None = None
    delay_ms: Delay = 0
    times: int = Field(default=1, ge=1, le=1000)
    scope: Scope = Scope.ORDERS
    carried_out: bool = False

    @model_validator(mode="after")
    def check_kind(self) -> Self:
        if (self.next_order or self.kind) in STANDING_ONLY:
            raise ValueError("this fault can only stand: PUT /sandbox/faults/standing")
        if self.next_order is not None and self.kind is not None:
            raise ValueError("give next_order or kind, not both")
        return self


class Standing(wire.Wire):
    """A fault that stays; it meets every `every`-th request that it fits."""

    kind: FaultKind
    delay_ms: Delay = 0
    skew_ms: int = Field(default=0, ge=-DAY_MS, le=DAY_MS)
    every: int = Field(default=1, ge=1, le=100_000)
    scope: Scope = Scope.ORDERS
    carried_out: bool = False


class FaultView(BaseModel):
    """One fault."""

    kind: FaultKind
    delay_ms: int
    skew_ms: int
    every: int
    scope: Scope
    carried_out: bool


class FaultsView(BaseModel):
    """What waits, the next one first, and what stands."""

    waiting: list[FaultView]
    standing: list[FaultView]


@router.get("")
async def list_faults(service: Anyone) -> FaultsView:
    """List the faults."""
    return _view(service)


@router.post("")
async def add_shots(body: Shots, service: Anyone) -> dict[str, int]:
    """Let the next requests meet a fault."""
    kind = body.next_order or body.kind
    if kind is not None:
        fault = Fault(kind, body.delay_ms, scope=body.scope, carried_out=body.carried_out)
        service.faults.add(fault, body.times)
    elif "next_order" in body.model_fields_set:
        service.faults.clear()
    else:
        raise InvalidParameters("name a kind of fault", ", ".join(FaultKind))
    return {"waiting": service.faults.waiting}


@router.delete("")
async def clear(service: Anyone) -> FaultsView:
    """Take back every fault."""
    service.faults.clear()
    service.lift(None)
    return _view(service)


@router.put("/standing")
async def stand(body: Standing, service: Anyone) -> FaultsView:
    """Let a fault stand, in the place of one of its kind."""
    service.stand(Fault(**body.model_dump()))
    return _view(service)


@router.delete("/standing")
async def lift(service: Anyone, kind: FaultKind | None = None) -> FaultsView:
    """Lift one kind of the standing faults, or all."""
    service.lift(kind)
    return _view(service)


def _view(service: Service) -> FaultsView:
    waiting, standing = service.faults.listed()
    return FaultsView(
        waiting=[FaultView(**asdict(one)) for one in waiting],
        standing=[FaultView(**asdict(one)) for one in standing],
    )
