"""Two stacks exchange checkpoints over the wall: each ends up with the other's signature, and with alarms."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta

import asyncpg
import pytest

from shared.audit.checkpoints import read_note
from shared.audit.witness import alarms, load_cosigned, store
from shared.audit.witness.domain import AlarmEnding, Offer, SignedCheckpoint, Verdict
from shared.audit.witness.notes import cosigned_of
from shared.audit.witness.service import ALARMS, COSIGNED, TOLD, end_alarm, measure
from shared.boundary.errors import OutcomeUnknown
from shared.ids import HOUSE_TENANT, SystemIds

from .logs import AT


async def test_both_logs_are_held_and_signed_and_grow(stacks):
    customer, execution, wall = stacks.customer, stacks.execution, stacks.wall
    await wall.exchange()
    assert wall.said == "NOTHING_OFFERED"
    await customer.act(3)
    await execution.write(300)
    await execution.seal()
    await wall.exchange(2)
    assert (await execution.held()).size == 3 == await customer.cosigned()
    assert (await customer.held()).size == 300 == await execution.cosigned()
    await customer.write(600)
    await customer.seal()
    await wall.exchange(2)
    assert (await customer.cosigned(), await execution.cosigned()) == (603, 300)
    async with customer.database.app.transaction() as tx:
        checkpoint, note = await load_cosigned(tx, at_least=4)
        assert await load_cosigned(tx, at_least=604) is None
    assert (checkpoint.size, checkpoint.origin) == (603, "bulkhead/test/customer")
    assert read_note(note)[0] == checkpoint
    assert cosigned_of(note, customer.witness.own, customer.witness.other).signed.size == 603
    assert await customer.alarms() == await execution.alarms() == []


async def test_a_lost_answer_and_a_new_worker_change_nothing(stacks):
    customer, execution, wall = stacks.customer, stacks.execution, stacks.wall
    await customer.act(2)
    await wall.exchange()
    wall.lose_answers = True
    await customer.act(2)
    with pytest.raises(OutcomeUnknown):
        await wall.exchange()
    assert ((await execution.held()).size, await customer.cosigned()) == (4, 2)
    wall.lose_answers = False
    await customer.act()
    wall.asker = wall.new_asker()
    await wall.exchange()
    assert wall.said == "WRONG_OLD_SIZE"
    await wall.exchange()
    assert (wall.said, await customer.cosigned()) == ("COSIGNED", 5)
    assert await customer.alarms() == await execution.alarms() == []


async def test_of_two_at_once_one_is_held_and_the_other_told(stacks):
    customer, execution = stacks.customer, stacks.execution
    await customer.act(2)
    offers = []
    for _ in range(2):
        async with customer.database.app.transaction() as tx:
            offers.append(await customer.witness.load_offer(tx, await execution.held()))
        await customer.act()

    async def judge(offer):
        async with execution.database.app.transaction(HOUSE_TENANT) as tx:
            return await execution.witness.judge_offer(tx, offer, sent_at=AT, now=AT)

    verdicts = await asyncio.gather(*(judge(offer) for offer in offers))
    assert sorted(verdicts) == [Verdict.COSIGNED, Verdict.WRONG_OLD_SIZE]


async def test_the_database_itself_holds_one_line_of_checkpoints(stacks):
    execution, wall = stacks.execution, stacks.wall
    await stacks.customer.act()
    await wall.exchange()
    await stacks.customer.act()
    await wall.exchange()
    owner = await execution.database.connect("owner")
    insert = (
        "INSERT INTO witness_checkpoint (epoch, previous_size, size, root, signature, sent_at, cosigned_at, "
        "cosignature) SELECT 1, $1, $2, root, signature, sent_at, cosigned_at, cosignature "
        "FROM witness_checkpoint WHERE size = 2"
    )
    with pytest.raises(asyncpg.UniqueViolationError):
        await owner.execute(insert, 1, 9)
    with pytest.raises(asyncpg.CheckViolationError):
        await owner.execute(insert, 2, 1)
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await owner.execute(insert, 7, 9)
    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        await owner.execute("DELETE FROM witness_checkpoint")


async def test_an_alarm_stands_until_a_person_ends_it_and_comes_again(stacks):
    customer, execution, wall = stacks.customer, stacks.execution, stacks.wall
    await customer.act(3)
    await wall.exchange()
    await cut_off(customer)
    await wall.exchange(3, later=timedelta(minutes=2))
    assert await execution.alarms() == ["shrunk"]
    assert await customer.alarms() == ["disowned"]
    operator = SystemIds().new()
    async with execution.database.app.transaction(HOUSE_TENANT) as tx:
        (alarm,) = await alarms.list_alarms(tx, 10, only_standing=True)
        assert await end_alarm(tx, alarm.id, operator, AlarmEnding.INVESTIGATED, AT)
        assert not await end_alarm(tx, alarm.id, operator, AlarmEnding.INVESTIGATED, AT)
    assert await execution.alarms() == []
    await wall.exchange(later=timedelta(minutes=2))
    assert await execution.alarms() == ["shrunk"]
    auditor = await execution.database.connect("auditor")
    kinds = await auditor.fetch("SELECT kind FROM audit_record WHERE kind LIKE 'audit.%' ORDER BY txid")
    assert [row["kind"] for row in kinds] == ["audit.alarm_raised", "audit.alarm_ended", "audit.alarm_raised"]


async def cut_off(stack):
    """Take the newest checkpoints away, as who rewrites the database may."""
    superuser = await stack.database.connect("superuser")
    await superuser.execute("SET session_replication_role = replica")
    await superuser.execute("DELETE FROM audit_checkpoint")


async def records_of(stack, kind):
    auditor = await stack.database.connect("auditor")
    rows = await auditor.fetch("SELECT body FROM audit_record WHERE kind = $1 ORDER BY txid", kind)
    return [json.loads(row["body"])["data"] for row in rows]


@pytest.mark.parametrize("doubted", ["customer", "execution"])
async def test_whoever_is_doubted_is_told_and_records_it(stacks, doubted):
    """The stack that only answers, too: it dials nobody, so the next call tells it."""
    log, told = getattr(stacks, doubted), TOLD.labels("inconsistent")._value
    await stacks.customer.act(3)
    await stacks.execution.act(3)
    await stacks.wall.exchange(2)
    await cut_off(log)
    before = told.get()
    await stacks.wall.exchange(3, later=timedelta(minutes=2))
    assert await log.other.alarms() == ["shrunk"]
    assert "disowned" in await log.alarms()
    raised = {each["kind"]: each for each in await records_of(log, "audit.alarm_raised")}["disowned"]
    assert (raised["epoch"], raised["held_size"], raised["size"]) == (1, 3, 0)
    assert told.get() > before
    async with log.database.app.transaction() as tx:
        assert await alarms.is_disowned(tx, 1)
        await measure(tx)
    assert ALARMS._value.get() == len(await log.alarms())


async def test_a_finding_is_told_while_its_alarm_stands_however_calls_go(stacks):
    """A forked checkpoint was shown once: an honest one after it and a new worker hide nothing."""
    execution, customer, wall = stacks.execution, stacks.customer, stacks.wall
    await execution.act(3)
    await wall.exchange(2)
    async with customer.database.app.transaction(HOUSE_TENANT) as tx:
        held = await customer.held()
        shown = SignedCheckpoint(1, held.size, bytes(32), b"")
        line = execution.signer.sign(execution.witness.own.checkpoint(shown))
        offer = Offer(replace(shown, signature=line.raw), held.size)
        said = await customer.witness.judge_offer(tx, offer, sent_at=AT, now=AT)
    assert said is Verdict.INCONSISTENT
    wall.asker = wall.new_asker()
    assert await execution.alarms() == []
    await wall.exchange()
    assert (await customer.alarms(), await execution.alarms()) == (["forked"], ["disowned"])
    operator = SystemIds().new()
    for stack in (customer, execution):
        async with stack.database.app.transaction(HOUSE_TENANT) as tx:
            (alarm,) = await alarms.list_alarms(tx, 10, only_standing=True)
            assert await end_alarm(tx, alarm.id, operator, AlarmEnding.INVESTIGATED, AT)
    await wall.exchange(2)
    assert await customer.alarms() == await execution.alarms() == []


async def test_a_sender_without_the_word_is_answered_as_before(stacks):
    wall = stacks.wall
    await stacks.execution.act(2)
    ask = wall.ask

    async def ask_as_before(request):
        request.ClearField("finding")
        return await ask(request)

    wall.asker._ask = ask_as_before
    await wall.exchange(3)
    assert (await stacks.customer.held()).size == 2
    assert await stacks.execution.alarms() == []


async def test_when_the_other_was_signed_last_is_measured(stacks):
    async def cosigned_at(stack):
        async with stack.database.app.transaction() as tx:
            await measure(tx)
        return COSIGNED._value.get()

    assert await cosigned_at(stacks.execution) == 0
    await stacks.customer.act()
    await stacks.wall.exchange()
    first = stacks.clock.now().timestamp()
    assert await cosigned_at(stacks.execution) == first
    await stacks.wall.exchange(later=timedelta(minutes=5))
    assert await cosigned_at(stacks.execution) == first
    await stacks.customer.act()
    await stacks.wall.exchange()
    assert await cosigned_at(stacks.execution) == stacks.clock.now().timestamp() > first


async def test_the_window_that_is_not_protected_is_measured(stacks):
    customer, wall = stacks.customer, stacks.wall

    async def unwitnessed():
        async with customer.database.app.transaction() as tx:
            return await store.load_unwitnessed_seconds(tx)

    assert await unwitnessed() == 0
    await customer.act(2)
    assert 0 < await unwitnessed() < 60
    await wall.exchange()
    assert await unwitnessed() == 0
    await customer.act()
    assert 0 < await unwitnessed() < 60
