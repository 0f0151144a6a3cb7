"""What banks say, in files as they look: confirmed, refused, in part, returned, twice, late."""

import json
from datetime import timedelta

import pytest

from customer_stack.bank_files.errors import FileInvalid, OtherAccount
from customer_stack.settlement.domain.states import State
from customer_stack.settlement.errors import (
    MessageAltered,
    PaymentDifferent,
    ProposerCannotDecide,
    ReleaserCannotSay,
    ShortfallTooLarge,
)

from .office import Office, camt053, camt054, entry, pain002

NOSTRO = 98_514851 + 2 * 49_257425


async def test_a_debit_confirms_what_we_paid_and_the_statement_repeats_it(office: Office):
    await office.period_1()
    settlement = await office.released()
    sid = settlement.instruction.id
    assert await office.take(pain002("BOC-1", sid, "ACSP")) == []
    assert (await office.get(settlement)).state is State.RELEASED
    debit = entry("FT26327A1B2C", "4.55", "DBIT", sid)
    notice = camt054("BOC-2", debit, entry("FT26327ZZZZZ", "120.00", "DBIT", text="BUY USD 120"))
    assert await office.take(notice) == [("applied", None), ("not_ours", None)]
    assert await office.take(notice) == [("applied", None), ("not_ours", None)]
    assert (await office.get(settlement)).state is State.CONFIRMED
    assert await office.sums() == {"settled": -4_550000, "nostro": -NOSTRO + 4_550000}
    statement = camt053("BOC-3", "197.03", "192.48", debit)
    assert await office.take(statement) == [("repeated", None)]
    with pytest.raises(MessageAltered):
        await office.take(camt054("BOC-2", debit))
    second = camt054("BOC-4", entry("FT26328DOUBLE", "4.55", "DBIT", sid))
    assert await office.take(second) == [("contradicts", "settlement.not_in_this_state")]
    (found,) = office.breaks
    assert (found.difference, found.ours, found.theirs) == ("duplicate", 0, 4_550000)


async def test_what_the_bank_refuses_comes_back_and_is_settled_again(office: Office):
    await office.period_1()
    first = await office.released()
    assert await office.take(pain002("BOC-1", first.instruction.id, "RJCT", "AC04")) == [("applied", None)]
    refused = await office.get(first)
    assert (refused.state, refused.words[0].reason) == (State.REFUSED, "AC04")
    assert await office.sums() == {"nostro": -NOSTRO}
    assert await office.take(pain002("BOC-2", first.instruction.id, "RJCT", "AC04")) == [("repeated", None)]
    await office.buy(office.a, 1_000000)
    again = await office.propose()
    assert (again.instruction.after_sequence, again.instruction.amount) == (0, 5_550000)
    await office.approve(again)
    await office.release(again)
    await office.take(camt054("BOC-5", entry("FT9", "5.00", "DBIT", again.instruction.id)))
    used = camt054("BOC-6", entry("FT9", "0.55", "DBIT", again.instruction.id))
    assert await office.take(used) == [("contradicts", "settlement.payment_different")]
    late = camt054("BOC-3", entry("FT1", "4.55", "DBIT", first.instruction.id))
    assert await office.take(late) == [("contradicts", "settlement.not_in_this_state")]


async def test_charges_and_their_refunds_move_nothing_and_a_person_looks(office: Office):
    await office.period_1()
    first = await office.released()
    sid = first.instruction.id
    early = entry("FT1", "4.55", "CRDT", sid, "RETURN", "AC01")
    assert await office.take(camt054("BOC-1", early)) == [("contradicts", "settlement.not_in_this_state")]
    assert (office.breaks[-1].ours, office.breaks[-1].theirs) == (None, 4_550000)
    charge, payment = entry("FT2", "0.25", "DBIT", sid), entry("FT3", "4.55", "DBIT", sid)
    unclear, applied = ("contradicts", "settlement.payment_unclear"), ("applied", None)
    assert await office.take(camt054("BOC-2", charge, payment)) == [unclear, applied]
    refused = pain002("BOC-3", sid, "RJCT", "AC04")
    assert await office.take(refused) == [("contradicts", "settlement.not_in_this_state")]
    assert (office.breaks[-1].ours, office.breaks[-1].theirs) == (0, None)
    refund = entry("FT4", "0.25", "CRDT", sid)
    undone = entry("FT5", "0.25", "CRDT", sid, is_reversal=True)
    assert await office.take(camt054("BOC-4", refund, undone)) == [unclear, unclear]
    assert (office.breaks[-1].difference, (await office.get(first)).state) == ("fee", State.CONFIRMED)
    assert await office.take(camt054("BOC-5", entry("FT6", "4.50", "CRDT", sid))) == [applied]
    assert (await office.get(first)).state is State.RETURNED


async def test_a_payment_that_comes_back_is_owed_again_after_a_later_settlement(office: Office):
    await office.period_1()
    first = await office.released()
    await office.take(camt054("BOC-1", entry("FT1", "4.55", "DBIT", first.instruction.id)))
    await office.buy(office.b, 2_005000)
    second = await office.released()
    assert (second.instruction.after_sequence, second.instruction.amount) == (4, 2_000000)
    back = entry("FT2", "4.53", "CRDT", first.instruction.id, "RETURN", "AC01")
    assert await office.take(camt054("BOC-2", back)) == [("applied", None)]
    returned = await office.get(first)
    assert (returned.state, returned.loss, office.breaks[-1].difference) == (State.RETURNED, 20000, "fee")
    await office.closing.close_short(office.teller, first.instruction.id, 20000, "bank's fee for returning")
    assert (await office.get(first)).loss == 0
    await office.take(camt054("BOC-3", entry("FT3", "2.00", "DBIT", second.instruction.id)))
    await office.buy(office.b, 1_000000)
    third = await office.propose()
    assert (third.instruction.after_sequence, third.instruction.owed) == (5, 1_000000 + 4_550000 + 5000)
    sums = await office.sums()
    assert sums["expense"] == -20000
    assert "in_transit" not in sums


async def test_a_claim_is_paid_in_parts_or_closed_by_an_expense(office: Office):
    await office.buy(office.a, 5_000000)
    first = await office.released()
    await office.take(camt054("BOC-1", entry("FT1", "5.00", "DBIT", first.instruction.id)))
    await office.pay_out(office.a, 4_120000)
    claim = await office.released()
    files = await office.files(claim)
    assert json.loads(files["claim"])["amount"] == "4.12"
    assert set(files) == {"claim", "cover", "schedule"}
    named = f"SETTLEMENT {claim.instruction.id.hex} REPORTS 2-2"
    assert await office.take(camt054("BOC-2", entry("IN1", "4.00", "CRDT", text=named))) == [
        ("applied", None)
    ]
    assert office.breaks[-1].difference == "amount"
    partial = await office.get(claim)
    assert (partial.state, partial.outstanding) == (State.PARTIAL, 120000)
    await office.take(camt054("BOC-3", entry("IN2", "0.10", "CRDT", text=named)))
    with pytest.raises(ProposerCannotDecide):
        await office.closing.close_short(office.maker, claim.instruction.id, 20000, "bank's fee")
    await office.closing.close_short(office.teller, claim.instruction.id, 20000, "correspondent's fee")
    assert (await office.get(claim)).state is State.CONFIRMED
    sums = await office.sums()
    assert (sums["expense"], sums.get("in_transit", 0)) == (-20000, 0)
    assert await office.take(
        camt054("BOC-4", entry("IN3", "4.00", "DBIT", text="ERROR", is_reversal=True))
    ) == [("not_ours", None)]


async def test_what_reached_execution_short_is_borne_by_us_and_owed_again(office: Office):
    await office.period_1()
    first = await office.released()
    await office.take(pain002("BOC-1", first.instruction.id, "ACSC", reference="FT1"))
    await office.closing.close_short(office.teller, first.instruction.id, 50000, "correspondent took 0.05")
    assert await office.sums() == {"settled": -4_500000, "nostro": -NOSTRO + 4_550000, "expense": -50000}
    await office.buy(office.a, 1_000000)
    following = await office.propose()
    assert (following.instruction.after_sequence, following.instruction.amount) == (4, 1_050000)


async def test_what_is_late_is_noticed_once_and_a_person_may_say_how_it_ended(office: Office):
    await office.period_1()
    settlement = await office.released()
    # Released on a Friday; Tuesday is a full moon's day: two working days end on Wednesday at midnight.
    office.clock.advance(timedelta(days=5))
    assert await office.closing.notice_late() == 0
    office.clock.advance(timedelta(days=1))
    assert [await office.closing.notice_late() for _ in range(2)] == [1, 0]
    assert office.breaks[-1].difference == "timing"
    await office.closing.record_refusal(office.teller, settlement.instruction.id, "the bank lost it")
    assert (await office.kinds())[-2:] == ["settlement.late", "settlement.refused"]
    assert await office.closing.notice_late() == 0


async def test_who_proposed_or_released_does_not_say_that_it_failed_nor_one_person_a_large_loss(
    office: Office,
):
    await office.period_1()
    closing, sid = office.closing, (await office.released()).instruction.id
    with pytest.raises(ProposerCannotDecide):
        await closing.record_payment(office.maker, sid, 4_550000, "FT1")
    await closing.record_payment(office.checker, sid, 4_000000, "FT1")
    await closing.record_payment(office.checker, sid, 4_000000, "FT1")
    with pytest.raises(PaymentDifferent):
        await closing.record_payment(office.checker, sid, 550000, "FT1")
    with pytest.raises(PaymentDifferent):
        await closing.record_return(office.teller, sid, 4_000000, "FT1", "came back")
    for said in (
        closing.record_refusal(office.checker, sid, "refused"),
        closing.record_return(office.checker, sid, 4_000000, "FT2", "came back"),
        closing.close_short(office.checker, sid, 550000, "fee"),
    ):
        with pytest.raises(ReleaserCannotSay):
            await said
    with pytest.raises(ShortfallTooLarge):
        await closing.close_short(office.teller, sid, 3_010000, "fee")
    assert (await office.sums())["in_transit"] != 0


async def test_a_file_is_about_our_usd_account(office: Office):
    await office.period_1()
    raw = camt054("BOC-1", entry("FT1", "4.55", "DBIT"))
    with pytest.raises(OtherAccount):
        await office.take(raw.replace(b"001200345678", b"001200345679"))
    with pytest.raises(FileInvalid):
        await office.take(raw.replace(b'Ccy="USD"', b'Ccy="LKR"'))
