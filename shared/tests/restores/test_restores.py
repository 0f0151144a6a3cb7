"""A database that came back: what starts on it, and which calls still take effect."""

from datetime import timedelta
from uuid import uuid4

import pytest

from shared.audit.witness import store as witness
from shared.boundary import nonces
from shared.boundary.calls import VerifiedCall
from shared.boundary.errors import Replayed
from shared.boundary.signing import FUTURE_TOLERANCE
from shared.clock import SystemClock
from shared.ids import HOUSE_TENANT
from shared.restores import (
    DatabaseRestored,
    NotRestored,
    RestoredTo,
    finish,
    require_known,
    require_unseen,
)

COMMAND = "stack after-restore"


@pytest.fixture
def now():
    return SystemClock().now()


async def come_back(database, now, *, same_server=True):
    """Make the database one that was seen under another timeline, or on another server, before."""
    await require_known(database.app, now, COMMAND)
    superuser = await database.connect("superuser")
    await superuser.execute("SET session_replication_role = replica")
    change = "timeline = timeline + 7" if same_server else "system_identifier = system_identifier + 1"
    await superuser.execute(f"UPDATE database_seen SET {change}")


async def restore(database, now, to=RestoredTo.END):
    async with database.app.transaction(HOUSE_TENANT) as tx:
        return await finish(tx, to, uuid4(), now)


def call_at(at):
    return VerifiedCall(key_id=uuid4(), sender="a.b", nonce=uuid4().bytes, idempotency_key=uuid4(), at=at)


async def test_a_new_database_is_listed_by_its_first_process(customer_database, now):
    for _ in range(2):
        await require_known(customer_database.app, now, COMMAND)
    async with customer_database.app.transaction() as tx:
        assert await tx.fetch_value("SELECT count(*) FROM database_seen") == 1
        with pytest.raises(NotRestored):
            await require_unseen(tx)


@pytest.mark.parametrize("same_server", [True, False], ids=["another timeline", "another server"])
async def test_nothing_starts_on_a_restored_database_before_somebody_has_looked(
    customer_database, now, same_server
):
    await come_back(customer_database, now, same_server=same_server)
    with pytest.raises(DatabaseRestored, match=COMMAND):
        await require_known(customer_database.app, now, COMMAND)
    finished = await restore(customer_database, now)
    assert finished.epoch is None
    await require_known(customer_database.app, now, COMMAND)
    with pytest.raises(NotRestored):
        await restore(customer_database, now)


async def test_a_failover_that_is_promised_to_lose_nothing_needs_nobody(customer_database, now):
    await come_back(customer_database, now)
    await require_known(customer_database.app, now, COMMAND, failover_loses_nothing=True)
    # A restore looks the same. Whoever did one says so, also after a process was quicker.
    assert (await restore(customer_database, now, RestoredTo.MOMENT)).epoch == 2


async def test_the_promise_says_nothing_about_another_server(customer_database, now):
    await come_back(customer_database, now, same_server=False)
    with pytest.raises(DatabaseRestored):
        await require_known(customer_database.app, now, COMMAND, failover_loses_nothing=True)


async def test_what_was_lost_begins_an_epoch_of_the_audit(customer_database, now):
    await come_back(customer_database, now)
    finished = await restore(customer_database, now, RestoredTo.MOMENT)
    assert (finished.epoch, finished.kept) == (2, 0)
    async with customer_database.app.transaction(HOUSE_TENANT) as tx:
        assert await witness.load_epoch(tx) == 2
        kinds = [row["kind"] for row in await tx.fetch("SELECT kind FROM audit_record ORDER BY id")]
    assert kinds == ["audit.epoch_begun", "database.restored"]


async def test_a_call_that_was_signed_before_the_restore_ended_takes_no_effect(execution_database, now):
    captured = call_at(now - timedelta(seconds=1))
    async with nonces.consuming(execution_database.app, captured):
        pass
    await come_back(execution_database, now)
    superuser = await execution_database.connect("superuser")
    await superuser.execute("DELETE FROM boundary_nonce")  # the restore has forgotten it
    await restore(execution_database, now)
    for call in (captured, call_at(now), call_at(now + FUTURE_TOLERANCE)):
        with pytest.raises(Replayed):
            await nonces.consume_alone(execution_database.app, call)
        with pytest.raises(Replayed):
            async with execution_database.app.transaction() as tx:
                await nonces.consume(tx, call)
    later = call_at(now + FUTURE_TOLERANCE + timedelta(microseconds=1))
    await nonces.consume_alone(execution_database.app, later)
