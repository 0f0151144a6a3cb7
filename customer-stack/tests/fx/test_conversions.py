"""Conversions: all six rates, as quoted, once; on a real database."""

import asyncio
from datetime import timedelta
from types import SimpleNamespace

import asyncpg
import pytest

from customer_stack.fx.domain.conversion import ConversionIds, decide_conversion
from customer_stack.fx.domain.quotes import QuoteOutcome
from customer_stack.fx.errors import ConversionNotFound
from customer_stack.fx.service import Wanted, load_stock, use_quote
from customer_stack.fx.store import quotes as store
from customer_stack.fx.store.conversions import insert_conversion
from customer_stack.ledger.domain import Account, Action, TransferKind
from shared.ids import SystemIds
from shared.ledger import store as ledger
from shared.ledger.domain import LKR, Posting
from shared.ledger.rebuild import rebuild_differences

IDS = SystemIds()


async def test_a_conversion_keeps_all_six_rates_on_itself_and_on_its_transfers(desk):
    await desk.add_lkr(30_000_00)
    conversion = await desk.use(await desk.quote())
    async with desk.database.app.transaction(desk.tenant) as tx:
        row = await tx.fetch_row("SELECT * FROM fx_conversion")
        deal = await tx.fetch_value("SELECT movement_id FROM ledger_transfer WHERE kind = 'stock_purchase'")
        kept = await tx.fetch("SELECT * FROM ledger_transfer_source ORDER BY transfer_id")
        transfers = await tx.fetch(
            "SELECT id FROM ledger_transfer WHERE movement_id = $1 ORDER BY id", conversion.movement_id
        )
    rates = [row[f"{name}_e8"] for name in ("mid", "buy", "sell", "cost_rate", "agreed", "settlement")]
    assert rates == [n * 10**6 for n in (30000, 29700, 30300, 29850, 30300, 29850)]
    assert row["settlement_movement_id"] == deal
    assert [one["transfer_id"] for one in kept] == [one["id"] for one in transfers]
    assert len(kept) == 4
    assert {one["quote_id"] for one in kept} == {conversion.quote.id}


async def test_without_a_bank_deal_there_is_no_settlement_rate(desk):
    bare = IDS.new()
    async with desk.database.app.transaction(desk.tenant) as tx:
        await ledger.open_books(tx, [(bare, desk.tenant, "department")])
    desk.department = bare
    brought = Posting(LKR, Account.COLLECTION, Account.TILL, 20_000_00, Action.INFLOW)
    await desk.post(desk.transfer(bare, TransferKind.CONTRIBUTION, brought))
    await desk.service.set_terms(desk.tenant, bare, desk.terms, "system")
    await desk.add_usd(50_000000)
    conversion = await desk.use(await desk.quote(50_000000, "withdrawal"))
    assert (conversion.deal, conversion.cost_rate_e8) == (None, 0)
    async with desk.database.app.transaction(desk.tenant) as tx:
        row = await tx.fetch_row("SELECT * FROM fx_conversion")
        rates = await tx.fetch("SELECT cost_e8, settlement_e8 FROM ledger_transfer_source")
    assert (row["settlement_e8"], row["settlement_movement_id"]) == (None, None)
    assert {tuple(one) for one in rates} == {(None, None)}


async def test_a_conversion_is_read_back_as_it_was_made(desk):
    await desk.add_lkr(30_000_00)
    made = await desk.use(await desk.quote())
    read = await desk.reading.get_conversion(Wanted(desk.tenant), made.id)
    assert (read.amount, read.fee, read.usd) == (30_000_00, 150_00, 98_514851)
    assert (read.cost, read.profit, read.margin) == (29_406_68, 443_32, made.margin)
    assert (read.residue_e14, read.mid_source) == (147 * 10**8, "sandbox")


@pytest.mark.parametrize("wanted", ["other customer", "other department", "other tenant"])
async def test_a_conversion_of_somebody_else_is_not_found(desk, wanted):
    await desk.add_lkr(30_000_00)
    made = await desk.use(await desk.quote())
    who = {
        "other customer": Wanted(desk.tenant, customer_id=IDS.new()),
        "other department": Wanted(desk.tenant, department_id=IDS.new()),
        "other tenant": Wanted(IDS.new()),
    }[wanted]
    with pytest.raises(ConversionNotFound):
        await desk.reading.get_conversion(who, made.id)
    assert (await desk.reading.list_conversions(who, 10, None)).conversions == ()


async def test_conversions_are_listed_by_pages_newest_first(desk):
    await desk.add_lkr(1_000_00)
    made = [(await desk.use(await desk.quote(100_00))).id for _ in range(5)]
    first = await desk.reading.list_conversions(Wanted(desk.tenant, desk.department), 3, None)
    assert [one.id for one in first.conversions] == made[:1:-1]
    rest = await desk.reading.list_conversions(Wanted(desk.tenant), 3, first.next_cursor)
    assert ([one.id for one in rest.conversions], rest.next_cursor) == (made[1::-1], None)


@pytest.mark.parametrize("purpose", ["conversion", "withdrawal"])
async def test_two_workers_on_one_quote_convert_it_once(desk, purpose):
    await desk.add_lkr(60_000_00)
    await desk.add_usd(100_000000)
    quote = await desk.quote(50_000000 if purpose == "withdrawal" else 30_000_00, purpose)
    answers = await asyncio.gather(*(desk.use(quote) for _ in range(4)), return_exceptions=True)
    assert sorted(type(answer).__name__ for answer in answers) == ["Conversion", *["QuoteClosed"] * 3]
    async with desk.database.app.transaction(desk.tenant) as tx:
        assert await tx.fetch_value("SELECT count(*) FROM fx_conversion") == 1
        assert await rebuild_differences(tx) == []


async def test_two_workers_that_forgot_to_look_are_stopped_by_the_database(desk):
    await desk.add_lkr(60_000_00)
    quote = await desk.quote()

    async def use_blindly():
        async with desk.database.app.transaction(desk.tenant) as tx:
            return await use_quote(tx, quote, desk.clock, IDS)

    await use_blindly()
    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        await use_blindly()
    assert (await desk.balances())["wallet LKR"] == (30_000_00, 0)


async def test_a_quote_whose_time_is_over_converts_nothing_even_when_nobody_looks(desk):
    await desk.add_lkr(30_000_00)
    quote = await desk.quote()
    desk.clock.advance(timedelta(minutes=5))
    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as caught:
        async with desk.database.app.transaction(desk.tenant) as tx:
            await use_quote(tx, quote, desk.clock, IDS)
    assert caught.value.constraint_name == "fx_conversion_as_quoted"
    assert (await desk.balances())["wallet LKR"] == (30_000_00, 0)


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": 30_000_01},
        {"usd": 98_514852},
        {"agreed_e8": 302_00000000},
        {"mid_e8": 299_00000000},
        {"customer_id": IDS.new()},
    ],
)
async def test_a_conversion_at_anything_but_its_quote_is_refused_by_the_database(desk, changes):
    await desk.add_lkr(60_000_00)
    quote = await desk.quote()
    async with desk.database.app.transaction(desk.tenant) as tx:
        account, _ = await load_stock(tx, desk.department)
    ids = ConversionIds(*(IDS.new() for _ in range(6)))
    conversion, _ = decide_conversion(quote, account, ids, desk.clock.now())
    altered = SimpleNamespace(**{**{name: getattr(quote, name) for name in QUOTE_FIELDS.split()}, **changes})
    wrong = SimpleNamespace(
        **{name: getattr(conversion, name) for name in CONVERSION_FIELDS.split()}, quote=altered
    )
    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        await end_and_convert(desk, quote, QuoteOutcome.USED, wrong)


QUOTE_FIELDS = (
    "tenant_id department_id customer_id id amount fee usd mid_e8 buy_e8 sell_e8 agreed_e8 direction"
)
CONVERSION_FIELDS = "id movement_id cost profit cost_rate_e8 residue_e14 margin converted_at deal"


async def end_and_convert(desk, quote, outcome, conversion):
    async with desk.database.app.transaction(desk.tenant) as tx:
        await store.close_quotes(tx, [quote], outcome, desk.clock.now())
        await insert_conversion(tx, conversion)


async def test_only_a_used_quote_has_a_conversion(desk):
    quote = await desk.quote()
    async with desk.database.app.transaction(desk.tenant) as tx:
        stock, _ = await load_stock(tx, desk.department)
    ids = ConversionIds(*(IDS.new() for _ in range(6)))
    conversion, _ = decide_conversion(quote, stock, ids, desk.clock.now())
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await end_and_convert(desk, quote, QuoteOutcome.REPLACED, conversion)
