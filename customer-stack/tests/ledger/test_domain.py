"""The words of the code are the words of the database."""

import pytest

from customer_stack.fx.domain.quotes import QuoteOutcome, QuotePurpose
from customer_stack.ledger.chart import CHART, AccountKind
from customer_stack.ledger.domain import Account, Action, BookKind, DealState, ItemState, TransferKind
from customer_stack.payments.domain import PayInOutcome, PayInReason
from customer_stack.reconciliation.domain.breaks import BreakType, How, LinkKind, StepKind, Unit
from customer_stack.reconciliation.domain.checks import CheckName, Result
from customer_stack.settlement.domain.instruction import Direction
from customer_stack.settlement.domain.messages import EntryOutcome
from customer_stack.settlement.domain.states import Word
from customer_stack.settlement.files import FileKind
from customer_stack.signing.domain import Method
from customer_stack.treasury.domain import MovementKind


@pytest.mark.parametrize(
    ("type_name", "words"),
    [
        ("ledger_account", Account),
        ("ledger_book_kind", BookKind),
        ("ledger_transfer_kind", TransferKind),
        ("ledger_action", Action),
        ("ledger_account_kind", AccountKind),
        ("ledger_deal_word", DealState),
        ("ledger_item_state", ItemState),
        ("fx_quote_purpose", QuotePurpose),
        ("fx_quote_outcome", QuoteOutcome),
        ("payment_pay_in_outcome", PayInOutcome),
        ("payment_pay_in_reason", PayInReason),
        ("reconciliation_check_name", CheckName),
        ("reconciliation_result", Result),
        ("reconciliation_break_type", BreakType),
        ("reconciliation_break_how", How),
        ("reconciliation_link_kind", LinkKind),
        ("reconciliation_step_kind", StepKind),
        ("reconciliation_unit", Unit),
        ("settlement_direction", Direction),
        ("settlement_word", Word),
        ("settlement_file_kind", FileKind),
        ("settlement_entry_outcome", EntryOutcome),
        ("signing_method", Method),
        ("treasury_movement_kind", MovementKind),
    ],
)
async def test_an_enumerated_type_has_the_members_of_its_code(customer_database, type_name, words):
    connection = await customer_database.connect("app")
    members = await connection.fetchval(f"SELECT enum_range(NULL::{type_name})::text[]")
    assert set(members) == {word.value for word in words}


async def test_the_chart_in_the_database_is_the_chart_of_the_code(customer_database):
    connection = await customer_database.connect("app")
    rows = await connection.fetch("SELECT account, class, side, kind FROM ledger_chart")
    stored = {(row["account"], row["class"], row["side"], row["kind"]) for row in rows}
    assert stored == {
        (line.account.value, line.account_class.value, line.side, line.kind.value) for line in CHART
    }
