"""A pack's time has all rows, its keys all transfers; nothing passes for a commitment that is none."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execution_stack.allocation.domain import Manifest, ManifestIntent
from execution_stack.books.chart import TransferKind
from execution_stack.evidence import domain
from execution_stack.evidence.errors import CommitmentMissing
from execution_stack.exchange.domain import Action, Side
from shared.audit.domain import AuditRecord, StoredRecord, body_bytes
from shared.ids import HOUSE_TENANT, uuid_from_name

START = datetime(2026, 11, 20, tzinfo=UTC)
moments = st.timedeltas(timedelta(0), timedelta(days=300)).map(lambda after: START + after)
ids = st.uuids(version=4)


def tables_of(times):
    """Return one row of each sheet with a time, at the times in turn; none of those without."""
    found = {sheet.name: [] for sheet in domain.SHEETS}
    timed = [sheet for sheet in domain.SHEETS if sheet.time]
    for number, time in enumerate(times):
        sheet = timed[number % len(timed)]
        found[sheet.name].append({sheet.time: time, sheet.key: UUID(int=number)})
    return found


def manifest_of(window_id, quantity=5):
    intents = [ManifestIntent(UUID(int=7), quantity, 100, 1)]
    return Manifest.of(window_id, UUID(int=8), Side.YES, Action.BUY, 5600, intents)


def record_of(kind, number=1, **body):
    record = AuditRecord(HOUSE_TENANT, kind, body, START, "system")
    return StoredRecord(number, 700, HOUSE_TENANT, kind, START, body_bytes(record))


@given(st.lists(moments, min_size=1, max_size=20), moments)
def test_a_pack_is_of_a_time_that_every_row_lies_in(times, now):
    first, last = domain.span_of(tables_of(times), now)
    assert first == min(times)
    assert all(first <= each < last for each in times)
    assert last >= now


@given(st.lists(moments, max_size=20), ids)
def test_a_record_is_looked_for_by_the_window_and_by_every_row(times, window_id):
    tables = tables_of(times)
    tables["reports"].append({"intent_id": None})
    named = {window_id, *(UUID(int=number) for number in range(len(times)))}
    assert domain.ids_of(window_id, tables) == {str(each).encode() for each in named}


@given(st.lists(st.tuples(ids, ids), max_size=5), ids, ids, st.lists(ids, max_size=3, unique=True))
def test_whatever_was_posted_is_looked_for_with_what_takes_it_back(fills, order_id, market_id, late):
    keys = domain.keys_of(fills, order_id, market_id, late)
    assert len(keys) == 2 * (len(fills) + 1 + 5 * len(late))
    assert keys[: len(fills)] == fills
    for book, transfer in keys[: len(keys) // 2]:
        assert (book, uuid_from_name(transfer, TransferKind.REVERSAL)) in keys


ORDER = UUID(int=9)


def committed_to(manifest, number=1, order=ORDER):
    body = {"window": manifest.window_id, "manifest": manifest.digest().hex(), "order": order}
    return record_of(domain.COMMITTED_KIND, number, **body)


@given(ids, st.integers(1, 9), st.integers(1, 9), st.booleans())
def test_only_the_record_of_this_manifest_of_this_window_is_its_commitment(window_id, said, is_now, is_other):
    told = manifest_of(UUID(int=1) if is_other else window_id, said)
    records = [record_of(domain.ENDED_KIND, 2, order=ORDER), committed_to(told)]
    if said == is_now and not is_other:
        domain.require_committed(records, manifest_of(window_id, is_now), ORDER)
        records.pop()
    with pytest.raises(CommitmentMissing):
        domain.require_committed(records, manifest_of(window_id, is_now), ORDER)


def test_a_commitment_is_one_of_this_order_before_its_end():
    manifest, ended = manifest_of(UUID(int=3)), record_of(domain.ENDED_KIND, 5, order=ORDER)
    domain.require_committed([committed_to(manifest, 4), ended], manifest, ORDER)
    for records in (
        [committed_to(manifest_of(UUID(int=3), 6), 3), committed_to(manifest, 4), ended],
        [committed_to(manifest, 3), committed_to(manifest, 4), ended],
        [committed_to(manifest, 6), ended],
        [committed_to(manifest, 4, order=UUID(int=10)), ended],
        [committed_to(manifest, 4)],
        [committed_to(manifest, 4), record_of(domain.ENDED_KIND, 3, order=ORDER), ended],
    ):
        with pytest.raises(CommitmentMissing):
            domain.require_committed(records, manifest, ORDER)


def test_the_summary_says_what_became_of_the_window():
    manifest = manifest_of(UUID(int=3))
    order = dict.fromkeys(domain.ORDERS.columns, 0) | {"state": "partial", "exchange_order_id": None}
    tables = tables_of([]) | {"orders": [order], "window": [{"ticker": "KX-1"}]}
    text = domain.summarise(manifest, tables, None, 4).decode()
    assert "partial" in text
    assert manifest.digest().hex() in text
    assert "replay     agrees" in text
    assert "DIFFERS in fills" in domain.summarise(manifest, tables, "fills", 4).decode()
    assert json.dumps(text).isascii()
