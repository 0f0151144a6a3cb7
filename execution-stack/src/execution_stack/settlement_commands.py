"""Commands on settlements: `execution-stack settlement-receipt | settlement-release | settlement-void`.

Money that we pay leaves after two operators said so: one proposes the release, another approves it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Annotated, Final, TypeVar
from uuid import UUID

import typer

from execution_stack.operator_commands import KeyFile, read_key
from execution_stack.settlement.domain import ReleaseOutcome
from execution_stack.settlement.service import SettlementService
from execution_stack.terminal import Json, on_database, show
from shared.clock import SystemClock
from shared.money import USD_SCALE, to_minor

ResultT = TypeVar("ResultT")


class Act(StrEnum):
    """What an operator does about a release."""

    PROPOSE = "propose"
    APPROVE = "approve"
    REJECT = "reject"


SettlementId = Annotated[UUID, typer.Option("--settlement", help="A settlement on which both sides agreed.")]
Operator = Annotated[UUID, typer.Option(help="Who does it: the id of a staff member.")]


def receive(
    settlement: SettlementId,
    operator: Operator,
    amount: Annotated[str | None, typer.Option(help="USD, where less arrived than was agreed.")] = None,
    part: Annotated[int, typer.Option(min=1, help="Which part: 2 for what arrives after the first.")] = 1,
    *,
    as_json: Json = False,
) -> None:
    """Record that a settlement's money reached, or left, the exchange account."""
    moved = None if amount is None else _usd(amount)
    is_new = _run(lambda service: service.receive(settlement, operator, moved, part))
    show({"settlement": str(settlement), "recorded": is_new}, as_json=as_json)


def release(
    act: Annotated[Act, typer.Argument(help="propose, approve (another operator) or reject.")],
    settlement: SettlementId,
    key_file: KeyFile,
    *,
    as_json: Json = False,
) -> None:
    """Let money leave that we pay: one operator proposes, another approves, each with a key of their own."""
    key = read_key(key_file)
    if act is Act.PROPOSE:
        made = _run(lambda service: service.propose_release(settlement, key))
    else:
        outcome = ReleaseOutcome.APPROVED if act is Act.APPROVE else ReleaseOutcome.REJECTED
        made = _run(lambda service: service.decide_release(settlement, key, outcome))
    state = made.outcome.value if made.outcome else "proposed"
    show({"settlement": str(settlement), "release": str(made.id), "state": state}, as_json=as_json)


def void(settlement: SettlementId, operator: Operator, *, as_json: Json = False) -> None:
    """Record that a settlement's payment was refused or came back: it settled nothing."""
    is_new = _run(lambda service: service.void(settlement, operator))
    show({"settlement": str(settlement), "recorded": is_new}, as_json=as_json)


def _run(work: Callable[[SettlementService], Awaitable[ResultT]]) -> ResultT:
    return asyncio.run(on_database(lambda database: work(SettlementService(database, SystemClock()))))


def _usd(text: str) -> int:
    try:
        return to_minor(Decimal(text), USD_SCALE)
    except InvalidOperation:
        raise typer.BadParameter("the amount must be a number such as 4.50") from None


COMMANDS: Final[dict[str, Callable[..., None]]] = {
    "settlement-receipt": receive,
    "settlement-release": release,
    "settlement-void": void,
}
