"""An id looks like any other, so it means nothing until it was registered: nothing of it is kept."""

from uuid import UUID, uuid4

from boundary.v1 import boundary_pb2 as v1
from boundary.v2 import boundary_pb2 as v2
from shared.boundary import methods, wire

TEXT = b"Zyxandra Quillfe"
CRAFTED = UUID(bytes=TEXT, version=4)  # twelve of its sixteen letters are still there


async def rows_that_hold(behind, value):
    """Count the rows of every table with a uuid that hold a value."""
    columns = await behind.fetch(
        "SELECT table_name, column_name FROM information_schema.columns "
        "WHERE table_schema = 'public' AND data_type = 'uuid'"
    )
    assert len(columns) > 20
    return {
        f"{table}.{column}": found
        for table, column in columns
        if (found := await behind.value(f"SELECT count(*) FROM {table} WHERE {column} = $1", value))
    }


async def test_an_intent_of_an_account_that_nobody_registered_leaves_no_row(behind):
    intent = behind.intent(account=wire.uuid_to_wire(CRAFTED))
    answered = await behind.ask(methods.SUBMIT_INTENTS, v1.SubmitIntentsRequest(intents=[intent]))
    assert answered.answers[0].reason == v2.REASON_UNKNOWN_ACCOUNT
    assert await rows_that_hold(behind, CRAFTED) == {}
    assert await rows_that_hold(behind, wire.uuid_from_wire(intent.intent)) == {}


async def test_the_search_finds_what_was_registered(behind):
    tenant, account = wire.uuid_to_wire(behind.tenants[0]), uuid4()
    accounts = [v1.Account(account=wire.uuid_to_wire(account), tenant=tenant)]
    await behind.ask(methods.REGISTER_ACCOUNTS, v1.RegisterAccountsRequest(accounts=accounts))
    assert set(await rows_that_hold(behind, account)) == {"account_reference.account", "ledger_book.id"}
