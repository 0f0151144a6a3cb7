"""What banks say, in files as they look: confirmed, refused, in part, returned, twice, late."""

import json
from datetime import timedelta

import asyncpg
import pytest

from customer_stack.bank_files.errors import FileInvalid, OtherAccount
from customer_stack.settlement import hand_store
from customer_stack.settlement.domain.hand_words import HandOutcome
from customer_stack.settlement.domain.states import State, Word
from customer_stack.settlement.errors import (
    HandWordNotFound,
    MessageAltered,
    NotInThisState,
    PaymentDifferent,
    ProposerCannotDecide,
    ReleaserCannotSay,
    SamePersonSaid,
    ShortfallWaits,
    WordDecided,
)
from customer_stack.settlement.service.hand_words import Say

from .office import IDS, Office, camt053, camt054, entry, pain002

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
    said = pain002("BOC-1", first.instruction.id, "RJCT", "AC04")
    assert await office.take(said) == [("waits", None)]
    assert (await office.get(first)).state is State.RELEASED
    refused = await office.agree(first, said)
    assert (refused.state, refused.words[0].reason) == (State.REFUSED, "AC04")
    assert await office.sums() == {"nostro": -NOSTRO}
    assert await office.take(pain002("BOC-2", first.instruction.id, "RJCT", "AC04")) == [("repeated", None)]
    await office.buy(office.a, 1_000000)
    again = await office.propose()
    assert (again.instruction.after_sequence, again.instruction.amount) == (0, 5_550000)
    await office.approve(again)
    await office.release(again)
    await office.take_agreed(again, camt054("BOC-5", entry("FT9", "5.00", "DBIT", again.instruction.id)))
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
    after = await office.take_agreed(first, camt054("BOC-5", entry("FT6", "4.50", "CRDT", sid)))
    assert after.state is State.RETURNED


async def test_a_payment_that_comes_back_is_owed_again_after_a_later_settlement(office: Office):
    await office.period_1()
    first = await office.released()
    await office.take(camt054("BOC-1", entry("FT1", "4.55", "DBIT", first.instruction.id)))
    await office.buy(office.b, 2_005000)
    second = await office.released()
    assert (second.instruction.after_sequence, second.instruction.amount) == (4, 2_000000)
    back = entry("FT2", "4.53", "CRDT", first.instruction.id, "RETURN", "AC01")
    returned = await office.take_agreed(first, camt054("BOC-2", back))
    assert (returned.state, returned.loss, office.breaks[-1].difference) == (State.RETURNED, 20000, "fee")
    await office.say(first, Word.CLOSED_SHORT, 20000, reason="bank's fee for returning")
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
    await office.take_agreed(claim, camt054("BOC-2", entry("IN1", "4.00", "CRDT", text=named)))
    assert office.breaks[-1].difference == "amount"
    partial = await office.get(claim)
    assert (partial.state, partial.outstanding) == (State.PARTIAL, 120000)
    await office.take_agreed(claim, camt054("BOC-3", entry("IN2", "0.10", "CRDT", text=named)))
    await office.say(claim, Word.CLOSED_SHORT, 20000, reason="correspondent's fee")
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
    await office.say(first, Word.CLOSED_SHORT, 50000, reason="correspondent took 0.05")
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
    await office.say(settlement, Word.REFUSED, reason="the bank lost it")
    steps = ["late", "word_proposed", "refused"]
    assert (await office.kinds())[-3:] == [f"settlement.{step}" for step in steps]
    assert await office.closing.notice_late() == 0


async def test_two_people_say_what_the_bank_said_and_neither_proposed_it(office: Office):
    await office.period_1()
    settlement = await office.released()
    words, sid = office.words, settlement.instruction.id
    paid = Say(Word.PAID, 4_000000, "FT1")
    with pytest.raises(ProposerCannotDecide):
        await words.propose(office.maker, sid, paid)
    said = await words.propose(office.checker, sid, paid)
    assert await words.propose(office.teller, sid, paid) == said
    assert (await office.get(settlement)).state is State.RELEASED
    for who, refusal in ((office.checker, SamePersonSaid), (office.maker, ProposerCannotDecide)):
        with pytest.raises(refusal):
            await words.approve(who, sid, said.id)
    for _ in range(2):
        after = await words.approve(office.teller, sid, said.id)
    assert (after.state, after.words[0].said_by) == (State.PARTIAL, office.checker.actor)
    with pytest.raises(WordDecided):
        await words.approve(office.second, sid, said.id)
    for known in (Say(Word.PAID, 550000, "FT1"), Say(Word.RETURNED, 4_000000, "FT1", "came back")):
        with pytest.raises(PaymentDifferent):
            await words.propose(office.teller, sid, known)
    # A second part is added to the first.
    assert (await office.say(settlement, Word.PAID, 550000, "FT2")).state is State.CONFIRMED
    assert await office.sums() == {"settled": -4_550000, "nostro": -NOSTRO + 4_550000}
    listed = await words.list_words(office.tenant, sid)
    assert [(each.outcome, each.decided_by) for each in listed] == [
        ("approved", office.second.staff_id),
        ("approved", office.teller.staff_id),
    ]


async def test_who_released_never_says_first_that_it_failed_and_what_is_rejected_moves_nothing(
    office: Office,
):
    await office.period_1()
    settlement = await office.released()
    words, sid = office.words, settlement.instruction.id
    refused = Say(Word.REFUSED, reason="refused")
    with pytest.raises(ReleaserCannotSay):
        await words.propose(office.checker, sid, refused)
    with pytest.raises(NotInThisState):
        await words.propose(office.teller, sid, Say(Word.RETURNED, 4_550000, "FT2", "came back"))
    first = await words.propose(office.teller, sid, refused)
    assert (await words.reject(office.teller, sid, first.id)).outcome == "rejected"
    with pytest.raises(WordDecided):
        await words.approve(office.second, sid, first.id)
    with pytest.raises(HandWordNotFound):
        await words.approve(office.second, sid, IDS.new())
    again = await words.propose(office.teller, sid, refused)
    # What the bank's file said meanwhile counts: the word does not fit any more.
    await office.take(camt054("BOC-1", entry("FT1", "4.55", "DBIT", sid)))
    with pytest.raises(NotInThisState):
        await words.approve(office.second, sid, again.id)
    assert (await office.get(settlement)).state is State.CONFIRMED


async def test_a_large_shortfall_is_a_break_that_people_end_before_it_is_closed(office: Office):
    await office.period_1()
    settlement = await office.released()
    words, sid = office.words, settlement.instruction.id
    await office.say(settlement, Word.PAID, 1_000000, "FT1")
    said = await words.propose(office.teller, sid, Say(Word.CLOSED_SHORT, 3_550000, reason="lost"))
    part, found = office.breaks
    assert (found.difference, found.ours, found.theirs) == ("amount", 4_550000, 1_000000)
    assert part.subject == f"settlement:{sid}" != found.subject
    with pytest.raises(ShortfallWaits):
        await words.approve(office.second, sid, said.id)
    assert (await office.sums())["in_transit"] == 3_550000
    office.ended.add(said.break_id)
    assert (await words.approve(office.second, sid, said.id)).state is State.CONFIRMED
    assert "in_transit" not in await office.sums()


async def test_the_database_wants_two_people_for_a_word_by_hand(office: Office):
    await office.period_1()
    sid = (await office.released()).instruction.id
    said = await office.words.propose(office.teller, sid, Say(Word.PAID, 4_550000, "FT1"))
    with pytest.raises(asyncpg.CheckViolationError):
        async with office.database.transaction(office.tenant) as tx:
            await hand_store.insert_decision(
                tx, said, HandOutcome.APPROVED, office.teller.staff_id, office.clock.now()
            )


async def test_a_file_is_about_our_usd_account(office: Office):
    await office.period_1()
    raw = camt054("BOC-1", entry("FT1", "4.55", "DBIT"))
    with pytest.raises(OtherAccount):
        await office.take(raw.replace(b"001200345678", b"001200345679"))
    with pytest.raises(FileInvalid):
        await office.take(raw.replace(b'Ccy="USD"', b'Ccy="LKR"'))
