"""Runs on a real database: deposits at the desk, wagers, and the three other sides."""

import pytest
from prometheus_client import REGISTRY

from customer_stack.boundary_client import domain as boundary
from customer_stack.payments.domain import Statement, StatementEntry
from customer_stack.reconciliation.domain.breaks import BreakType, Link, LinkKind
from customer_stack.reconciliation.domain.checks import CheckName, Result
from customer_stack.reconciliation.domain.together import merge
from customer_stack.reconciliation.errors import RunNotFound
from customer_stack.reconciliation.schemas import show_run
from customer_stack.reconciliation.service import running
from customer_stack.reconciliation.service.breaks import Filters

from .office import Office

STOCK_BOUGHT_OUTSIDE = {CheckName.STOCK: Result.DIFFERS}
"""The desk's opening stock in these tests came without a contribution, which B5 must notice."""


async def test_a_run_compares_everything_at_our_report_sequence(office: Office):
    results = await office.results()
    assert set(results) == set(CheckName) - {CheckName.NOSTRO}
    assert {name: result for name, result in results.items() if result is not Result.HELD} == (
        STOCK_BOUGHT_OUTSIDE
    )
    assert set(office.asked) == {(office.tenant, 3)}


async def test_a_tenant_without_a_customer_whom_execution_can_know_is_not_asked_about(
    office: Office, monkeypatch: pytest.MonkeyPatch
):
    async def nobody(*_: object) -> dict[object, object]:
        return {}

    monkeypatch.setattr(office.reconciliation._books, "_references", nobody)
    results = await office.results()
    assert office.asked == []
    assert not {CheckName.CASH, CheckName.PREFUND, CheckName.TOTALS} & set(results)
    assert results[CheckName.TRIAL_BALANCE] is Result.HELD


async def test_a_break_at_execution_is_kept_with_both_values(office: Office):
    office.lines = [boundary.StatementLine(office.reference, -3_966641, -127025, ())]
    run = await office.reconciliation.run(office.tenant, "system")
    assert await office.reconciliation.get_run(office.tenant, run.id) is not None
    found = await office.desk.list_breaks(office.officer(), Filters(), None, 50)
    position = next(each for each in found if each.check == "positions")
    assert (position.type, position.seen.ours, position.seen.theirs) == (BreakType.MISSING_THEIRS, 723, None)
    assert position.subject == f"book {office.customer} market {office.market} side yes"
    evidence = (await office.desk.read(office.officer(), position.id)).evidence
    assert {Link(LinkKind.RUN, str(run.id)), Link(LinkKind.MARKET, str(office.market))} <= set(evidence)


async def test_money_at_the_bank_that_we_did_not_book_is_a_break(office: Office):
    entries = [*office.statement.entries, StatementEntry("IN9", 1_00)]
    office.statement = Statement(537_501_00, entries)
    results = await office.results()
    assert results[CheckName.BANK_ENTRIES] is Result.DIFFERS
    assert results[CheckName.COLLECTION] is Result.DIFFERS
    # The bank may tell of what we are about to book: what the next run finds too is a break, and stays one.
    assert "bank_entries" not in await office.open_checks()
    for _ in range(2):
        await office.results()
        assert [each for each in await office.open_checks() if each != "stock"] == [
            "collection",
            "bank_entries",
        ]


async def test_what_the_house_brought_is_compared_with_the_bank_too(office: Office):
    await office.contribute(500_00)
    assert (await office.results())[CheckName.BANK_ENTRIES] is Result.DIFFERS
    office.statement = Statement(538_000_00, [*office.statement.entries, StatementEntry("HOUSE-1", 500_00)])
    results = await office.results()
    assert results[CheckName.BANK_ENTRIES] is Result.HELD
    assert results[CheckName.COLLECTION] is Result.HELD


async def test_sides_that_do_not_answer_make_their_checks_unavailable(office: Office):
    office.answers = False
    results = await office.results()
    silent = {name for name, result in results.items() if result is Result.UNAVAILABLE}
    assert silent == {
        CheckName.POSITIONS,
        CheckName.CASH,
        CheckName.FEES,
        CheckName.TOTALS,
        CheckName.PAYOUTS,
        CheckName.OWED,
        CheckName.PREFUND,
        CheckName.SETTLED,
        CheckName.COLLECTION,
        CheckName.BANK_ENTRIES,
    }
    assert results[CheckName.TRIAL_BALANCE] is Result.HELD


@pytest.mark.parametrize("has_lines", [True, False])
async def test_a_statement_that_does_not_advance_is_no_answer(office: Office, *, has_lines: bool):
    office.is_endless = True
    office.lines = office.lines if has_lines else []
    results = await office.results()
    assert results[CheckName.POSITIONS] is Result.UNAVAILABLE
    assert len(office.asked) == (2 if has_lines else 1)


async def test_only_the_holder_of_the_collection_account_compares_with_the_bank(office: Office):
    run = await office.reconciliation.run(office.other_tenant, "system")
    assert CheckName.COLLECTION not in {check.name for check in run.checks}


async def test_a_run_reads_the_same_when_it_is_loaded(office: Office):
    run = await office.reconciliation.run(office.tenant, "system")
    loaded = await office.reconciliation.get_run(office.tenant, run.id)
    assert {check.name: check.result for check in loaded.checks} == {
        check.name: check.result for check in run.checks
    }
    shown = show_run(loaded)
    assert [check.held for check in shown.checks if check.name == "cash"] == [True]
    with pytest.raises(RunNotFound):
        await office.reconciliation.get_run(office.other_tenant, run.id)


async def test_all_checks_together_are_those_of_the_runs_and_keep_nothing(office: Office):
    together = await office.reconciliation.check_all()
    assert await office.open_checks() == []
    runs = [await office.reconciliation.run(tenant, "system") for tenant in await office.tenants()]
    assert together == merge(check for run in runs for check in run.checks)
    assert {check.name for check in together} == set(CheckName) - {CheckName.NOSTRO}
    async with office.database.app.transaction(*await office.tenants()) as tx:
        assert await tx.fetch_value("SELECT count(*) FROM reconciliation_run") == len(runs)


async def test_books_alone_ask_nobody(office: Office):
    office.answers = False
    checks = {check.name: check.result for check in await office.reconciliation.check_all(books_only=True)}
    silent = {*running._EXECUTION_CHECKS, *running._BANK_CHECKS, CheckName.CLIENT_MONEY, CheckName.NOSTRO}
    assert checks.keys() == set(CheckName) - silent
    assert {name: result for name, result in checks.items() if result is not Result.HELD} == (
        STOCK_BOUGHT_OUTSIDE
    )
    assert office.asked == []


async def test_what_the_bank_tells_before_we_book_it_is_no_difference(office: Office, monkeypatch):
    monkeypatch.setattr(running, "AGAIN_SECONDS", 0)
    now, early = office.statement, StatementEntry("IN9", 1_00)
    told = [Statement(now.balance + 1_00, [*now.entries, early]), now]

    async def tell():
        return told.pop(0) if len(told) > 1 else told[0]

    monkeypatch.setattr(office, "fetch_statement", tell)

    async def bank():
        checks = await office.reconciliation.check_all()
        return {check.result for check in checks if check.name in running._BANK_CHECKS}

    assert await bank() == {Result.HELD}
    told[:] = [Statement(now.balance + 1_00, [*now.entries, early])]
    assert await bank() == {Result.DIFFERS}


async def test_a_round_over_all_tenants_shows_what_held_and_when(office: Office):
    await office.reconciliation.run_all()
    value = REGISTRY.get_sample_value
    assert value("reconciliation_check_held", {"check": "usd_owners"}) == 1
    # The other tenant hears of accounts that are not its own: of several tenants all must hold.
    assert value("reconciliation_check_held", {"check": "cash"}) == 0
    assert value("reconciliation_check_held", {"check": "stock"}) == 0
    assert value("reconciliation_client_money_shortfall", {"currency": "LKR"}) == 0
    assert value("reconciliation_clearing_age_seconds", {"account": "suspense"}) == 0
    at = office.clock.now().timestamp()
    assert value("reconciliation_last_run_timestamp_seconds") == at
