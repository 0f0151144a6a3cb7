"""Checkpoints are exchanged through the real door: gRPC, signatures, nonces, and both databases."""

import pytest

from execution_stack.witnessing import grpc_api
from shared.audit.checkpoints import Signer
from shared.audit.sealer import Sealer
from shared.audit.witness import Witness, alarms, load_cosigned, store
from shared.audit.witness.exchange import Exchange
from shared.boundary import methods
from shared.boundary.errors import OutcomeUnknown
from shared.database import Database

CUSTOMER, EXECUTION = Signer.generate("bulkhead/test/customer"), Signer.generate("bulkhead/test/execution")


def witness_of(own, other):
    return Witness(own, [own.verifier], [other.verifier])


async def seal(database, signer):
    sealing = await Database.connect(database.dsn("sealer"), name="test-sealer", pool_size=1)
    try:
        async with sealing.session() as session:
            await Sealer("unused", signer).take_turn(session)
    finally:
        await sealing.close()


async def test_both_stacks_sign_each_other_through_the_door(
    behind, execution_database, kernel_database, record_something
):
    async def ask(request):
        return await behind.ask(methods.EXCHANGE_CHECKPOINTS, request)

    asker = Exchange(kernel_database.app, witness_of(CUSTOMER, EXECUTION), ask, behind.clock)
    with pytest.raises(OutcomeUnknown):
        await asker.exchange()  # a receiver that does not know the call yet
    await behind.close()
    behind.also = lambda server: grpc_api.serve(
        server, behind.database, witness_of(EXECUTION, CUSTOMER), behind.clock
    )
    await behind.serve()
    for database, signer in ((kernel_database, CUSTOMER), (execution_database, EXECUTION)):
        await record_something(database)
        await seal(database, signer)
    await asker.exchange()
    await asker.exchange()
    for database in (kernel_database, execution_database):
        async with database.app.transaction() as tx:
            assert (await store.load_held(tx)).size >= 1
            assert await load_cosigned(tx, at_least=1) is not None
            assert await alarms.list_alarms(tx, 10, only_standing=True) == []
