"""Reads camt.053, camt.054 and pain.002 into values. Pure.

Versions 02 to 13 of the camt messages and 03 to 14 of pain.002 differ in places that we look at in one way
only: a status is a code itself (old) or has one inside (new). Both are read.

Guaranteed: an amount is exact to the cent or the file is refused; no float anywhere; an entry without the
bank's own reference is refused, because nothing else tells a repeat from a second payment.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Final
from uuid import UUID

from customer_stack.bank_files.domain.statuses import read_status_report
from customer_stack.bank_files.domain.tree import Node, read_tree
from customer_stack.bank_files.domain.values import (
    BankEntry,
    BankMessage,
    Direction,
    MessageKind,
    require_balances,
)
from customer_stack.bank_files.errors import FileInvalid, OtherAccount
from shared.money import Currency, InexactAmount, to_minor

COLOMBO: Final = timezone(timedelta(hours=5, minutes=30))
"""Sri Lanka's time, for dates and times without a zone. It has no summer time."""

REFERENCE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}")
MESSAGE_ID: Final = re.compile(r"[!-~](?:[ -~]{0,33}[!-~])?")
"""Max35Text in printable ASCII."""

CENT_SCALE: Final = 2
"""Banks count in cents, in rupees as in dollars."""

NOT_STATED: Final = "(not stated)"
"""In place of an account, and never in the form of one."""

_AMOUNT: Final = re.compile(r"[0-9]{1,13}(?:\.[0-9]{1,5})?")
_END_TO_END: Final = re.compile(r"[0-9a-f]{32}")
_CAMT: Final = re.compile(r"urn:iso:std:iso:20022:tech:xsd:camt\.05([34])\.001\.(0[2-9]|1[0-3])")
_STATUS_REPORT: Final = re.compile(r"urn:iso:std:iso:20022:tech:xsd:pain\.002\.001\.(0[3-9]|1[0-4])")
_OPENING: Final = ("OPBD", "PRCD")
_CLOSING: Final = ("CLBD",)


def read_message(raw: bytes, account: str, currency: Currency = Currency.LKR) -> BankMessage:
    """Return what a file says about `account`, in cents of its currency.

    Raises FileInvalid, FileTooLarge, OtherAccount, BalancesDisagree.
    """
    space, root = read_tree(raw)
    camt = _CAMT.fullmatch(space)
    if camt is not None and camt[1] == "3":
        return _read_statement(root.need("BkToCstmrStmt"), account, currency)
    if camt is not None:
        return _read_notification(root.need("BkToCstmrDbtCdtNtfctn"), account, currency)
    if _STATUS_REPORT.fullmatch(space) is not None:
        report = root.need("CstmrPmtStsRpt")
        statuses, refusals = read_status_report(report)
        return BankMessage(
            MessageKind.STATUS_REPORT, _message_id(report), statuses=statuses, batch_refusals=refusals
        )
    raise FileInvalid("We read camt.053, camt.054 and pain.002. Ask the bank for one of them.")


def _read_statement(message: Node, account: str, currency: Currency) -> BankMessage:
    statement = message.need("Stmt")
    _require_whole(message)
    _require_account(statement, account)
    opening, closing = _balance(statement, _OPENING, currency), _balance(statement, _CLOSING, currency)
    entries = _read_entries([statement], currency)
    require_balances(opening, closing, entries, currency)
    return BankMessage(MessageKind.STATEMENT, _message_id(message), entries, opening, closing)


def _read_notification(message: Node, account: str, currency: Currency) -> BankMessage:
    notifications = list(message.all("Ntfctn"))
    _require_whole(message)
    if not notifications:
        raise FileInvalid("The notification has no part about an account.")
    for notification in notifications:
        _require_account(notification, account)
    return BankMessage(MessageKind.NOTIFICATION, _message_id(message), _read_entries(notifications, currency))


def _message_id(message: Node) -> str:
    text = message.need_text("GrpHdr/MsgId")
    if MESSAGE_ID.fullmatch(text) is None:
        raise FileInvalid("The message id has at most 35 printable characters.")
    return text


def _require_whole(message: Node) -> None:
    """Refuse one page of several: only a whole message can add up."""
    page = message.one("GrpHdr/MsgPgntn")
    if page is not None and (page.need_text("PgNb"), page.need_text("LastPgInd")) != ("1", "true"):
        raise FileInvalid("The file is one page of several. Ask the bank for the message in one file.")


def _require_account(part: Node, account: str) -> None:
    if (part.text("Acct/Id/IBAN") or part.text("Acct/Id/Othr/Id")) != account:
        raise OtherAccount("The file is about another account than our collection account with this bank.")


def _balance(statement: Node, codes: Sequence[str], currency: Currency) -> int:
    """Return the one balance with one of these codes, signed."""
    found = {
        _signed(each, currency) for each in statement.all("Bal") if each.text("Tp/CdOrPrtry/Cd") in codes
    }
    if len(found) != 1:
        raise FileInvalid(f"The statement needs one balance {' or '.join(codes)}.")
    return found.pop()


def _signed(node: Node, currency: Currency) -> int:
    amount = _amount(node.need("Amt"), currency)
    return amount if _direction(node) is Direction.CREDIT else -amount


def _direction(node: Node) -> Direction:
    match node.need_text("CdtDbtInd"):
        case "CRDT":
            return Direction.CREDIT
        case "DBIT":
            return Direction.DEBIT
        case _:
            raise FileInvalid("CdtDbtInd is CRDT or DBIT.")


def _amount(node: Node, currency: Currency) -> int:
    """Return cents."""
    text = node.own_text
    if node.attribute("Ccy") != currency or _AMOUNT.fullmatch(text) is None:
        raise FileInvalid(f'An amount is {currency} such as <Amt Ccy="{currency}">1500.00</Amt>.')
    try:
        return to_minor(Decimal(text), CENT_SCALE)
    except InexactAmount as error:
        raise FileInvalid("An amount has more digits than cents.") from error


def _read_entries(parts: Sequence[Node], currency: Currency) -> tuple[BankEntry, ...]:
    """Return the booked entries of a message, numbered; pending and informing ones are left out."""
    entries: list[BankEntry] = []
    for part in parts:
        for entry in part.all("Ntry"):
            if (entry.text("Sts/Cd") or entry.text("Sts")) == "BOOK":
                entries.extend(_read_entry(entry, len(entries), currency))
    references = [entry.bank_reference for entry in entries]
    if len(set(references)) != len(references):
        raise FileInvalid("A bank reference stands twice in the file. Ask the bank for a corrected file.")
    return tuple(entries)


def _read_entry(entry: Node, first: int, currency: Currency) -> Iterator[BankEntry]:
    """Yield one entry, or the transactions of a batch entry, which must add up to it."""
    amount = _amount(entry.need("Amt"), currency)
    if amount == 0:
        raise FileInvalid("An entry is an amount above zero.")
    details = list(entry.all("NtryDtls/TxDtls")) or [entry]
    if len(details) == 1:
        yield _build(entry, details[0], first, amount, entry.need_text("AcctSvcrRef"))
        return
    amounts = [_amount(each.one("Amt") or each.need("AmtDtls/TxAmt/Amt"), currency) for each in details]
    if sum(amounts) != amount or 0 in amounts:
        raise FileInvalid("The transactions of a batch entry do not add up to it. Ask the bank.")
    for place, (each, part) in enumerate(zip(details, amounts, strict=True)):
        yield _build(entry, each, first + place, part, each.need_text("Refs/AcctSvcrRef"))


def _build(entry: Node, detail: Node, number: int, amount: int, reference: str) -> BankEntry:
    direction = _direction(entry)
    if detail.text("CdtDbtInd") not in (None, entry.text("CdtDbtInd")):
        raise FileInvalid("A transaction has another direction than its entry.")
    inner = detail.text("Refs/AcctSvcrRef")
    end_to_end = (detail.text("Refs/EndToEndId") or "").lower()
    party = "Dbtr" if direction is Direction.CREDIT else "Cdtr"
    remittance = detail.text("RmtInf/Strd/CdtrRefInf/Ref") or _joined(detail, "RmtInf/Ustrd")
    return BankEntry(
        number=number,
        bank_reference=_reference(reference),
        amount=amount,
        direction=direction,
        is_reversal=entry.text("RvslInd") in ("true", "1"),
        original_reference=_reference(inner) if inner not in (None, reference) and inner else None,
        payout_id=UUID(end_to_end) if _END_TO_END.fullmatch(end_to_end) else None,
        remittance=remittance[:140],
        counterparty=_counterparty(detail, party)[:140],
        booked_at=_moment(entry.need("BookgDt")),
        reason=_reason(detail),
    )


def _reference(text: str) -> str:
    if REFERENCE.fullmatch(text) is None:
        raise FileInvalid("A bank reference is up to 64 letters, digits and . _ : / - without blanks.")
    return text


def _joined(detail: Node, path: str) -> str:
    return " ".join(each.own_text for each in detail.all(path) if each.own_text)


def _counterparty(detail: Node, party: str) -> str:
    """Return the other side's account, else its name marked as one, else that the bank did not say."""
    account = f"RltdPties/{party}Acct/Id"
    name = detail.text(f"RltdPties/{party}/Pty/Nm") or detail.text(f"RltdPties/{party}/Nm")
    stated = detail.text(f"{account}/IBAN") or detail.text(f"{account}/Othr/Id")
    return stated or (f"(name) {name}" if name else NOT_STATED)


def _reason(detail: Node) -> str | None:
    reason = detail.text("RtrInf/Rsn/Cd") or detail.text("RtrInf/Rsn/Prtry")
    return reason[:35] if reason else None


def _moment(node: Node) -> datetime:
    text = node.text("DtTm") or node.need_text("Dt")
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=COLOMBO)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise FileInvalid("A booking date is an ISO date or time.") from error
