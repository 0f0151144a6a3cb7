"""The log's key was changed: whoever finds the old one signs nothing more that anybody takes."""

from shared.audit.checkpoints import Signer
from shared.audit.sealer import Sealer
from shared.audit.witness import Witness
from shared.audit.witness.signing import SigningGuard

from .conftest import AT_ONCE


def rotate(log):
    """Give a log a second key; return what seals with the first, and what seals with the second."""
    fresh = Signer(log.signer.name, bytes(32))
    listed = [log.signer.verifier, fresh.verifier]
    log.witness = Witness(fresh, listed, [log.other.signer.verifier])
    log.other.witness = Witness(log.other.signer, [log.other.signer.verifier], listed)
    guard = SigningGuard(log.witness.own, log.witness.other, None)
    return [Sealer("unused", signer, AT_ONCE, guard) for signer in (log.signer, fresh)]


async def test_a_retired_key_is_refused_by_the_witness(stacks):
    log, wall = stacks.customer, stacks.wall
    await log.act(2)
    await wall.exchange()
    forger = log.sealer
    _, log.sealer = rotate(log)
    wall.asker = wall.new_asker()
    await log.act(1)
    await wall.exchange()
    assert wall.said == "COSIGNED"
    log.sealer = forger
    await log.act(1)
    await wall.exchange(2)
    assert (wall.said, (await log.other.held()).size) == ("BAD_SIGNATURE", 3)


async def test_a_worker_that_goes_on_with_a_retired_key_only_seals(stacks):
    log = stacks.customer
    await log.act(2)
    log.sealer, fresh = rotate(log)
    await log.act(1)
    old, log.sealer = log.sealer, fresh
    await log.act(1)
    log.sealer = old
    await log.act(1)
    auditor = await log.database.connect("auditor")
    signed = [row["size"] for row in await auditor.fetch("SELECT size FROM audit_checkpoint ORDER BY 1")]
    assert signed == [2, 3, 4]
    assert await auditor.fetchval("SELECT max(size) FROM audit_seal") == 5
