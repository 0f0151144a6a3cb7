"""What a pack of a window has: its files of rows, its time, and what proves it. Pure.

Units: contracts 0.01, price 0.0001 USD per contract, money 0.000001 USD.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from execution_stack.allocation.domain import Allocation, Manifest
from execution_stack.books.chart import TransferKind
from execution_stack.books.domain import PostedKey
from execution_stack.books.late_fills import kept_transfer_id
from execution_stack.evidence.errors import CommitmentMissing
from shared.audit.domain import StoredRecord
from shared.evidence.domain import Sheet
from shared.ids import HOUSE_TENANT, uuid_from_name

AMOUNTS: Final = (
    "whole numbers of the smallest unit: USD millionths, contract hundredths; prices in 0.0001 USD"
)
COMMITTED_KIND: Final = "aggregation.window_committed"
ENDED_KIND: Final = "aggregation.order_ended"
MANIFEST_FILE: Final = "window_manifest.bin"
EARLIER: Final = timedelta(hours=1)
"""How far the clocks of a process and of the database may be apart: records are looked for from so early."""

WINDOW: Final = Sheet(
    "window",
    "the window, as it was closed",
    (
        "window_id",
        "market_id",
        "ticker",
        "side",
        "action",
        "limit_price",
        "quantity",
        "manifest_sha256",
        "closed_at",
    ),
    time="closed_at",
    key="window_id",
)
INTENTS: Final = Sheet(
    "intents",
    "the intents that it pooled, in order of arrival, and how each ended",
    (
        "intent_id",
        "tenant_id",
        "account",
        "quantity",
        "limit_price",
        "max_total",
        "arrival",
        "state",
        "filled",
        "received_at",
        "ended_at",
    ),
    time="received_at",
    key="intent_id",
)
ORDERS: Final = Sheet(
    "orders",
    "its order: when and how often it was sent, under which id the exchange has it, what became of it",
    (
        "order_id",
        "window_id",
        "exchange_order_id",
        "quantity",
        "attempts",
        "state",
        "filled",
        "cost",
        "fees",
        "excess",
        "submitted_at",
        "sent_at",
        "unknown_at",
        "ended_at",
    ),
    time="submitted_at",
    key="order_id",
)
FILLS: Final = Sheet(
    "fills",
    "the exchange's fills of the order; late ones are the house's",
    (
        "fill_id",
        "order_id",
        "quantity",
        "yes_price",
        "fee",
        "is_taker",
        "is_late",
        "traded_at",
        "recorded_at",
    ),
    time="recorded_at",
    key="fill_id",
)
SHARES: Final = Sheet(
    "shares",
    "what each intent gets, computed anew from the manifest and the fills",
    ("intent_id", "quantity", "cost", "fee", "excess"),
    key="intent_id",
)
POSTINGS: Final = Sheet(
    "ledger_postings",
    "every posting of the order's fills, in the books of accounts, tenants, market and house; and reversals",
    (
        "transfer_id",
        "movement_id",
        "tenant_id",
        "book_id",
        "number",
        "kind",
        "action",
        "source",
        "target",
        "currency",
        "market_id",
        "side",
        "amount",
        "reverses",
        "effective_at",
        "recorded_at",
    ),
    time="recorded_at",
    key="transfer_id",
)
REPORTS: Final = Sheet(
    "reports",
    "what the customer stack was told of the intents, by its sequence",
    (
        "sequence",
        "recipient_id",
        "tenant_id",
        "kind",
        "intent_id",
        "account",
        "side",
        "action",
        "quantity",
        "amount",
        "fee",
        "reason",
        "manifest_sha256",
        "reverses",
        "recorded_at",
    ),
    time="recorded_at",
    key="intent_id",
)
BREAKS: Final = Sheet(
    "breaks",
    "differences that were found in the order or its fills",
    ("break_id", "kind", "subject", "expected", "found", "occurrence", "found_at"),
    time="found_at",
    key="break_id",
)
SHEETS: Final = (WINDOW, INTENTS, ORDERS, FILLS, SHARES, POSTINGS, REPORTS, BREAKS)

Rows = Sequence[Mapping[str, Any]]
Tables = Mapping[str, Rows]
"""Name of a sheet -> its rows."""


@dataclass(frozen=True, slots=True)
class MadePack:
    """A pack as it is registered. `operator` signed it with the key `signed_with`."""

    id: UUID
    window_id: UUID
    operator: UUID
    signed_with: UUID
    signature: bytes
    size_bytes: int
    sha256: bytes
    manifest_sha256: bytes
    row_count: int
    record_count: int
    checkpoint_size: int
    is_witnessed: bool
    made_at: datetime


def keys_of(
    fills: Iterable[PostedKey], order_id: UUID, market_id: UUID, late: Iterable[UUID]
) -> list[PostedKey]:
    """Return every transfer that an order may have posted, with those that take one back."""
    keys = [*fills, (market_id, uuid_from_name(order_id, TransferKind.PAIRING))]
    for fill_id in late:
        bought = uuid_from_name(fill_id, TransferKind.LATE_FILL)
        keys += [(market_id, bought), (market_id, uuid_from_name(fill_id, TransferKind.PAIRING))]
        keys += [(HOUSE_TENANT, bought), (HOUSE_TENANT, uuid_from_name(fill_id, TransferKind.FILL_FEE))]
        keys.append((HOUSE_TENANT, kept_transfer_id(fill_id)))
    return keys + [(book, uuid_from_name(each, TransferKind.REVERSAL)) for book, each in keys]


def share_rows(allocation: Allocation) -> Rows:
    """Return an allocation as rows, in the order of the manifest."""
    return [
        {
            "intent_id": share.intent_id,
            "quantity": share.quantity,
            "cost": share.cost,
            "fee": share.fee,
            "excess": share.excess,
        }
        for share in allocation.shares
    ]


def span_of(tables: Tables, now: datetime) -> tuple[datetime, datetime]:
    """Return the time that a pack is of: from its earliest row to now, or to just after its latest row."""
    times = [row[sheet.time] for sheet in SHEETS if sheet.time for row in tables[sheet.name]]
    return min(times), max(now, max(times) + timedelta(microseconds=1))


def ids_of(window_id: UUID, tables: Tables) -> frozenset[bytes]:
    """Return every id by which a record of the audit may name the window or a row of its pack."""
    keys = {row[sheet.key] for sheet in SHEETS if sheet.key for row in tables[sheet.name]}
    return frozenset(str(each).encode() for each in (keys | {window_id}) - {None})


def require_committed(records: Iterable[StoredRecord], manifest: Manifest, order_id: UUID) -> None:
    """Go on only when the window committed itself once, to this and this order, before the order's end.

    Raises CommitmentMissing.
    """
    window, order = str(manifest.window_id), str(order_id)
    committed, ended = [], []
    for record in records:
        data = json.loads(record.body).get("data", {}) if record.kind in {COMMITTED_KIND, ENDED_KIND} else {}
        if record.kind == COMMITTED_KIND and data.get("window") == window:
            committed.append((data.get("manifest"), data.get("order"), record.position))
        if record.kind == ENDED_KIND and data.get("order") == order:
            ended.append(record.position)
    if len(committed) == 1:
        digest, meant, position = committed[0]
        if (digest, meant) == (manifest.digest().hex(), order) and ended and position < min(ended):
            return
    raise CommitmentMissing(
        "The audit does not say that this window committed itself to this, once, before its order ended. Run "
        "`execution-stack audit verify`."
    )


def summarise(manifest: Manifest, tables: Tables, difference: str | None, records: int) -> bytes:
    """Return the summary, to read: what the window was, what became of it, and what the files hold."""
    [order] = tables[ORDERS.name]
    [window] = tables[WINDOW.name]
    tenants = len({row["tenant_id"] for row in tables[INTENTS.name]})
    exchange_id = order["exchange_order_id"] or "no id"
    facts = {
        "window": manifest.window_id,
        "market": f"{manifest.market_id} ({window['ticker']})",
        "asked": f"{manifest.action} {manifest.side}, {manifest.quantity} at {manifest.limit_price}",
        "for": f"{len(manifest.intent_ids)} intents of {tenants} tenants",
        "manifest": f"{MANIFEST_FILE}, SHA-256 {manifest.digest().hex()}",
        "order": f"{order['order_id']}, sendings {order['attempts']}, at the exchange {exchange_id}",
        "outcome": f"{order['state']}, filled {order['filled']}, cost {order['cost']}",
        "fees": f"{order['fees']}, of these above caps {order['excess']}",
        "replay": "agrees" if difference is None else f"DIFFERS in {difference}",
        "records": f"{records} of the audit, each with its proof",
        "amounts": AMOUNTS,
    }
    lines = [f"{name:10} {value}" for name, value in facts.items()]
    lines.append("")
    lines += [f"data/{sheet.name:16} {len(tables[sheet.name]):6} rows: {sheet.says}" for sheet in SHEETS]
    lines += ["", "Check the pack with verify_pack.py: this page alone proves nothing.", ""]
    return "\n".join(lines).encode()
