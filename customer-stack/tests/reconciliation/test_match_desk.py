"""Matching on a real database: a teller's bank, rupees and dollars, and the breaks that are left."""

import zlib
from datetime import timedelta
from typing import Any

import pytest

from customer_stack.access.domain import Officer
from customer_stack.bank_files.service.importing import BankFiles, Doors
from customer_stack.bank_files.service.texts import FileTexts
from customer_stack.customers.sealing import FieldKeys, RecordSealing
from customer_stack.payouts.domain.answers import PayoutAnswer, PayoutState
from customer_stack.reconciliation.domain.breaks import How, LinkKind
from customer_stack.reconciliation.domain.sources import day_of
from customer_stack.reconciliation.errors import (
    MatchNotFound,
    SourceNotYours,
    SourceUnknown,
    StatementInvalid,
    StatementOverlaps,
    StatementReplaced,
)
from customer_stack.reconciliation.service.due_days import DueDays

from ..bank_files.conftest import ACCOUNT, Bank  # noqa: TID252 - test folders are no packages
from ..payouts.teller import IDS, ScriptedBank, Teller  # noqa: TID252 - test folders are no packages
from .match_desk import Desk


async def test_a_day_at_the_bank_line_by_line(desk: Desk):
    raw = desk.statement(
        ("OPENING", 507_500_00),
        ("BOC-331", 30_000_00),
        ("BOC-332", 12_499_50),
        ("OUT-77", 5_000_00),
        ("PART-1", 38_200_00),
        ("PART-2", 20_000_00),
        ("BOC-340", 2_000_00),
        before=5,
        batch="ACQ-9",
    )
    kept = await desk.keep(raw)
    assert await desk.keep(raw) == kept
    with pytest.raises(StatementOverlaps):
        await desk.keep(raw.replace(b"BOC-331", b"BOC-999"))
    made = await desk.match()
    held = await desk.matching.list_held(desk.officer, made.id, -1, 50)
    assert [(each.rule, len(each.ours), len(each.theirs)) for each in held] == [
        ("reference", 1, 1),
        ("reference-rupees", 1, 1),
        ("parts", 1, 2),
        ("amount-alone", 1, 1),
    ]
    assert await desk.matching.list_held(desk.officer, made.id, 2, 1) == held[3:]
    assert (made.ours, made.ours_matched, made.theirs, made.theirs_matched) == (5, 4, 7, 5)
    payout, stranger = sorted(await desk.open_breaks(), key=lambda each: each.type)
    assert (payout.type, payout.seen.ours, payout.seen.theirs) == ("direction", -5_000_00, 5_000_00)
    assert (stranger.type, stranger.seen.ours, stranger.seen.theirs) == ("missing_ours", None, 2_000_00)
    assert payout.department_id == desk.teller.department
    evidence = (await desk.breaks.read(desk.officer, payout.id)).evidence
    assert {each.kind for each in evidence} == {
        LinkKind.MATCH,
        LinkKind.MOVEMENT,
        LinkKind.STATEMENT_LINE,
        LinkKind.BANK_REFERENCE,
    }
    # Tomorrow's match finds the same lines: the same breaks. One that people ended is not asked about again.
    await desk.breaks.take(desk.officer, stranger.id)
    await desk.breaks.propose(desk.officer, stranger.id, How.EXPLAINED, "Another account's.", None)
    boss = Officer(desk.officer.tenant_id, IDS.new())
    await desk.breaks.approve(boss, stranger.id)
    desk.today += timedelta(days=1)
    again = await desk.match()
    assert again.differences == 2
    assert [each.id for each in await desk.open_breaks()] == [payout.id]


async def test_a_match_comes_out_again_from_what_was_kept_and_a_changed_line_does_not(desk: Desk):
    await desk.keep(desk.statement(("OPENING", 507_500_00), ("BOC-331", 30_000_00), before=5))
    first, second = await desk.match(), await desk.match()
    assert (first.ours_digest, first.theirs_digest, first.result_digest) == (
        second.ours_digest,
        second.theirs_digest,
        second.result_digest,
    )
    assert (await desk.matching.replay(desk.teller.tenant, first.id, "system")).agrees
    with pytest.raises(MatchNotFound):
        await desk.matching.replay(desk.teller.other_tenant, first.id, "system")
    with pytest.raises(MatchNotFound):  # of another department
        await desk.matching.replay(desk.teller.tenant, first.id, "system", first.id)
    # Somebody with the owner's rights makes the bank's line a cent larger in what was kept.
    owner = await desk.teller.database.connect("superuser")
    await owner.execute("SET session_replication_role = replica")
    content = await owner.fetchval(
        "SELECT content FROM reconciliation_match_chunk WHERE match_id = $1 AND part = 'theirs'", first.id
    )
    raw = zlib.decompress(content)
    forged = raw.replace((30_000_00).to_bytes(8, "little"), (30_000_01).to_bytes(8, "little"))
    assert forged != raw
    await owner.execute(
        "UPDATE reconciliation_match_chunk SET content = $2 WHERE match_id = $1 AND part = 'theirs'",
        first.id,
        zlib.compress(forged),
    )
    replays = await desk.matching.replay_newest(5)
    assert {each.match.id: each.agrees for each in replays} == {first.id: False, second.id: True}


async def test_dollars_are_matched_by_the_department_and_nobody_elses_account_is(desk: Desk):
    day = (desk.today - timedelta(days=5)).isoformat()
    rows = ["booking_date;reference;amount;balance", f"{day};O2;4000.00;4000.00", f"{day};INT-1;0.31;4000.31"]
    raw = "\n".join(rows).encode()
    await desk.keep(raw, "bank-usd", "dollar-account")
    (made,) = await desk.matching.match_day(desk.today)
    assert (made.source, made.requested_by, made.ours_matched, made.theirs_matched) == (
        "bank-usd",
        "system",
        1,
        1,
    )
    assert await desk.matching.match_day(desk.today) == ()
    (interest,) = await desk.open_breaks()
    assert (interest.unit, interest.seen.theirs, interest.seen.is_material) == ("micro_dollar", 310000, False)
    for place in (("bank-usd", IDS.new()), ("bank-lkr", IDS.new()), ("bank-files", desk.teller.department)):
        with pytest.raises(SourceNotYours):
            await desk.matching.match(desk.officer, place, desk.today)
    with pytest.raises(SourceUnknown):
        await desk.matching.match(desk.officer, ("bank", desk.teller.department), desk.today)
    with pytest.raises(SourceUnknown):
        await desk.keep(raw, "bank-files", "dollar-account")
    stranger = Officer(desk.teller.tenant, IDS.new(), IDS.new())
    with pytest.raises(SourceNotYours):
        await desk.matching.match(stranger, ("bank-usd", desk.teller.department), desk.today)
    assert await desk.matching.list_matches(stranger, None, None, 50) == ()


async def test_what_came_by_a_camt_053_is_matched_with_what_became_of_it(desk: Desk):
    teller, bank, day = desk.teller, Bank(), desk.today - timedelta(days=2)
    booked = f"<Dt>{day.isoformat()}</Dt>"
    await teller.payments.assign_collection(teller.tenant, teller.department, "bank-file")
    texts = FileTexts(RecordSealing(FieldKeys(1, {1: bytes(32)}, bytes(32))))
    doors = Doors(teller.payments, desk.hear_payout)
    files = BankFiles(teller.database.app, ACCOUNT, doors, texts, teller.tenants, desk.clock, IDS)
    quote = await teller.quote(30_000_00)
    lines = [
        bank.line("CEFT-1", "30000.00", remittance=quote.pay_reference, booked=booked),
        bank.line("CEFT-2", "1250.00", remittance="nobody", booked=booked),
        bank.line("CHG-7", "25.00", side="DBIT", booked=booked),
    ]
    await files.import_file(teller.tenant, desk.officer.actor, bank.statement(lines))
    while await files.apply_due():
        pass
    desk.clock.advance(timedelta(days=1))
    desk.today += timedelta(days=1)
    made = {each.source: each for each in await desk.matching.match_day(desk.today)}["bank-files"]
    # What the house brought and bought lies at the same bank; this statement does not tell of it.
    assert (made.theirs, made.theirs_matched) == (3, 2)
    charge = next(each for each in await desk.open_breaks() if each.type == "missing_ours")
    assert (charge.check, charge.seen.theirs) == ("bank-files", -25_00)
    # The file came a day after its day was over: the match of that day is made again.
    due_days = DueDays(teller.database.app, desk.matching, teller.tenants, desk.clock)
    again = await due_days.judge_due()
    assert [(each.source, day_of(each.day)) for each in again] == [
        ("bank-files", day),
        ("bank-files", day + timedelta(days=1)),
    ]


async def test_a_corrected_statement_stands_in_place_of_a_kept_one_and_both_come_out_again(desk: Desk):
    wrong = desk.statement(("OPENING", 507_500_00), ("BOC-331", 31_000_00), before=5)
    right = wrong.replace(b"31,000.00", b"30,000.00").replace(b"538500.00", b"537500.00")
    first = await desk.keep(wrong)
    before = await desk.match()
    (found,) = [each for each in await desk.open_breaks() if each.type == "amount"]
    assert (found.seen.ours, found.seen.theirs) == (30_000_00, 31_000_00)
    with pytest.raises(StatementOverlaps):
        await desk.keep(right)
    with pytest.raises(StatementReplaced):  # of no statement of these days
        await desk.keep(desk.statement(("BOC-9", 1_00), before=9), replaces=first.id)
    second = await desk.keep(right, replaces=first.id)
    assert await desk.keep(right, replaces=first.id) == second
    for raw, replaces in ((wrong, None), (right, None), (right + b" ", first.id), (wrong, second.id)):
        with pytest.raises((StatementReplaced, StatementOverlaps)):
            await desk.keep(raw, replaces=replaces)
    after = await desk.match()
    held = await desk.matching.list_held(desk.officer, after.id, -1, 50)
    assert "reference" in [each.rule for each in held]
    assert (before.theirs_digest != after.theirs_digest, after.theirs) == (True, 2)
    for each in (before, after):
        assert (await desk.matching.replay(desk.teller.tenant, each.id, "system")).agrees
    listed = await desk.matching.list_statements(desk.officer, "bank-lkr", None, 10)
    assert [(each.id, each.replaces, each.replaced_by) for each in listed] == [
        (second.id, first.id, None),
        (first.id, None, second.id),
    ]


async def test_a_camt_053_of_the_dollar_account_is_a_statement_too(desk: Desk):
    booked = f"<Dt>{(desk.today - timedelta(days=5)).isoformat()}</Dt>"
    line = Bank().line("FT-4000", "4000.00", currency="USD", booked=booked)
    raw = Bank().statement([line]).replace(b'Ccy="LKR"', b'Ccy="USD"')
    kept = await desk.keep(raw, "bank-usd", "camt.053")
    assert (kept.lines, (await desk.match("bank-usd")).theirs_matched) == (1, 1)
    with pytest.raises(SourceUnknown):
        await desk.keep(raw, "bank-lkr", "camt.053")
    notice = Bank().notification([line]).replace(b'Ccy="LKR"', b'Ccy="USD"')
    with pytest.raises(StatementInvalid):
        await desk.keep(notice, "bank-usd", "camt.053")


async def test_payouts_of_one_file_are_the_one_debit_that_names_it(customer_database: Any, monkeypatch):
    monkeypatch.setattr(ScriptedBank, "name", "bank-file")
    teller = await Teller(customer_database).open_for_business()
    await teller.payments.assign_collection(teller.tenant, teller.department, "bank-file")
    await teller.wait_with("30000.00", "CEFT-1")
    payouts = [await teller.withdraw_lkr(amount) for amount in (5_100_00, 7_100_00)]
    for number, payout_id in enumerate(payouts):
        await teller.answer(payout_id, PayoutAnswer(PayoutState.PAID, f"OUT-{number}"))
    desk, batch = Desk(teller), IDS.new()
    owner = await customer_database.connect("superuser")
    await owner.execute("SET session_replication_role = replica")
    await owner.execute(
        "INSERT INTO bank_file_batch (tenant_id, id, pay_on, transfers, control_sum, digest, made_by, "
        "made_at) VALUES ($1, $2, $3, 2, 1200000, sha256('file'), 'system', $4)",
        teller.tenant,
        batch,
        desk.today,
        desk.clock.now(),
    )
    await owner.execute(
        "INSERT INTO bank_file_batch_payout (tenant_id, payout_id, batch_id, number) "
        "SELECT $1, id, $2, place FROM unnest($3::uuid[]) WITH ORDINALITY AS p (id, place)",
        teller.tenant,
        batch,
        payouts,
    )
    texts = FileTexts(RecordSealing(FieldKeys(1, {1: bytes(32)}, bytes(32))))
    doors = Doors(teller.payments, desk.hear_payout)
    files = BankFiles(teller.database.app, ACCOUNT, doors, texts, teller.tenants, desk.clock, IDS)
    booked = f"<Dt>{desk.today.isoformat()}</Dt>"
    line = Bank().line(batch.hex, "12000.00", side="DBIT", booked=booked)
    await files.import_file(teller.tenant, desk.officer.actor, Bank().statement([line]))
    made = await desk.match("bank-files")
    held = await desk.matching.list_held(desk.officer, made.id, -1, 50)
    assert [(each.rule, len(each.ours), len(each.theirs)) for each in held] == [("batch", 2, 1)]
