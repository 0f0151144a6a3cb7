"""The manifest of a window, and the allocation that anyone can repeat from it. Pure.

Allocation happens once, when the order can no longer trade and all its fills are known: sharing out again
while fills arrive would take contracts back from someone (the Alabama paradox). Quantity goes by Hamilton's
method, so do cost and fees on the allocated quantity; no average price is ever rounded. That accounts and
quantities are fixed before the order is placed, and can be verified independently, is what 17 CFR
1.35(b)(5) asks for.

Units: contracts 0.01, price 0.0001 USD, money 0.000001 USD.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from execution_stack.exchange.domain import Action, Fill, Side, price_on
from shared.errors import invariant
from shared.money import largest_remainder

ALGORITHM: Final = "hamilton-1"
TIE_BREAK: Final = "earlier-arrival"


@dataclass(frozen=True, slots=True)
class ManifestIntent:
    """One intent of a window. `arrival` is distinct within a window and decides equal remainders."""

    intent_id: UUID
    quantity: int
    max_total: int
    arrival: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a window commits itself to before its order is sent."""

    window_id: UUID
    market_id: UUID
    side: Side
    action: Action
    limit_price: int
    intents: tuple[ManifestIntent, ...]
    algorithm: str = ALGORITHM
    tie_break: str = TIE_BREAK

    def __post_init__(self) -> None:
        """Refuse a window that could not be allocated."""
        invariant(self.algorithm == ALGORITHM, "this version allocates by its own algorithm only")
        invariant(self.tie_break == TIE_BREAK, "this version breaks ties by arrival only")
        invariant(self.intents, "a window has at least one intent")
        arrivals = [intent.arrival for intent in self.intents]
        invariant(arrivals == sorted(set(arrivals)), "intents stand in their order of arrival, each once")
        invariant(len({i.intent_id for i in self.intents}) == len(arrivals), "an intent is in a window once")
        invariant(all(i.quantity > 0 and i.max_total >= 0 for i in self.intents), "intents ask for something")

    @property
    def quantity(self) -> int:
        """Return what the window asks for in all, in 0.01 contracts."""
        return sum(intent.quantity for intent in self.intents)

    def canonical(self) -> bytes:
        """Return the bytes that are stored and hashed: ASCII JSON, sorted keys, no spaces, integers only."""
        body = {
            "action": self.action.value,
            "algorithm": self.algorithm,
            "intents": [[str(i.intent_id), i.quantity, i.max_total, i.arrival] for i in self.intents],
            "limit_price": self.limit_price,
            "market": str(self.market_id),
            "side": self.side.value,
            "tie_break": self.tie_break,
            "window": str(self.window_id),
        }
        return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode("ascii")

    def digest(self) -> bytes:
        """Return the SHA-256 of the canonical bytes."""
        return hashlib.sha256(self.canonical()).digest()


def read_manifest(content: bytes) -> Manifest:
    """Read canonical bytes back; what does not write itself the same again is not a manifest."""
    body = json.loads(content)
    manifest = Manifest(
        window_id=UUID(body["window"]),
        market_id=UUID(body["market"]),
        side=Side(body["side"]),
        action=Action(body["action"]),
        limit_price=body["limit_price"],
        intents=tuple(ManifestIntent(UUID(i), q, m, a) for i, q, m, a in body["intents"]),
        algorithm=body["algorithm"],
        tie_break=body["tie_break"],
    )
    invariant(manifest.canonical() == content, "a stored manifest is in canonical form")
    return manifest


@dataclass(frozen=True, slots=True)
class IntentShare:
    """What one intent got: `cost` is paid by a purchase and received by a sale; `fee` is capped."""

    intent_id: UUID
    quantity: int
    cost: int
    fee: int
    excess: int


@dataclass(frozen=True, slots=True)
class Allocation:
    """The shares of all intents of a window, in its order; an intent that got nothing has zeros."""

    shares: tuple[IntentShare, ...]

    @property
    def quantity(self) -> int:
        """Return all contracts that were given."""
        return sum(share.quantity for share in self.shares)

    @property
    def cost(self) -> int:
        """Return all cost (or proceeds)."""
        return sum(share.cost for share in self.shares)

    @property
    def fee(self) -> int:
        """Return all fees charged, without the excess."""
        return sum(share.fee for share in self.shares)

    @property
    def excess(self) -> int:
        """Return the fees above the caps, which the house carries."""
        return sum(share.excess for share in self.shares)


def cost_of(fills: Sequence[Fill], side: Side) -> int:
    """Return what the fills cost in micro-dollars, at the price on the side of the intents."""
    return sum(fill.quantity * price_on(side, fill.yes_price) for fill in fills)


def respects_limit(manifest: Manifest, fill: Fill) -> bool:
    """Tell whether a fill is at the limit or better. One that is not is the exchange's error."""
    price = price_on(manifest.side, fill.yes_price)
    return price <= manifest.limit_price if manifest.action is Action.BUY else price >= manifest.limit_price


def allocate(manifest: Manifest, fills: Sequence[Fill]) -> Allocation:
    """Share the fills of a terminal order among the intents of its window.

    The order in which fills are listed does not matter: only their sums do.
    """
    invariant(len({fill.fill_id for fill in fills}) == len(fills), "a fill counts once")
    invariant(all(respects_limit(manifest, fill) for fill in fills), "a fill is never beyond the limit")
    filled = sum(fill.quantity for fill in fills)
    fees = sum(fill.fee for fill in fills)
    invariant(filled <= manifest.quantity, "an order is never filled beyond its quantity")
    invariant(fees >= 0, "the net fee of an order is never negative")

    arrivals = [intent.arrival for intent in manifest.intents]
    quantities = largest_remainder(filled, [intent.quantity for intent in manifest.intents], arrivals)
    costs = largest_remainder(cost_of(fills, manifest.side), quantities, arrivals)
    shared_fees = largest_remainder(fees, quantities, arrivals)
    shares = []
    for intent, quantity, cost, fee in zip(manifest.intents, quantities, costs, shared_fees, strict=True):
        charged = min(fee, _room_for_fee(manifest.action, intent.max_total, cost))
        shares.append(IntentShare(intent.intent_id, quantity, cost, charged, fee - charged))
    return Allocation(tuple(shares))


def _room_for_fee(action: Action, max_total: int, cost: int) -> int:
    """Return the largest fee that keeps an intent within its cap.

    A purchase pays cost and fee out of `max_total`; a sale pays its fee out of the proceeds, and
    `max_total` is what it may lack beyond them.
    """
    room = max_total - cost if action is Action.BUY else max_total + cost
    invariant(room >= 0, "the cost alone never exceeds the cap: the receiver checked it against the limit")
    return room
