"""What becomes of a command that was decided: its answer, as it is stored and told, and its audit record."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

import orjson

from customer_stack.gate.domain.asking import Ruling
from customer_stack.gate.errors import HELD_NOTICE, is_gate_code, public_code
from customer_stack.gate.errors import refusal as gate_refusal
from customer_stack.wagers.domain.gate import Command, Decision, Reason
from customer_stack.wagers.domain.states import State
from customer_stack.wagers.errors import denial
from shared.audit import AuditRecord
from shared.errors import Refusal
from shared.ledger.domain import Hold
from shared.money import CONTRACT_SCALE, PRICE_SCALE, USD_SCALE, format_minor

_DENIED: Final = b'{"denied":'
_KINDS: Final = {State.PENDING: "wagers.placed", State.HELD: "wagers.held", None: "wagers.denied"}


@dataclass(frozen=True, slots=True)
class Decided:
    """A command with both answers. `state` is the wager's, None where there is none."""

    command: Command
    decision: Decision
    ruling: Ruling
    state: State | None = None
    holds: tuple[Hold, ...] = ()


def record_of(decided: Decided) -> AuditRecord:
    """Return the audit record of a command; reasons are in the decision's own record."""
    command, decision = decided.command, decided.decision
    body: dict[str, object] = {
        "wager_id": command.wager_id,
        "market_id": command.market_id,
        "side": command.side.value,
        "action": command.action.value,
        "quantity": command.quantity,
        "limit_price": command.limit_price,
        "max_total": decision.max_total,
        "gate_version": decision.gate_version,
    }
    if decided.state is not State.PENDING:
        body["reasons"] = list(decided.ruling.reasons)
    return AuditRecord(
        command.tenant_id, _KINDS[decided.state], body, command.at, f"customer:{command.customer_id}"
    )


def encode_answer(decided: Decided) -> bytes:
    """Return the answer as it is stored and sent; a denial is stored as the code that is told."""
    if decided.state is None:
        product = decided.decision.reasons
        return orjson.dumps({"denied": product[0] if product else public_code(decided.ruling.reasons)})
    command = decided.command
    body = {
        "wager_id": command.wager_id,
        "state": decided.state,
        "market_id": command.market_id,
        "side": command.side,
        "action": command.action,
        "quantity": format_minor(command.quantity, CONTRACT_SCALE),
        "limit_price": format_minor(command.limit_price, PRICE_SCALE),
        "max_total": format_minor(decided.decision.max_total, USD_SCALE),
        "placed_at": command.at,
    }
    if decided.state is State.HELD:
        body["notice"] = HELD_NOTICE
    return orjson.dumps(body, option=orjson.OPT_UTC_Z)


def wager_id_of(answer: bytes) -> UUID:
    """Return the id of the wager that an answer tells of: its trace."""
    return UUID(orjson.loads(answer)["wager_id"])


def decode_answer(answer: bytes) -> bytes | Refusal:
    """Return a stored answer as it is told."""
    if not answer.startswith(_DENIED):
        return answer
    code = orjson.loads(answer)["denied"]
    return gate_refusal(code) if is_gate_code(code) else denial(Reason(code))
