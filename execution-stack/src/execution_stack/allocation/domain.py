"""The manifest of a window, and the allocation that anyone can repeat from it. Pure.

Allocation happens once, when the order can no longer trade and all its fills are known: sharing out again
while fills arrive would take contracts back from someone (the Alabama paradox). Quantity goes by Hamilton's
method, so do cost and fees on the allocated quantity; no average price is ever rounded. That accounts and
quantities are fixed before the order is placed, and can be verified independently, is what 17 CFR
1.35(b)(5) asks for.

Manifests and allocations are columns, one value of all intents after the other: see decision 15.

Units: contracts 0.01, price 0.0001 USD, money 0.000001 USD.
"""

import functools
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import numpy as np

from execution_stack.allocation.form import (
    Head,
    are_distinct,
    ids_in_bytes,
    read_columns,
    read_rows,
    write_columns,
    write_rows,
)
from execution_stack.columns import Column, column, share_out, total_of
from execution_stack.exchange.domain import Action, Fill, Side, price_on
from shared.errors import invariant

ALGORITHM: Final = "hamilton-2"
FIRST_ALGORITHM: Final = "hamilton-1"
"""Shares as the current one does; its manifests are written as rows of JSON."""
TIE_BREAK: Final = "earlier-arrival"


@dataclass(frozen=True, slots=True)
class ManifestIntent:
    """One intent of a window. `arrival` is distinct within a window and decides equal remainders."""

    intent_id: UUID
    quantity: int
    max_total: int
    arrival: int


@dataclass(frozen=True)
class Manifest:
    """What a window commits itself to before its order is sent. Its intents stand in order of arrival."""

    window_id: UUID
    market_id: UUID
    side: Side
    action: Action
    limit_price: int
    intent_ids: tuple[UUID, ...]
    quantities: tuple[int, ...]
    max_totals: tuple[int, ...]
    arrivals: tuple[int, ...]
    algorithm: str = ALGORITHM
    tie_break: str = TIE_BREAK

    def __post_init__(self) -> None:
        """Refuse a window that could not be allocated."""
        invariant(self.algorithm in (ALGORITHM, FIRST_ALGORITHM), "this version knows its algorithms only")
        invariant(self.tie_break == TIE_BREAK, "this version breaks ties by arrival only")
        invariant(self.intent_ids, "a window has at least one intent")
        lengths = {len(each) for each in (self.intent_ids, self.quantities, self.max_totals, self.arrivals)}
        invariant(len(lengths) == 1, "every intent has every value")
        arrivals = column(self.arrivals)
        invariant((arrivals[1:] > arrivals[:-1]).all(), "intents stand in their order of arrival, each once")
        invariant(are_distinct(self._ids), "an intent is in a window once")
        invariant(min(self.quantities) > 0 and min(self.max_totals) >= 0, "intents ask for something")

    @classmethod
    def of(
        cls,
        window_id: UUID,
        market_id: UUID,
        side: Side,
        action: Action,
        limit_price: int,
        intents: Iterable[ManifestIntent],
    ) -> "Manifest":
        """Return the manifest of single intents, in their order."""
        intents = tuple(intents)
        return cls(
            window_id,
            market_id,
            side,
            action,
            limit_price,
            intent_ids=tuple(each.intent_id for each in intents),
            quantities=tuple(each.quantity for each in intents),
            max_totals=tuple(each.max_total for each in intents),
            arrivals=tuple(each.arrival for each in intents),
        )

    @property
    def intents(self) -> tuple[ManifestIntent, ...]:
        """Return the intents one by one."""
        columns = (self.intent_ids, self.quantities, self.max_totals, self.arrivals)
        return tuple(map(ManifestIntent, *columns))

    @property
    def quantity(self) -> int:
        """Return what the window asks for in all, in 0.01 contracts."""
        return sum(self.quantities)

    def canonical(self) -> bytes:
        """Return the bytes that are stored and hashed; `allocation.form` says how they are written."""
        return self._content

    def digest(self) -> bytes:
        """Return the SHA-256 of the canonical bytes."""
        return self._digest

    @functools.cached_property
    def _content(self) -> bytes:
        head: Head = {
            "action": self.action.value,
            "algorithm": self.algorithm,
            "limit_price": self.limit_price,
            "market": str(self.market_id),
            "side": self.side.value,
            "tie_break": self.tie_break,
            "window": str(self.window_id),
        }
        numbers = (self.quantities, self.max_totals, self.arrivals)
        if self.algorithm == FIRST_ALGORITHM:
            return write_rows(head, self.intent_ids, numbers)
        return write_columns(head, self._ids, numbers)

    @functools.cached_property
    def _ids(self) -> bytes:
        return ids_in_bytes(self.intent_ids)

    @functools.cached_property
    def _digest(self) -> bytes:
        return hashlib.sha256(self._content).digest()


def read_manifest(content: bytes) -> Manifest:
    """Read canonical bytes back; what does not write itself the same again is not a manifest.

    Manifests of the first algorithm are rows of JSON, those of the current one a head and columns.
    """
    head, intent_ids, (quantities, max_totals, arrivals) = (
        read_rows(content) if content.endswith(b"}") and b"\n" not in content else read_columns(content)
    )
    manifest = Manifest(
        window_id=UUID(str(head["window"])),
        market_id=UUID(str(head["market"])),
        side=Side(head["side"]),
        action=Action(head["action"]),
        limit_price=int(head["limit_price"]),
        intent_ids=intent_ids,
        quantities=quantities,
        max_totals=max_totals,
        arrivals=arrivals,
        algorithm=str(head["algorithm"]),
        tie_break=str(head["tie_break"]),
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
    """What all intents of a window got, in its order; an intent that got nothing has zeros."""

    intent_ids: tuple[UUID, ...]
    quantities: tuple[int, ...]
    costs: tuple[int, ...]
    fees: tuple[int, ...]
    excesses: tuple[int, ...]

    @property
    def shares(self) -> tuple[IntentShare, ...]:
        """Return what the intents got one by one."""
        columns = (self.intent_ids, self.quantities, self.costs, self.fees, self.excesses)
        return tuple(map(IntentShare, *columns))

    @property
    def quantity(self) -> int:
        """Return all contracts that were given."""
        return sum(self.quantities)

    @property
    def cost(self) -> int:
        """Return all cost (or proceeds)."""
        return sum(self.costs)

    @property
    def fee(self) -> int:
        """Return all fees charged, without the excess."""
        return sum(self.fees)

    @property
    def excess(self) -> int:
        """Return the fees above the caps, which the house carries."""
        return sum(self.excesses)


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
    paid = sum(fill.fee for fill in fills)
    asked = column(manifest.quantities)
    invariant(filled <= total_of(asked), "an order is never filled beyond its quantity")
    invariant(paid >= 0, "the net fee of an order is never negative")

    quantities = share_out(filled, asked)
    costs = share_out(cost_of(fills, manifest.side), quantities)
    fees = share_out(paid, quantities)
    charged = np.minimum(fees, _room_for_fee(manifest.action, column(manifest.max_totals), costs))
    columns = (quantities, costs, charged, fees - charged)
    return Allocation(manifest.intent_ids, *(tuple(each.tolist()) for each in columns))


def _room_for_fee(action: Action, max_totals: Column, costs: Column) -> Column:
    """Return the largest fees that keep intents within their caps.

    A purchase pays cost and fee out of `max_total`; a sale pays its fee out of the proceeds, and
    `max_total` is what it may lack beyond them.
    """
    room = max_totals - costs if action is Action.BUY else max_totals + costs
    invariant(
        int(room.min()) >= 0,
        "the cost alone never exceeds the cap: the receiver checked it against the limit",
    )
    return room
