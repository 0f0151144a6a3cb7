"""Breaks are written once each, and listed newest first."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from typer.testing import CliRunner

from execution_stack.breaks import errors
from execution_stack.breaks.domain import AgeBucket, Break, Closing, Evidence, Kind, Reference
from execution_stack.breaks.service import close, count_open, list_found, load, record, take
from execution_stack.cli import app
from shared.ids import HOUSE_TENANT

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


async def test_a_break_counts_once_and_the_newest_comes_first(execution_database):
    older, newer = Break(Kind.CHECK, uuid4(), 5, 3), Break(Kind.FEE_EXCESS, uuid4(), 0, 210_000)
    async with execution_database.app.transaction(HOUSE_TENANT) as tx:
        assert await record(tx, [older], NOW) == 1
        assert await record(tx, [older, newer], NOW + timedelta(minutes=1)) == 1
        assert [each.what for each in await list_found(tx, 10)] == [newer, older]
        assert [each.what for each in await list_found(tx, 1)] == [newer]


@pytest.fixture
async def found(execution_database):
    """An open break in the house's transaction."""
    async with execution_database.app.transaction(HOUSE_TENANT) as tx:
        about = (Evidence(Reference.ORDER, uuid4()), Evidence(Reference.MARKET, uuid4()))
        await record(tx, [Break(Kind.LATE_FILL, uuid4(), 0, 100, about)], NOW)
        [standing] = await list_found(tx)
        yield tx, standing


async def test_a_break_keeps_its_evidence_its_owner_and_its_end(found):
    tx, standing = found
    assert {one.kind for one in standing.what.evidence} == {Reference.ORDER, Reference.MARKET}
    first, second, transfer = uuid4(), uuid4(), uuid4()
    await take(tx, standing.break_id, first, NOW)
    await take(tx, standing.break_id, second, NOW)
    assert (await load(tx, standing.break_id)).owner == second
    with pytest.raises(errors.BreakNotYours):
        await close(tx, standing.break_id, first, Closing.EXPLAINED, None, NOW)
    at = NOW + timedelta(hours=3)
    await close(tx, standing.break_id, second, Closing.CORRECTED_BY_TRANSFER, transfer, at)
    ended = await load(tx, standing.break_id)
    assert (ended.closing, ended.transfer_id) == (Closing.CORRECTED_BY_TRANSFER, transfer)
    assert ended.age(NOW + timedelta(days=9)) == timedelta(hours=3)
    assert await list_found(tx, only_open=True) == []
    for again in (
        take(tx, standing.break_id, first, at),
        close(tx, standing.break_id, second, Closing.EXPLAINED, None, at),
    ):
        with pytest.raises(errors.BreakClosed):
            await again


@pytest.mark.parametrize(
    ("closing", "named"), [(Closing.CORRECTED_BY_TRANSFER, False), (Closing.EXPLAINED, True)], ids=str
)
async def test_only_a_correction_by_transfer_names_a_transfer(found, closing, named):
    tx, standing = found
    operator = uuid4()
    await take(tx, standing.break_id, operator, NOW)
    with pytest.raises(errors.TransferMismatch):
        await close(tx, standing.break_id, operator, closing, uuid4() if named else None, NOW)


async def test_a_break_that_is_not_there_cannot_be_taken(found):
    with pytest.raises(errors.BreakNotFound):
        await take(found[0], uuid4(), uuid4(), NOW)


async def test_a_difference_that_is_found_again_after_its_end_is_another_break(found):
    tx, standing = found
    assert await record(tx, [standing.what], NOW) == 0
    await take(tx, standing.break_id, standing.break_id, NOW)
    await close(tx, standing.break_id, standing.break_id, Closing.EXPLAINED, None, NOW)
    assert await record(tx, [standing.what, standing.what], NOW) == 1
    assert await record(tx, [standing.what], NOW) == 0
    assert len(await list_found(tx)) == 2
    assert len(await list_found(tx, only_open=True, kinds=[Kind.LATE_FILL])) == 1
    assert await list_found(tx, kinds=[Kind.CHECK]) == []


@pytest.mark.parametrize(
    ("age", "bucket"),
    [
        (timedelta(minutes=59), AgeBucket.UNDER_HOUR),
        (timedelta(hours=1), AgeBucket.UNDER_DAY),
        (timedelta(days=1), AgeBucket.UNDER_WEEK),
        (timedelta(weeks=1), AgeBucket.OLDER),
    ],
    ids=str,
)
async def test_open_breaks_are_counted_by_kind_and_age(found, age, bucket):
    assert await count_open(found[0], NOW + age) == {(Kind.LATE_FILL, bucket): 1}


async def test_a_step_of_a_break_never_changes(execution_database, found):
    tx, standing = found
    await take(tx, standing.break_id, uuid4(), NOW)
    for sql in ("UPDATE break_step SET operator = id FROM break_found", "DELETE FROM break_evidence"):
        with pytest.raises(Exception, match=r"permission denied|append-only"):
            async with execution_database.app.transaction(HOUSE_TENANT) as other:
                await other.execute(sql)


async def run(database, *arguments):
    settings = {"EXECUTION_ENVIRONMENT": "sandbox", "EXECUTION_DATABASE_URL": database.dsn("app")}
    return await asyncio.to_thread(CliRunner().invoke, app, [*arguments], env=settings)


async def test_a_break_is_listed_taken_and_closed_by_commands(execution_database):
    about = (Evidence(Reference.ORDER, uuid4()),)
    found = Break(Kind.FEE_EXCESS, uuid4(), 0, 210_000, about)
    async with execution_database.app.transaction(HOUSE_TENANT) as tx:
        await record(tx, [found, Break(Kind.CHECK, uuid4(), 1, 0)], NOW)
    shown = await run(execution_database, "breaks", "--json", "--kind", "fee_excess", "--open")
    assert shown.exit_code == 0, shown.output
    [row] = json.loads(shown.stdout)
    assert (row["kind"], row["subject"], row["expected"], row["found"]) == (
        "fee_excess", str(found.subject), 0, 210_000,
    )  # fmt: skip
    assert row["evidence"] == [{"order": str(about[0].reference_id)}]
    assert (row["owner"], row["closing"]) == (None, None)
    assert row["age_seconds"] > 0
    operator = str(uuid4())
    unposted = ["--how", "corrected_by_transfer", "--transfer", str(uuid4())]
    refused = await run(execution_database, "break-close", row["id"], "--operator", operator, *unposted)
    assert type(refused.exception) is errors.TransferMismatch
    assert (await run(execution_database, "break-take", row["id"], "--operator", operator)).exit_code == 0
    closed = ["break-close", row["id"], "--operator", operator, "--how", "explained", "--json"]
    assert (await run(execution_database, *closed)).exit_code == 0
    kept = await run(execution_database, "break-keep", row["id"], "--operator", operator)
    assert type(kept.exception) is errors.NotALateFill
    assert "explained" in (await run(execution_database, "breaks")).stdout
