"""The migrations as a whole."""

from execution_stack.books.chart import CHART, Account, Action, BookKind, TransferKind
from execution_stack.breaks.domain import Kind
from execution_stack.exchange.domain import Action as IntentAction
from execution_stack.exchange.domain import Side
from execution_stack.intents.domain import State
from execution_stack.reports.domain import Reason
from execution_stack.settlement.domain import Outcome


async def test_the_database_knows_the_chart_and_the_vocabularies_of_the_code(execution_database):
    connection = await execution_database.connect("auditor")
    rows = await connection.fetch("SELECT account, class, side FROM ledger_chart")
    assert {(row["account"], row["class"] == "checked", row["side"]) for row in rows} == {
        (str(line.account), line.is_checked, line.side) for line in CHART
    }
    for name, members in {
        "ledger_account": Account,
        "ledger_action": Action,
        "ledger_book_kind": BookKind,
        "ledger_transfer_kind": TransferKind,
        "ledger_contract_side": Side,
        "intent_action": IntentAction,
        "intent_state": State,
        "intent_reason": Reason,
        "break_kind": Kind,
        "settlement_outcome": Outcome,
    }.items():
        labels = await connection.fetchval(f"SELECT enum_range(NULL::{name})::text[]")
        assert labels == [str(member) for member in members], name
