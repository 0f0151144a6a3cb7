"""The migrations as a whole."""

from customer_stack.ledger.chart import CHART
from customer_stack.ledger.domain import Account, Action, BookKind, TransferKind


async def test_the_database_knows_the_chart_and_the_vocabularies_of_the_code(customer_database):
    connection = await customer_database.connect("auditor")
    rows = await connection.fetch("SELECT account, class, side FROM ledger_chart")
    assert {(row["account"], row["class"], row["side"]) for row in rows} == {
        (str(line.account), str(line.account_class), line.side) for line in CHART
    }
    for name, members in {
        "ledger_account": Account,
        "ledger_action": Action,
        "ledger_book_kind": BookKind,
        "ledger_transfer_kind": TransferKind,
    }.items():
        labels = await connection.fetchval(f"SELECT enum_range(NULL::{name})::text[]")
        assert labels == [str(member) for member in members]
