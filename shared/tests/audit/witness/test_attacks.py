"""A database superuser changes history, computes every hash again and signs it with the log's own key.

The same attacks twice: verification of the database alone finds nothing (so this test can fail), and the
other stack, which holds one signed checkpoint and no record, finds each.
"""

from datetime import timedelta

import pytest

from shared.audit.damage import Problem
from shared.audit.verify import verify
from shared.audit.witness.verifying import Against, verify_witnessed

RECORD = "(SELECT txid::text::bigint FROM audit_record ORDER BY txid, id OFFSET {} LIMIT 1)::text::xid8"
EDIT = f"UPDATE audit_record SET body = '\\x7b7d' WHERE txid = {RECORD.format(2)}"
ATTACKS = {
    "truncate": f"DELETE FROM audit_record WHERE txid > {RECORD.format(4)}",
    "edit": EDIT,
    "edit the last": EDIT.replace("OFFSET 2", "OFFSET 6"),
    "delete": f"DELETE FROM audit_record WHERE txid = {RECORD.format(2)}",
    "swap": "UPDATE audit_record r SET body = o.body FROM audit_record o "
    f"WHERE (r.txid, o.txid) IN (({RECORD.format(1)}, {RECORD.format(3)}), "
    f"({RECORD.format(3)}, {RECORD.format(1)}))",
    "insert": "INSERT INTO audit_record (id, txid, tenant_id, kind, recorded_at, body) "
    "OVERRIDING SYSTEM VALUE SELECT 1000000, txid, tenant_id, kind, recorded_at, body FROM audit_record "
    f"WHERE txid = {RECORD.format(2)}",
}
FORGET = "DELETE FROM audit_seal; DELETE FROM audit_node; DELETE FROM audit_checkpoint;"


class Superuser:
    """Somebody whom no trigger, foreign key or policy stops, with the log's key."""

    LOG = ("audit_record", "audit_seal", "audit_node", "audit_checkpoint", "audit_cosignature")

    def __init__(self, stack):
        self.stack = stack

    async def attack(self, sql):
        """Change history; then seal all of it again, as the log itself would."""
        superuser = await self.stack.database.connect("superuser")
        await superuser.execute("SET session_replication_role = replica")
        await superuser.execute(f"{sql}; {FORGET}")
        await superuser.close()
        await self.stack.seal()

    async def back_up(self):
        self.connection = await self.stack.database.connect("superuser")
        await self.connection.execute("SET session_replication_role = replica")
        for table in self.LOG:
            await self.connection.execute(f"CREATE TEMP TABLE backup_{table} AS TABLE {table}")

    async def restore(self):
        for table in self.LOG:
            await self.connection.execute(
                f"DELETE FROM {table}; INSERT INTO {table} OVERRIDING SYSTEM VALUE TABLE backup_{table}"
            )
        await self.connection.close()


async def looks_good(stack):
    """Tell whether the database alone verifies: records, tree, and checkpoints with the log's key."""
    report = await verify(stack.database.dsn("auditor"), verifiers=[stack.signer.verifier])
    return report.is_good and report.are_signed


async def verified(log):
    """Verify a whole history with what the other stack's database holds of it."""
    sources = (log.other.database.dsn("auditor"),)
    return await verify_witnessed(
        log.database.dsn("auditor"), Against(log.witness.own, log.witness.other, sources)
    )


@pytest.mark.parametrize("what", [*ATTACKS])
async def test_the_other_stack_finds_what_the_database_alone_hides(stacks, what):
    """Both logs are attacked at once: each is found by the other, which holds no record of it."""
    logs = stacks.customer, stacks.execution
    for log in logs:
        await log.act(7)
    await stacks.wall.exchange(2)
    assert (await verified(logs[0])).is_good
    for log in logs:
        await Superuser(log).attack(ATTACKS[what])
        assert await looks_good(log)
        assert await log.other.alarms() == []
    await stacks.wall.exchange(2, later=timedelta(minutes=2))
    expected = "shrunk" if what in ("truncate", "delete") else "forked"
    for log in logs:
        assert expected in await log.other.alarms()
        # It stays found: the log grows beyond what is held, and nothing of it is signed any more.
        await log.act(9)
        assert await looks_good(log)
    await stacks.wall.exchange(2, later=timedelta(minutes=2))
    for log in logs:
        report = (await verified(log)).report
        assert report.finding.problem is Problem.HEAD_DIFFERS
        assert report.finding.sequence == 7
        assert (await log.other.held()).size == await log.cosigned() == 7
        assert "forked" in await log.other.alarms()


@pytest.mark.parametrize("victim", ["customer", "execution"])
async def test_an_old_backup_is_found_at_once_and_when_it_has_grown_again(stacks, victim):
    log = getattr(stacks, victim)
    await log.act(3)
    await stacks.wall.exchange(2)
    somebody = Superuser(log)
    await somebody.back_up()
    await log.act(4)
    await stacks.wall.exchange(2)
    await somebody.restore()
    assert await looks_good(log)
    stacks.wall.asker = stacks.wall.new_asker()
    await stacks.wall.exchange(3)
    assert "behind" in await stacks.customer.alarms() + await stacks.execution.alarms()
    await log.act(9)
    assert await looks_good(log)
    await stacks.wall.exchange(2)
    assert "forked" in await log.other.alarms()
    assert (await log.other.held()).size == 7
