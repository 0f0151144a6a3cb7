"""What the product's gate saw and answered, as the part of a decision record that replays.

A record of the first gate was nothing but this part.

Guaranteed: `replay` of what `write` wrote gives the same decision, or tells that it does not.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from customer_stack.boundary_client.domain import Action, MarketStatus, Side
from customer_stack.wagers.domain.gate import (
    Command,
    Decision,
    Facts,
    MarketFacts,
    Reason,
    StakeFacts,
    Standing,
    decide,
)
from shared.errors import invariant


def write(facts: Facts, decision: Decision) -> bytes:
    """Return the record of a decision: JSON with ids, integers, closed words and times only."""
    return orjson.dumps({"facts": facts, "decision": decision}, default=_write_id)


def _write_id(value: object) -> str:
    """Write what orjson leaves to us: the driver's UUIDs, a subclass of the standard one."""
    invariant(isinstance(value, UUID), "a decision record holds a value that is no id")
    return str(value)


def read(record: bytes | str) -> tuple[Facts, Decision]:
    """Return the facts and the decision of a record."""
    body = orjson.loads(record)
    return _read_facts(body["facts"]), _read_decision(body["decision"])


def replay(record: bytes | str) -> bool:
    """Tell whether the gate gives the recorded answer again, as its version decided."""
    return replay_body(orjson.loads(record))


def replay_body(body: dict[str, Any]) -> bool:
    """Tell the same of a record that was read as JSON already."""
    facts, decision = _read_facts(body["facts"]), _read_decision(body["decision"])
    version = decision.gate_version
    invariant((version == 1) == (facts.stake is not None), "only the first gate judged stakes")
    return decide(facts, version) == decision


def reasons_of(body: dict[str, Any]) -> tuple[str, ...] | None:
    """Return the reasons that the product gives again, as the gate's records call them; None: it differs."""
    if not replay_body(body):
        return None
    return tuple(f"wagers.{reason}" for reason in body["decision"]["reasons"])


def _read_decision(body: dict[str, Any]) -> Decision:
    return Decision(
        tuple(Reason(reason) for reason in body["reasons"]),
        body["max_total"],
        body["gate_version"],
        body["fee_version"],
    )


def _read_facts(body: dict[str, Any]) -> Facts:
    command, standing, market = body["command"], body["standing"], body["market"]
    return Facts(
        command=Command(
            wager_id=UUID(command["wager_id"]),
            tenant_id=UUID(command["tenant_id"]),
            customer_id=UUID(command["customer_id"]),
            market_id=UUID(command["market_id"]),
            side=Side(command["side"]),
            action=Action(command["action"]),
            quantity=command["quantity"],
            limit_price=command["limit_price"],
            at=datetime.fromisoformat(command["at"]),
        ),
        standing=None if standing is None else Standing(**standing),
        is_capable=body["is_capable"],
        market=None
        if market is None
        else MarketFacts(
            status=MarketStatus(market["status"]),
            tick=market["tick"],
            close_time=datetime.fromisoformat(market["close_time"]),
            fee_multiplier_e4=market["fee_multiplier_e4"],
        ),
        stake=None if body["stake"] is None else StakeFacts(**body["stake"]),
        funds=body["funds"],
        contracts=body["contracts"],
    )
