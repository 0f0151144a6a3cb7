"""What a replayed window must look like, and where the stored one differs. Pure."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from execution_stack.aggregation.domain import OrderState, Pair, outcome_of, pair_shares, report_bodies
from execution_stack.allocation.domain import Allocation, Manifest, allocate, read_manifest
from execution_stack.books.domain import (
    BookedAllocation,
    ContractAssets,
    PostedKey,
    PostedLine,
    Share,
    book_fills,
    keys_of_fills,
)
from execution_stack.exchange.domain import Fill
from execution_stack.intents.domain import OpenIntents
from execution_stack.reports.domain import Body, FillShare, Final
from shared.errors import InvariantViolated


@dataclass(frozen=True, slots=True)
class StoredWindow:
    """An ended window as it lies in the database, its manifest read."""

    order_id: UUID
    manifest: Manifest
    ended_at: datetime
    state: OrderState
    filled: int
    cost: int
    fees: int
    excess: int
    fills: tuple[Fill, ...]


@dataclass(frozen=True, slots=True)
class RawWindow:
    """The same before anybody has read its manifest."""

    window_id: UUID
    manifest: bytes
    digest: bytes


@dataclass(frozen=True, slots=True)
class Difference:
    """The first thing of a window that is not as replayed."""

    window_id: UUID
    what: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class Replayed:
    """A window's allocation, repeated."""

    manifest: Manifest
    allocation: Allocation


def read_window(raw: RawWindow) -> Manifest | Difference:
    """Read a window's manifest, if it is the one that was committed to."""
    digest = hashlib.sha256(raw.manifest).digest()
    if digest != raw.digest:
        return Difference(raw.window_id, "digest of the manifest", digest.hex(), raw.digest.hex())
    try:
        manifest = read_manifest(raw.manifest)
    except (InvariantViolated, ValueError, KeyError, TypeError) as error:
        return Difference(raw.window_id, "manifest", "a manifest in canonical form", str(error))
    if manifest.window_id != raw.window_id:
        return Difference(
            raw.window_id, "window of the manifest", str(raw.window_id), str(manifest.window_id)
        )
    return manifest


def replay(window: StoredWindow) -> Replayed | Difference:
    """Share a window's fills out again and compare the order's sums."""
    manifest = window.manifest
    try:
        allocation = allocate(manifest, window.fills)
    except InvariantViolated as error:
        return Difference(manifest.window_id, "fills", "fills that can be shared out", str(error))
    state = window.state
    if state is not OrderState.REFUSED:
        state = outcome_of(allocation.quantity, manifest.quantity)
    expected = (state, allocation.quantity, allocation.cost, allocation.fee + allocation.excess)
    found = (window.state, window.filled, window.cost, window.fees)
    if (expected, allocation.excess) != (found, window.excess):
        return Difference(
            manifest.window_id,
            "outcome, contracts, cost, fees and excess of the order",
            _row(*expected, allocation.excess),
            _row(*found, window.excess),
        )
    return Replayed(manifest, allocation)


def compare_told(
    replayed: Replayed, pooled: OpenIntents, told: Mapping[UUID, Sequence[Body]]
) -> Difference | None:
    """Compare what reports say about each intent with its share."""
    pairs = pair_shares(pooled, replayed.allocation)
    expected: dict[UUID, list[Body]] = {intent_id: [] for intent_id in pooled.ids}
    for _, body in report_bodies(replayed.manifest, pairs):
        if isinstance(body, FillShare | Final):
            expected[body.intent_id].append(body)
    for intent_id, bodies in expected.items():
        found = list(told.get(intent_id, ()))
        if found != bodies:
            what = f"reports about intent {intent_id}"
            return Difference(replayed.manifest.window_id, what, _told(bodies), _told(found))
    return None


def posted_keys(window: StoredWindow, pooled: OpenIntents) -> list[PostedKey]:
    """Return every transfer that an order's fills may have posted, those with nothing in them too."""
    nothing = allocate(window.manifest, ())
    return keys_of_fills(_book(window, pair_shares(pooled, nothing), 0))


def compare_posted(
    window: StoredWindow,
    replayed: Replayed,
    pooled: OpenIntents,
    assets: ContractAssets | None,
    posted: Mapping[PostedKey, Sequence[PostedLine]],
) -> Difference | None:
    """Compare what the ledger has of each transfer with what the shares post."""
    shares = pair_shares(pooled, replayed.allocation)
    booked = _book(window, shares, replayed.allocation.excess)
    expected = book_fills(booked, assets) if assets is not None else {}
    for key in posted_keys(window, pooled):
        wanted, found = sorted(expected.get(key, ())), sorted(posted.get(key, ()))
        if wanted != found:
            what = f"transfer {key[1]} of book {key[0]}"
            return Difference(replayed.manifest.window_id, what, _lines(wanted), _lines(found))
    return None


def _book(window: StoredWindow, shares: Sequence[Pair], excess: int) -> BookedAllocation:
    manifest = window.manifest
    return BookedAllocation(
        order_id=window.order_id,
        market_id=manifest.market_id,
        side=manifest.side,
        action=manifest.action,
        at=window.ended_at,
        shares=tuple(
            Share(intent.intent_id, intent.account, intent.tenant_id, share.quantity, share.cost, share.fee)
            for intent, share in shares
        ),
        excess=excess,
    )


def _row(*values: object) -> str:
    return " ".join(str(value) for value in values)


def _told(bodies: Sequence[Body]) -> str:
    return "; ".join(str(body) for body in bodies) or "nothing"


def _lines(lines: Sequence[PostedLine]) -> str:
    return "; ".join(_row(*line) for line in lines) or "nothing"
