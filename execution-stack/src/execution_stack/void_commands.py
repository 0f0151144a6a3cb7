"""Commands on voids: `execution-stack void-market | approve-void | reject-void | voids`."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Annotated, Any, Final, TypeVar
from uuid import UUID

import typer

from execution_stack.reports.domain import Basis
from execution_stack.resolution.domain.voids import Void
from execution_stack.resolution.service import Declaration, VoidService
from execution_stack.terminal import Json, on_database, show
from shared.clock import SystemClock
from shared.ids import SystemIds
from shared.money import USD_SCALE, format_minor, to_minor

ResultT = TypeVar("ResultT")


class VoidForm(StrEnum):
    """The forms of void that people declare."""

    CANCELLED_TRADES = "cancelled-trades"
    ORIGINAL_COST = "original-cost"


_BASES: Final = {
    VoidForm.CANCELLED_TRADES: Basis.CANCELLED_TRADES,
    VoidForm.ORIGINAL_COST: Basis.ORIGINAL_COST,
}
DeclaredVoid = Annotated[UUID, typer.Option("--void", help="A declared void.")]
Operator = Annotated[UUID, typer.Option(help="Who does it: the id of a staff member.")]


def void_market(
    market: Annotated[UUID, typer.Option(help="The market that the exchange voided.")],
    form: Annotated[VoidForm, typer.Option(help="What the exchange's notice says.")],
    returned: Annotated[str, typer.Option(help="USD that it paid for the market, such as 0.43 or -1.20.")],
    operator: Operator,
    *,
    fees_returned: Annotated[bool, typer.Option("--fees-returned", help="Trade fees came back.")] = False,
    as_json: Json = False,
) -> None:
    """Declare that the exchange voided a market otherwise than at a value; another operator approves."""
    declaration = Declaration(market, _BASES[form], fees_returned, _signed_usd(returned), operator)
    _show(_on_voids(lambda voids: voids.declare(declaration)), as_json=as_json)


def approve_void(void_id: DeclaredVoid, operator: Operator, *, as_json: Json = False) -> None:
    """Approve a void that another operator declared; the worker posts it."""
    _show(_on_voids(lambda voids: voids.approve(void_id, operator)), as_json=as_json)


def reject_void(void_id: DeclaredVoid, operator: Operator, *, as_json: Json = False) -> None:
    """Reject a void, or take back one of your own."""
    _show(_on_voids(lambda voids: voids.reject(void_id, operator)), as_json=as_json)


def list_voids(*, as_json: Json = False) -> None:
    """List the voids that wait for a decision, or for the worker."""
    found = _on_voids(lambda voids: voids.list_open())
    if as_json:
        typer.echo(json.dumps([_row(each) for each in found]))
        return
    for each in found:
        _show(each, as_json=False)


def _on_voids(work: Callable[[VoidService], Awaitable[ResultT]]) -> ResultT:
    return asyncio.run(on_database(lambda database: work(VoidService(database, SystemClock(), SystemIds()))))


def _show(void: Void, *, as_json: bool) -> None:
    show(_row(void), as_json=as_json)


def _row(void: Void) -> dict[str, Any]:
    return {
        "void": str(void.id),
        "market": str(void.market_id),
        "form": void.form.value,
        "fees": "returned" if void.fees_returned else "kept",
        "returned": format_minor(void.returned, USD_SCALE),
        "state": void.outcome.value if void.outcome else "declared",
    }


def _signed_usd(text: str) -> int:
    try:
        return to_minor(Decimal(text), USD_SCALE)
    except InvalidOperation:
        raise typer.BadParameter("the amount must be a number such as 0.43 or -1.20") from None


COMMANDS: Final[dict[str, Callable[..., None]]] = {
    "void-market": void_market,
    "approve-void": approve_void,
    "reject-void": reject_void,
    "voids": list_voids,
}
