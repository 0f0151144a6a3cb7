"""An old backup is restored by honest people: nothing conflicting is signed, and a new epoch goes on."""

import asyncio
from datetime import timedelta

import pytest

from shared.audit.proofs import load_root
from shared.audit.sealer import Sealer
from shared.audit.spool import HeadSpool
from shared.audit.witness import alarms, collecting, load_cosigned
from shared.audit.witness.collecting import EvidenceUnusable, collect
from shared.audit.witness.domain import AlarmEnding, RestoreCause
from shared.audit.witness.keeping import NoteKeeper
from shared.audit.witness.notes import NoteFile, read_notes
from shared.audit.witness.service import EpochRefused, accept_epoch, begin_epoch, end_alarm
from shared.audit.witness.signing import STOPPED, SigningGuard
from shared.audit.witness.verifying import Against, verify_witnessed
from shared.ids import HOUSE_TENANT, SystemIds
from shared.restores import (
    DatabaseRestored,
    NotRestored,
    RestoredTo,
    finish,
    require_known,
    require_whole,
)

from .conftest import AT_ONCE
from .test_attacks import ATTACKS, Superuser

OPERATOR = SystemIds().new()


async def signed_sizes(stack):
    auditor = await stack.database.connect("auditor")
    return [row["size"] for row in await auditor.fetch("SELECT size FROM audit_checkpoint ORDER BY size")]


async def collected(log, sources, folder):
    folder.mkdir()
    return await collect(log.database.dsn("auditor"), sources, *keys(log), HeadSpool.begin(folder))


async def test_a_restored_log_signs_nothing_until_people_of_both_sides_agree(stacks, tmp_path, monkeypatch):
    monkeypatch.setattr(collecting, "AT_ONCE", 2)
    log, witness, wall = stacks.customer, stacks.execution, stacks.wall
    file = NoteFile(tmp_path / "notes.jsonl")
    keeper = NoteKeeper(log.database.app, file)

    def restart():
        guard = SigningGuard(log.witness.own, log.witness.other, file)
        log.sealer = Sealer("unused", log.signer, AT_ONCE, guard)
        wall.asker = wall.new_asker()

    restart()
    for _ in range(2):
        await log.act(3)
        await wall.exchange()
        await keeper.keep()
        await keeper.keep()
    backup = Superuser(log)
    await backup.back_up()
    await log.act(4)
    await wall.exchange()
    await keeper.keep()
    assert await signed_sizes(log) == [3, 6, 10]

    # Restored, and started again: records are sealed as ever, and none of it is signed.
    await backup.restore()
    restart()
    await log.act(1)
    assert (await signed_sizes(log), STOPPED._value.get()) == ([3, 6], 1)
    await wall.exchange(2)
    assert await log.alarms() == ["behind"]
    await log.act(7)
    assert await signed_sizes(log) == [3, 6]

    # The log's people begin an epoch. It is another log, which nobody has accepted yet.
    async with log.database.app.transaction(HOUSE_TENANT) as tx:
        assert await begin_epoch(tx, OPERATOR, RestoreCause.BACKUP_RESTORED, stacks.clock.now()) == (2, 6)
        for alarm in await alarms.list_alarms(tx, 10, only_standing=True):
            assert await end_alarm(tx, alarm.id, OPERATOR, AlarmEnding.RESTORE_ACCEPTED, stacks.clock.now())
    await log.act(1)
    sizes = await signed_sizes(log)
    assert (sizes[:2], len(sizes), STOPPED._value.get()) == ([3, 6], 3, 0)
    await wall.exchange(2)
    assert wall.said == "UNKNOWN_EPOCH"
    assert (await collected(log, [str(tmp_path / "notes.jsonl")], tmp_path / "one")).lost() == 4

    # The witness's people accept it: both go on, and what was signed of what is kept still holds.
    async with witness.database.app.transaction(HOUSE_TENANT) as tx:
        held, kept = await accept_epoch(tx, 2, 6, OPERATOR, stacks.clock.now())
        assert ((held.epoch, held.size), (kept.epoch, kept.size)) == ((1, 10), (2, 6))
    with pytest.raises(EpochRefused):
        async with witness.database.app.transaction(HOUSE_TENANT) as tx:
            await accept_epoch(tx, 2, 6, OPERATOR, stacks.clock.now())
    await wall.exchange(2, later=timedelta(minutes=2))
    assert (wall.said, (await witness.held()).epoch, await log.alarms()) == ("COSIGNED", 2, [])
    await keeper.keep()
    async with log.database.app.transaction() as tx:
        checkpoint, _ = await load_cosigned(tx, at_least=1)
        assert checkpoint.origin == "bulkhead/test/customer/2"
        old = [line.note for line in read_notes(tmp_path / "notes.jsonl", *keys(log))]
        assert [(each.signed.epoch, each.signed.size) for each in old[:3]] == [(1, 3), (1, 6), (1, 10)]
        for each in old[:2]:
            assert await load_root(tx, each.signed.size) == each.signed.root
    sources = [str(tmp_path / "notes.jsonl"), witness.database.dsn("auditor")]
    verified = await verify_witnessed(log.database.dsn("auditor"), Against(*keys(log), tuple(sources)))
    assert (verified.is_good, verified.lost, verified.covered) == (True, 0, checkpoint.size)
    verified = await verify_witnessed(log.database.dsn("auditor"), Against(*keys(log), tuple(sources[:1])))
    assert (verified.is_good, verified.report.is_good, verified.lost) == (False, False, 4)
    assert "BAD: 4 signed records are gone" in str(verified)
    # Where the old epoch ended is the witness's word: the log's own database may say anything.
    superuser = await log.database.connect("superuser")
    await superuser.execute("SET session_replication_role = replica; UPDATE audit_epoch SET after_size = 0")
    found = await collected(log, sources, tmp_path / "two")
    assert [head.size for head in found.spool.each()] == [3, 6, checkpoint.size]
    assert found.lost() == 0
    await superuser.execute("UPDATE audit_epoch SET after_size = 6")

    # A process that is started anew finds the epoch's own note in the file.
    restart()
    await log.act(1)
    assert len(await signed_sizes(log)) == 4


async def test_no_worker_starts_on_a_database_that_lost_what_a_note_covers(stacks, tmp_path):
    log, now = stacks.customer, stacks.clock.now()
    file = NoteFile(tmp_path / "notes.jsonl")
    app, guard = log.database.app, SigningGuard(log.witness.own, log.witness.other, file)
    await require_known(app, now, "after")
    await require_whole(app, guard, "after")  # there is no note yet
    await log.act(3)
    backup = Superuser(log)
    await backup.back_up()
    await log.act(3)
    await stacks.wall.exchange()
    await NoteKeeper(app, file).keep()
    await require_whole(app, guard, "after")
    await backup.restore()
    # The timeline is the one that is listed, and a promise would let another one pass: the note does not.
    await require_known(app, now, "after", failover_loses_nothing=True)
    with pytest.raises(DatabaseRestored, match="over 6 records of epoch 1"):
        await require_whole(app, guard, "after")
    await log.act(4)
    with pytest.raises(DatabaseRestored):  # as many records again, and others
        await require_whole(app, guard, "after")
    async with app.transaction(HOUSE_TENANT) as tx:
        with pytest.raises(NotRestored):
            await finish(tx, RestoredTo.MOMENT, OPERATOR, now)
        assert (await finish(tx, RestoredTo.MOMENT, OPERATOR, now, though_listed=True)).epoch == 2
    await require_whole(app, guard, "after")


async def test_verification_says_how_much_evidence_it_had_and_refuses_none(stacks, tmp_path):
    log, source = stacks.customer, tmp_path / "notes.jsonl"
    await log.act(3)
    for text in ("", '{"note": "bulk'):
        source.write_text(text)
        with pytest.raises(EvidenceUnusable, match="proves nothing"):
            await verify_witnessed(log.database.dsn("auditor"), Against(*keys(log), (str(source),)))
    witness = (stacks.execution.database.dsn("auditor"),)
    with pytest.raises(EvidenceUnusable, match="proves nothing") as refused:
        await verify_witnessed(log.database.dsn("auditor"), Against(*keys(log), witness))
    assert "postgres" not in str(refused.value)
    assert "0 cosigned, 0 torn" in str(
        await verify_witnessed(log.database.dsn("auditor"), Against(*keys(log)))
    )
    await stacks.wall.exchange()
    await NoteKeeper(log.database.app, NoteFile(source)).keep()
    found = await verify_witnessed(log.database.dsn("auditor"), Against(*keys(log), (str(source), *witness)))
    assert found.is_good
    assert "1 cosigned, 1 torn, the last over 3 records" in str(found)


async def test_a_database_that_is_restored_under_a_running_process_signs_nothing(stacks, tmp_path):
    log, file = stacks.customer, NoteFile(tmp_path / "notes.jsonl")
    guard = SigningGuard(log.witness.own, log.witness.other, file)
    sealer = Sealer(log.database.dsn("sealer"), log.signer, AT_ONCE, guard)

    async def serve_until(size):
        """Let the process seal on a new connection."""
        stop = asyncio.Event()
        running = asyncio.create_task(sealer.run(stop))
        auditor = await log.database.connect("auditor")
        for _ in range(1000):
            if await auditor.fetchval("SELECT max(size) FROM audit_seal") == size:
                break
            await asyncio.sleep(0.01)
        stop.set()
        await running

    await log.write(3)
    await serve_until(3)
    backup = Superuser(log)
    await backup.back_up()
    await log.write(3)
    await serve_until(6)
    await stacks.wall.exchange()
    await NoteKeeper(log.database.app, file).keep()
    await backup.restore()
    await log.write(5)
    await serve_until(8)
    assert (await signed_sizes(log), STOPPED._value.get()) == ([3], 1)


@pytest.mark.parametrize("kept", [6, 8])
async def test_an_accepted_restore_allows_no_other_past(stacks, kept):
    """Somebody rewrites what was kept before the epoch's first checkpoint: the witness still has its root."""
    log, witness, wall = stacks.customer, stacks.execution, stacks.wall
    for _ in range(2):
        await log.act(3)
        await wall.exchange()
    async with log.database.app.transaction(HOUSE_TENANT) as tx:
        assert await begin_epoch(tx, OPERATOR, RestoreCause.BACKUP_RESTORED, stacks.clock.now()) == (2, 6)
    async with witness.database.app.transaction(HOUSE_TENANT) as tx:
        await accept_epoch(tx, 2, kept, OPERATOR, stacks.clock.now())
    await wall.exchange()
    assert await log.alarms() == []
    log.sealer = Sealer("unused", log.signer.under("bulkhead/test/customer/2"), AT_ONCE)
    await Superuser(log).attack(ATTACKS["edit"])
    await log.act(1)
    await wall.exchange(2)
    assert (wall.said, (await witness.held()).size) == ("INCONSISTENT", 6)
    assert "forked" in await witness.alarms()


async def test_a_second_restore_continues_the_newest_checkpoint_that_was_kept(stacks):
    log, witness, wall = stacks.customer, stacks.execution, stacks.wall
    await log.act(3)
    await wall.exchange()
    for epoch, kept, held in ((2, 3, 3), (3, 4, 3), (4, 2, 0)):
        async with log.database.app.transaction(HOUSE_TENANT) as tx:
            await begin_epoch(tx, OPERATOR, RestoreCause.DRILL, stacks.clock.now())
        async with witness.database.app.transaction(HOUSE_TENANT) as tx:
            assert (await accept_epoch(tx, epoch, kept, OPERATOR, stacks.clock.now()))[1].size == held
        log.sealer = Sealer("unused", log.signer.under(f"bulkhead/test/customer/{epoch}"), AT_ONCE)
        await log.act(2)
        await wall.exchange(2)
        assert (wall.said, (await witness.held()).epoch) == ("COSIGNED", epoch)


def keys(stack):
    return stack.witness.own, stack.witness.other
