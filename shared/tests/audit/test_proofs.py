"""Proofs out of a stored history: of any record, at any size, however it was sealed; and of nothing else."""

import random

import pytest

from shared.audit import audit_head, tree
from shared.audit.checkpoints import read_note, write_note
from shared.audit.proofs import NotProvable, load_root, prove_growth, prove_records
from shared.audit.sealer import Pace
from shared.audit.store import load_checkpoint, load_last_checkpoint

from .conftest import ORIGIN, SIGNER, TENANT


@pytest.fixture
async def grown(book):
    """About a thousand records in seals of very different lengths, whose edges are no block's."""
    for count in (1, 254, 3, 130, 1, 1, 400, 20, 230):
        await book.write(count)
        await book.seal()
    book.all = await book.positions()
    return book


async def test_every_record_and_every_growth_is_proven_at_every_size(grown):
    rng = random.Random(11)  # noqa: S311 - a repeatable choice
    async with grown.database.app.transaction(TENANT) as tx:
        for size in (1, 2, 255, 256, 258, 511, 513, 789, 1040):
            chosen = rng.sample(range(size), min(size, 40))
            proofs = await prove_records(tx, [grown.all[index] for index in chosen], size)
            root = await load_root(tx, size)
            assert [proof.index for proof in proofs] == chosen
            assert all(
                tree.verify_inclusion(proof.leaf, proof.index, size, proof.hashes, root) for proof in proofs
            )
        assert (await audit_head(tx)).root == root
        for old, new in ((0, 1), (1, 2), (200, 256), (255, 1040), (256, 1040), (512, 700), (1040, 1040)):
            proof = await prove_growth(tx, old, new)
            roots = await load_root(tx, old), await load_root(tx, new)
            assert tree.verify_consistency(old, roots[0], new, roots[1], proof)


async def test_what_can_not_be_proven_is_refused(grown):
    await grown.write(1)
    unsealed = (await grown.positions())[-1]
    async with grown.database.app.transaction(TENANT) as tx:
        with pytest.raises(NotProvable, match="not sealed yet"):
            await prove_records(tx, [unsealed], 1040)
        with pytest.raises(NotProvable, match="No checkpoint covers"):
            await prove_records(tx, [grown.all[300]], 300)
        with pytest.raises(NotProvable, match="is not there"):
            await prove_records(tx, [(1, 1)], 1040)
        with pytest.raises(NotProvable, match="not that long"):
            await load_root(tx, 1041)
    async with grown.database.app.transaction() as tx:
        with pytest.raises(NotProvable, match="is not there"):
            await prove_records(tx, [grown.all[0]], 1040)


async def test_a_changed_history_gives_no_proof(grown):
    superuser = await grown.database.connect("superuser")
    await superuser.execute("SET session_replication_role = replica")
    await superuser.execute("UPDATE audit_record SET kind = 'a.b' WHERE id = $1", grown.all[5][1])
    await superuser.execute("UPDATE audit_node SET hash = sha256(hash) WHERE level = 8 AND number = 3")
    async with grown.database.app.transaction(TENANT) as tx:
        with pytest.raises(NotProvable, match="not what was sealed"):
            await prove_records(tx, [grown.all[5]], 1040)
        with pytest.raises(NotProvable, match="does not hold together"):
            await prove_records(tx, [grown.all[600]], 1040)
        with pytest.raises(NotProvable, match="does not hold together"):
            await prove_growth(tx, 700, 1040)


async def test_checkpoints_are_signed_when_they_are_due_and_in_the_form_of_the_standard(book):
    seldom = Pace(checkpoint_records=100)
    for count, size in ((1, 1), (50, 1), (48, 1), (2, 101), (3, 101)):
        await book.write(count)
        await book.seal(seldom)
        async with book.database.app.transaction(TENANT) as tx:
            last = await load_last_checkpoint(tx)
            assert last.size == size
    await book.seal()  # nothing new to seal, and long ago by this pace
    await book.seal()
    async with book.database.app.transaction(TENANT) as tx:
        assert (await load_last_checkpoint(tx)).size == 104
        assert (await load_checkpoint(tx, at_least=2)).size == 101
        assert await load_checkpoint(tx, at_least=105) is None
        root = await load_root(tx, 101)
        found = await load_checkpoint(tx, at_least=101)
    note = write_note(found.checkpoint(ORIGIN), [found.line(ORIGIN)])
    checkpoint, (line,) = read_note(note)
    assert (checkpoint.size, checkpoint.root) == (101, root)
    assert SIGNER.verifier.has_signed(checkpoint, line)
