"""What one person alone must not make of the bank's word: by a file, by a cent, by an old word."""

import hashlib
import json
from datetime import timedelta

import pytest
from prometheus_client import REGISTRY

from customer_stack.settlement.domain.states import State, Word
from customer_stack.settlement.errors import (
    MessageDiffers,
    PaymentDifferent,
    ProposerCannotDecide,
    ReleaserCannotSay,
    SamePersonSaid,
    ShortfallWaits,
    WordDecided,
    WordExpired,
    WordWaits,
)
from customer_stack.settlement.service.hand_words import Say

from .office import Office, camt053, camt054, entry, pain002

WAITS = [("waits", None)]


async def bodies(office: Office, kind: str) -> list[dict]:
    async with office.database.transaction(office.tenant) as tx:
        rows = await tx.fetch("SELECT body FROM audit_record WHERE kind = $1 ORDER BY id", kind)
    return [json.loads(row["body"]) for row in rows]


async def sources(office: Office) -> list[tuple[bool, bool]]:
    """Return of each word that counts whether it names a file, and a second person."""
    async with office.database.transaction(office.tenant) as tx:
        rows = await tx.fetch("SELECT message_id, hand_word_id FROM settlement_bank_word ORDER BY number")
    return [(row["message_id"] is not None, row["hand_word_id"] is not None) for row in rows]


async def test_a_file_that_says_the_payment_failed_counts_once_another_has_the_same_file(office: Office):
    await office.period_1()
    settlement = await office.released()
    sid, words = settlement.instruction.id, office.words
    raw = pain002("FORGED-1", sid, "RJCT", "AC04")
    assert await office.take_by(office.checker, raw) == WAITS
    assert (await office.get(settlement)).state is State.RELEASED
    assert await office.take(pain002("BOC-2", sid, "RJCT", "AC04")) == WAITS
    (said,) = await words.list_words(office.tenant, sid)
    digest = hashlib.sha256(raw).digest()
    for who, refusal in ((office.maker, ProposerCannotDecide), (office.checker, SamePersonSaid)):
        with pytest.raises(refusal):
            await words.approve(who, sid, said.id, digest)
    for other in (None, bytes(32)):
        with pytest.raises(MessageDiffers):
            await words.approve(office.second, sid, said.id, other)
    assert (await words.approve(office.second, sid, said.id, digest)).state is State.REFUSED
    assert await sources(office) == [(True, True)]


async def test_who_released_does_not_approve_what_a_file_says(office: Office):
    await office.period_1()
    settlement = await office.released()
    sid, raw = settlement.instruction.id, pain002("BOC-1", settlement.instruction.id, "RJCT", "AC04")
    assert await office.take(raw) == WAITS
    (said,) = await office.words.list_words(office.tenant, sid)
    with pytest.raises(ReleaserCannotSay):
        await office.words.approve(office.checker, sid, said.id, hashlib.sha256(raw).digest())


@pytest.mark.parametrize("who", ["maker", "checker"])
async def test_a_whole_payment_waits_where_its_proposer_or_releaser_brings_the_file(office: Office, who: str):
    await office.period_1()
    settlement = await office.released()
    raw = camt054("BOC-1", entry("FT1", "4.55", "DBIT", settlement.instruction.id))
    assert await office.take_by(getattr(office, who), raw) == WAITS
    assert (await office.get(settlement)).state is State.RELEASED
    assert (await office.agree(settlement, raw)).state is State.CONFIRMED


async def test_a_file_and_people_are_told_apart_and_a_part_waits(office: Office):
    await office.period_1()
    settlement = await office.released()
    sid = settlement.instruction.id
    part, rest = entry("FT1", "1.00", "DBIT", sid), entry("FT2", "1.55", "DBIT", sid)
    assert (await office.take_agreed(settlement, camt054("BOC-1", part))).state is State.PARTIAL
    await office.say(settlement, Word.PAID, 2_000000, "BY-HAND")
    assert await office.take(camt054("BOC-2", rest)) == [("applied", None)]
    assert await sources(office) == [(True, True), (False, True), (True, False)]
    assert await office.take(camt053("BOC-3", "197.03", "194.48", part, rest)) == [("repeated", None)] * 2


async def test_a_reference_that_is_known_does_not_wait(office: Office):
    await office.period_1()
    settlement = await office.released()
    await office.say(settlement, Word.PAID, 1_000000, "FT1")
    with pytest.raises(PaymentDifferent):
        await office.words.propose(office.teller, settlement.instruction.id, Say(Word.PAID, 2_000000, "FT1"))


async def test_a_return_that_loses_nearly_all_waits_for_the_end_of_its_break(office: Office):
    await office.period_1()
    settlement = await office.released()
    sid = settlement.instruction.id
    await office.say(settlement, Word.PAID, 4_550000, "FT1")
    said = await office.words.propose(office.teller, sid, Say(Word.RETURNED, 10_000, "FT2", "came back"))
    (found,) = office.breaks
    assert (found.difference, found.ours, found.theirs) == ("amount", 4_550000, 10_000)
    with pytest.raises(ShortfallWaits):
        await office.words.approve(office.second, sid, said.id)
    assert (await office.get(settlement)).state is State.CONFIRMED
    office.ended.add(said.break_id)
    after = await office.words.approve(office.second, sid, said.id)
    assert (after.state, after.loss) == (State.RETURNED, 4_540000)
    lost = office.breaks[-1]
    assert (lost.difference, lost.subject, lost.theirs) == ("fee", f"settlement:{sid}", 10_000)


async def test_a_return_in_a_file_that_loses_much_waits_for_a_break_too(office: Office):
    await office.period_1()
    settlement = await office.released()
    sid = settlement.instruction.id
    await office.take(camt054("BOC-1", entry("FT1", "4.55", "DBIT", sid)))
    raw = camt054("BOC-2", entry("FT2", "0.01", "CRDT", sid, "RETURN", "AC01"))
    assert await office.take(raw) == WAITS
    with pytest.raises(ShortfallWaits):
        await office.agree(settlement, raw)


async def test_what_is_missing_is_judged_again_when_more_was_paid_meanwhile(office: Office):
    await office.period_1()
    settlement = await office.released()
    sid = settlement.instruction.id
    await office.say(settlement, Word.PAID, 1_000000, "FT1")
    said = await office.words.propose(office.teller, sid, Say(Word.RETURNED, 1_000000, "FT2", "came back"))
    assert said.break_id is None
    await office.say(settlement, Word.PAID, 3_550000, "FT3")
    with pytest.raises(ShortfallWaits):
        await office.words.approve(office.second, sid, said.id)


async def test_what_two_people_say_opens_the_breaks_that_a_file_opens(office: Office):
    await office.period_1()
    settlement = await office.released()
    await office.say(settlement, Word.PAID, 4_000000, "FT1")
    assert [(one.difference, one.theirs) for one in office.breaks] == [("amount", 4_000000)]
    await office.say(settlement, Word.RETURNED, 3_980000, "FT2", "came back")
    assert [(one.difference, one.theirs) for one in office.breaks[1:]] == [("fee", 3_980000)]


async def test_the_end_of_one_break_lets_no_other_word_pass(office: Office):
    await office.period_1()
    settlement = await office.released()
    sid, words = settlement.instruction.id, office.words
    await office.say(settlement, Word.PAID, 4_550000, "FT1")
    small = await words.propose(office.teller, sid, Say(Word.CLOSED_SHORT, 3_010000, reason="small"))
    with pytest.raises(WordWaits):
        await words.propose(office.teller, sid, Say(Word.CLOSED_SHORT, 4_540000, reason="large"))
    office.ended.add(small.break_id)
    await words.reject(office.teller, sid, small.id)
    large = await words.propose(office.teller, sid, Say(Word.CLOSED_SHORT, 4_540000, reason="large"))
    assert large.break_id != small.break_id
    with pytest.raises(ShortfallWaits):
        await words.approve(office.second, sid, large.id)


async def test_what_counts_is_recorded_by_who_made_it_count(office: Office):
    await office.period_1()
    settlement = await office.released()
    sid = settlement.instruction.id
    await office.say(settlement, Word.PAID, 4_550000, "FT1")
    (paid,) = await bodies(office, "settlement.paid")
    assert (paid["actor"], paid["data"]["said_by"]) == (office.second.actor, office.teller.actor)
    said = await office.words.propose(office.teller, sid, Say(Word.CLOSED_SHORT, 3_550000, reason="lost"))
    proposed = (await bodies(office, "settlement.word_proposed"))[-1]
    assert proposed["data"]["break_id"] == str(said.break_id)


async def test_a_word_by_hand_expires_and_what_a_file_says_does_not(office: Office):
    await office.period_1()
    settlement = await office.released()
    sid, words = settlement.instruction.id, office.words
    refused = Say(Word.REFUSED, reason="refused")
    old = await words.propose(office.teller, sid, refused)
    # Said on a Friday; Tuesday is a full moon's day: five working days end with the second Monday.
    office.clock.advance(timedelta(days=10))
    assert (await words.list_words(office.tenant, sid))[0].is_waiting
    office.clock.advance(timedelta(days=1))
    with pytest.raises(WordExpired):
        await words.approve(office.second, sid, old.id)
    raw = pain002("BOC-1", sid, "RJCT", "AC04")
    assert await office.take(raw) == WAITS
    office.clock.advance(timedelta(days=30))
    assert (await office.agree(settlement, raw)).state is State.REFUSED
    assert (await words.reject(office.teller, sid, old.id)).outcome == "rejected"
    with pytest.raises(WordDecided):
        await words.approve(office.second, sid, old.id)


def waiting():
    """Return how many words wait, and for how long the oldest has, in hours, by who said them."""
    names = ("settlement_words_waiting", "settlement_words_waiting_oldest_seconds")
    found = {
        said_by: tuple(REGISTRY.get_sample_value(name, {"said_by": said_by}) for name in names)
        for said_by in ("file", "hand")
    }
    return {said_by: (count, seconds / 3600) for said_by, (count, seconds) in found.items()}


async def test_words_that_nobody_decides_on_are_shown_until_somebody_does(office: Office):
    await office.period_1()
    settlement = await office.released()
    await office.closing.notice_late()
    assert waiting() == {"file": (0, 0), "hand": (0, 0)}
    raw = camt054("BOC-1", entry("FT1", "1.00", "DBIT", settlement.instruction.id))
    assert await office.take(raw) == WAITS
    office.clock.advance(timedelta(hours=2))
    await office.words.propose(office.second, settlement.instruction.id, Say(Word.PAID, 1_000000, "FT2"))
    office.clock.advance(timedelta(hours=25))
    await office.closing.notice_late()
    assert waiting() == {"file": (1, 27), "hand": (1, 25)}
    office.clock.advance(timedelta(days=10))  # what was said by hand is void meanwhile
    await office.closing.notice_late()
    assert waiting() == {"file": (1, 27 + 240), "hand": (0, 0)}
    await office.agree(settlement, raw)
    await office.closing.notice_late()
    assert waiting() == {"file": (0, 0), "hand": (0, 0)}
