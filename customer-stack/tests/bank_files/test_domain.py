"""What a bank's file says, exactly, or a refusal; and the file that we write."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customer_stack.bank_files.domain.orders import Batch, CreditTransfer, Debtor, build_file
from customer_stack.bank_files.domain.reading import read_message
from customer_stack.bank_files.domain.values import Direction, Meaning, MessageKind, Verdict, meaning_of
from customer_stack.bank_files.errors import BalancesDisagree, FileInvalid, FileTooLarge, OtherAccount
from shared.errors import InvariantViolated, Refusal

PAYOUT = UUID("0193b3f0-0000-7000-8000-00000000abcd")
ACCOUNT = "0012345678"
REFERENCE = "BH0123456789ABC"
same_files = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def read(raw: bytes) -> Any:
    return read_message(raw, ACCOUNT)


def test_a_statement_is_read_to_the_cent(bank: Any):
    lines = [
        bank.line("IN1", "30000.00", remittance=f"for {REFERENCE}"),
        bank.line("OUT1", "14750.0", side="DBIT", end_to_end=PAYOUT.hex),
        bank.line("OUT2", "14750", side="DBIT", end_to_end="ours"),
        bank.line("BACK1", "14750.000", end_to_end=PAYOUT.hex.upper(), reason="AC04"),
        bank.line("IN2", "0.01", structured=REFERENCE, booked="<DtTm>2026-11-21T03:30:00</DtTm>"),
    ]
    message = read(bank.statement(lines))
    assert (message.kind, message.message_id) == (MessageKind.STATEMENT, "STMT-1")
    assert [entry.signed for entry in message.entries] == [30_000_00, -14_750_00, -14_750_00, 14_750_00, 1]
    assert [meaning_of(entry) for entry in message.entries] == [
        Meaning.PAY_IN,
        Meaning.PAYOUT_PAID,
        Meaning.OWN,
        Meaning.PAYOUT_RETURNED,
        Meaning.PAY_IN,
    ]
    first, returned, last = message.entries[0], message.entries[3], message.entries[4]
    assert (first.remittance, first.counterparty) == (f"for {REFERENCE}", "8001112223")
    assert first.booked_at == datetime(2026, 11, 20, 18, 30, tzinfo=UTC)
    assert (returned.payout_id, returned.reason) == (PAYOUT, "AC04")
    assert (last.remittance, last.booked_at) == (REFERENCE, datetime(2026, 11, 20, 22, 0, tzinfo=UTC))


def test_a_reversed_credit_is_money_taken_back_and_names_what_it_undoes(bank: Any):
    line = bank.line("RV1", "30000.00", side="DBIT", reversal=True, original="IN1")
    (entry,) = read(bank.notification([line])).entries
    assert (meaning_of(entry), entry.original_reference) == (Meaning.TAKEN_BACK, "IN1")


def test_a_reversed_debit_that_names_no_payout_is_the_house_s_own(bank: Any):
    (entry,) = read(bank.notification([bank.line("RV2", "1.00", reversal=True)])).entries
    assert meaning_of(entry) is Meaning.OWN


def test_what_is_not_booked_is_left_out_of_entries_and_balances(bank: Any):
    lines = [
        bank.line("IN1", "1.00"),
        bank.line("IN2", "5.00", status="<Sts><Cd>PDNG</Cd></Sts>"),
        bank.line("IN3", "5.00", status=""),
        bank.line("IN4", "2.00", status="<Sts>BOOK</Sts>"),
    ]
    assert [entry.bank_reference for entry in read(bank.statement(lines)).entries] == ["IN1", "IN4"]


amounts = st.integers(1, 10**12)


@same_files
@given(st.lists(st.tuples(amounts, st.booleans()), max_size=20), st.integers(-(10**12), 10**12))
def test_a_statement_stands_exactly_when_its_balances_add_up(bank: Any, moves: Any, opening: int):
    lines = [
        bank.line(f"R{number}", f"{amount // 100}.{amount % 100:02d}", side="CRDT" if credit else "DBIT")
        for number, (amount, credit) in enumerate(moves)
    ]
    message = read(bank.statement(lines, opening=opening))
    assert message.closing - message.opening == sum(entry.signed for entry in message.entries)
    assert all(type(entry.amount) is int for entry in message.entries)
    with pytest.raises(BalancesDisagree):
        read(bank.statement(lines, opening=opening, closing=message.closing + 1))


@pytest.mark.parametrize(
    "knobs",
    [
        {"amount": "1.001"},
        {"amount": "1e2"},
        {"amount": "-1.00"},
        {"amount": "0.00"},
        {"amount": "NaN"},
        {"amount": "٣.00"},
        {"currency": "USD"},
        {"side": "BOTH"},
        {"reference": ""},
        {"reference": "two words"},
        {"booked": "<Dt>today</Dt>"},
        {"booked": "<DtTm>0001-01-01T00:00:00+14:00</DtTm>"},
        {"booked": ""},
    ],
)
def test_one_entry_that_is_not_exact_refuses_the_whole_file(bank: Any, knobs: dict[str, str]):
    lines = [bank.line("OK1", "1.00"), bank.line(**({"reference": "IN1", "amount": "1.00"} | knobs))]
    with pytest.raises(FileInvalid):
        read(bank.notification(lines))


def test_a_reference_twice_another_account_and_a_page_of_several_are_refused(bank: Any):
    twice = [bank.line("IN1", "1.00"), bank.line("IN1", "1.00")]
    with pytest.raises(FileInvalid):
        read(bank.statement(twice))
    with pytest.raises(OtherAccount):
        read(bank.statement([], account="999"))
    page = "<MsgPgntn><PgNb>1</PgNb><LastPgInd>false</LastPgInd></MsgPgntn>"
    with pytest.raises(FileInvalid):
        read(bank.statement([], extra=page))


def test_a_batch_entry_is_split_into_its_transactions_which_must_add_up(bank: Any):
    def batch(*parts: str) -> bytes:
        details = "".join(
            f'<TxDtls><Refs><AcctSvcrRef>B{number}</AcctSvcrRef></Refs><Amt Ccy="LKR">{part}</Amt></TxDtls>'
            for number, part in enumerate(parts)
        )
        line: str = bank.line("B", "30.00").xml()
        head, _, rest = line.partition("<TxDtls>")
        return bank.notification([]).replace(
            b"</Ntfctn>", f"{head}{details}{rest.partition('</TxDtls>')[2]}</Ntfctn>".encode()
        )

    entries = read(batch("10.00", "20.00")).entries
    assert [(entry.bank_reference, entry.amount) for entry in entries] == [("B0", 10_00), ("B1", 20_00)]
    with pytest.raises(FileInvalid):
        read(batch("10.00", "20.01"))


@pytest.mark.parametrize(
    ("status", "reference", "verdict"),
    [
        ("ACSC", "OUT1", Verdict.PAID),
        ("ACCC", "OUT1", Verdict.PAID),
        ("ACSC", "", None),
        ("RJCT", "", Verdict.REFUSED),
        ("ACSP", "OUT1", None),
        ("ACCP", "OUT1", None),
        ("ACTC", "OUT1", None),
        ("PDNG", "OUT1", None),
        ("PART", "OUT1", None),
        ("ZZZZ", "OUT1", None),
        ("", "OUT1", None),
    ],
)
def test_only_an_explicit_word_of_a_report_counts(bank: Any, status: str, reference: str, verdict: Any):
    message = read(bank.report([(PAYOUT.hex, status, reference)]))
    assert [each.verdict for each in message.statuses] == ([] if verdict is None else [verdict])


@given(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=4, max_size=4))
@same_files
def test_a_word_that_is_neither_yes_nor_no_settles_nothing(bank: Any, status: str):
    message = read(bank.report([(PAYOUT.hex, status, "OUT1")], group=status, batch=status))
    if status not in {"ACSC", "ACCC", "RJCT"}:
        assert (message.statuses, message.batch_refusals) == ((), ())
    assert bool(message.batch_refusals) == (status == "RJCT")


@pytest.mark.parametrize("reason", ["AM05", "DU01", "DU04", "DUPL"])
def test_a_rejection_as_a_duplicate_is_no_refusal(bank: Any, reason: str):
    """The first copy of the file may be on its way: freeing the money now would pay twice."""
    raw = bank.report([(PAYOUT.hex, "RJCT", "")], group="RJCT", batch="RJCT")
    reasons = f"<StsRsnInf><Rsn><Cd>{reason}</Cd></Rsn></StsRsnInf>".encode()
    raw = raw.replace(b"<Cd>AC04</Cd>", f"<Cd>{reason}</Cd>".encode())
    for status in (b"</GrpSts>", b"</PmtInfSts>"):
        raw = raw.replace(status, status + reasons)
    message = read(raw)
    assert (message.statuses, message.batch_refusals) == ((), ())


def test_two_words_about_one_payout_are_refused(bank: Any):
    words = [(PAYOUT.hex, "ACSC", "OUT1"), (PAYOUT.hex, "RJCT", "")]
    with pytest.raises(FileInvalid):
        read(bank.report(words))


BILLION = b'<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><Document>&b;</Document>'
EXTERNAL = b'<!DOCTYPE d SYSTEM "file:///etc/passwd"><Document/>'


@pytest.mark.parametrize(
    "raw", [b"", b"text", b"<a>", b"<Document/>", BILLION, EXTERNAL, b"\xff\xfe<\x00", b"<a>\x00</a>"]
)
def test_what_is_no_plain_document_is_refused(raw: bytes):
    with pytest.raises(FileInvalid):
        read(raw)


def test_a_good_statement_with_a_document_type_is_refused(bank: Any):
    raw = bank.statement([bank.line("IN1", "1.00")])
    with pytest.raises(FileInvalid):
        read(raw.replace(b"?><Document", b'?><!DOCTYPE Document SYSTEM "http://x/"><Document'))


def test_a_file_too_deep_or_too_long_is_refused():
    with pytest.raises(FileTooLarge):
        read(b"<a>" * 40 + b"</a>" * 40)
    with pytest.raises(FileTooLarge):
        read(b" " * 5_000_001)
    with pytest.raises(FileTooLarge):
        read(b"<a>" + b"<b/>" * 200_001 + b"</a>")


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_and_nothing_else(raw: bytes):
    with pytest.raises(Refusal):
        read(raw)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(st.data())
def test_a_message_with_bytes_changed_is_read_exactly_or_refused(bank: Any, data: Any):
    lines = [bank.line("IN1", "30000.00", remittance=REFERENCE), bank.line("OUT1", "1.00", side="DBIT")]
    raws = [bank.statement(lines), bank.notification(lines), bank.report([(PAYOUT.hex, "RJCT", "")])]
    raw = bytearray(data.draw(st.sampled_from(raws)))
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(raw) - 1))
        raw[place : place + data.draw(st.integers(0, 12))] = data.draw(st.binary(max_size=4))
    try:
        message = read(bytes(raw))
    except Refusal:
        return
    for entry in message.entries:
        assert type(entry.amount) is int
        assert entry.amount > 0
        assert entry.direction in Direction


DEBTOR = Debtor("Lanka <Exchange> & Co", ACCOUNT, "BCEYLKLX")
MADE = datetime(2026, 11, 21, 4, 30, tzinfo=UTC)
transfers = st.builds(
    CreditTransfer,
    payout_id=st.uuids(),
    amount=st.integers(1, 10**12),
    account=st.from_regex(r"[A-Z0-9]{4,34}", fullmatch=True),
    reference=st.text(max_size=200),
)


@given(st.lists(transfers, min_size=1, max_size=20, unique_by=lambda each: each.payout_id), st.uuids())
def test_a_file_of_payouts_is_whole_exact_and_the_same_twice(orders: Any, batch_id: UUID):
    batch = Batch(batch_id, MADE, date(2026, 11, 21), orders)
    raw = build_file(batch, DEBTOR)
    assert raw == build_file(batch, DEBTOR)
    space = "{urn:iso:std:iso:20022:tech:xsd:pain.001.001.09}"
    root = fromstring(raw)
    (header,) = root.iter(f"{space}GrpHdr")
    assert header.findtext(f"{space}NbOfTxs") == str(len(orders))
    amounts = [Decimal(each.text) for each in root.iter(f"{space}InstdAmt")]
    assert Decimal(header.findtext(f"{space}CtrlSum")) == sum(amounts)
    assert [int(each * 100) for each in amounts] == [order.amount for order in orders]
    ends = [each.text for each in root.iter(f"{space}EndToEndId")]
    assert ends == [order.payout_id.hex for order in orders]
    assert all(len(end) <= 35 for end in ends)
    names = {each.text for each in root.iter(f"{space}Nm")}
    assert names == {DEBTOR.name}


def test_the_elements_stand_in_the_order_of_the_schema():
    order = CreditTransfer(PAYOUT, 14_750_00, "8009998887", "Withdrawal")
    raw = build_file(Batch(PAYOUT, MADE, date(2026, 11, 21), (order,)), DEBTOR)
    (payment,) = fromstring(raw).iter("{urn:iso:std:iso:20022:tech:xsd:pain.001.001.09}PmtInf")
    assert [each.tag.partition("}")[2] for each in payment] == [
        "PmtInfId",
        "PmtMtd",
        "BtchBookg",
        "NbOfTxs",
        "CtrlSum",
        "ReqdExctnDt",
        "Dbtr",
        "DbtrAcct",
        "DbtrAgt",
        "ChrgBr",
        "CdtTrfTxInf",
    ]
    assert b'<InstdAmt Ccy="LKR">14750.00</InstdAmt>' in raw


def test_an_account_number_is_never_shortened():
    order = CreditTransfer(PAYOUT, 1, "1" * 35, "x")
    with pytest.raises(InvariantViolated):
        build_file(Batch(PAYOUT, MADE, date(2026, 11, 21), (order,)), DEBTOR)
