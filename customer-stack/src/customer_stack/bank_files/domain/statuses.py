"""Reads the body of pain.002: what a bank says of payouts that a file of ours ordered. Pure.

A word about one payout counts before a word about its batch, and that before one about the whole file. A
batch or file that is refused refuses every payout of it that has no word of its own. A yes is only ever said
of one payout: an accepted file has been read, not paid.

A rejection *as a duplicate* is no refusal: the bank has the first copy and may be paying it. It says nothing
about the payouts, which stay pending until the account shows what happened.
"""

import re
from typing import Final
from uuid import UUID

from customer_stack.bank_files.domain.tree import Node
from customer_stack.bank_files.domain.values import NO, BatchRefusal, PayoutStatus, Verdict, verdict_of
from customer_stack.bank_files.errors import FileInvalid

DUPLICATE: Final = frozenset({"AM05", "DU01", "DU02", "DU03", "DU04", "DU05", "DUPL"})
"""Reasons that mean: this came before (ExternalStatusReason1Code; DUPL of older codes of banks)."""

_END_TO_END: Final = re.compile(r"[0-9a-f]{32}")
_REFERENCE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}")
_REASON: Final = re.compile(r"[A-Z0-9]{4}")


def read_status_report(report: Node) -> tuple[tuple[PayoutStatus, ...], tuple[BatchRefusal, ...]]:
    """Return the explicit words of a report. Raises FileInvalid, FileTooLarge."""
    group = report.need("OrgnlGrpInfAndSts")
    message_id = group.need_text("OrgnlMsgId")
    statuses: list[PayoutStatus] = []
    besides: set[UUID] = set()
    refused = [group] if _is_refusal(group, "GrpSts") else []
    for batch in report.all("OrgnlPmtInfAndSts"):
        refused += [batch] if _is_refusal(batch, "PmtInfSts") else []
        for each in batch.all("TxInfAndSts"):
            if each.text("TxSts") is not None and (payout_id := _payout_id(each)) is not None:
                besides.add(payout_id)
            status = _read(each)
            statuses += [] if status is None else [status]
    named = [status.payout_id for status in statuses]
    if len(set(named)) != len(named):
        raise FileInvalid("The report says two things of one payout. Ask the bank which is right.")
    refusals = (BatchRefusal(message_id, _reason(each), frozenset(besides)) for each in refused[:1])
    return tuple(statuses), tuple(refusals)


def _payout_id(node: Node) -> UUID | None:
    end_to_end = (node.text("OrgnlEndToEndId") or "").lower()
    return UUID(end_to_end) if _END_TO_END.fullmatch(end_to_end) else None


def _read(node: Node) -> PayoutStatus | None:
    payout_id = _payout_id(node)
    reference = node.text("AcctSvcrRef")
    if reference is not None and _REFERENCE.fullmatch(reference) is None:
        raise FileInvalid("A bank reference is up to 64 letters, digits and . _ : / - without blanks.")
    verdict = verdict_of(node.text("TxSts") or "", reference)
    if verdict is Verdict.REFUSED and not _is_refusal(node, "TxSts"):
        return None
    if verdict is None or payout_id is None:
        return None
    return PayoutStatus(payout_id, verdict, reference, _reason(node))


def _is_refusal(node: Node, status: str) -> bool:
    return node.text(status) in NO and not DUPLICATE & {
        each.own_text for path in ("Cd", "Prtry") for each in node.all(f"StsRsnInf/Rsn/{path}")
    }


def _reason(node: Node) -> str | None:
    """Return the ISO reason code. A bank's own words are left out: they may name people."""
    for each in node.all("StsRsnInf/Rsn/Cd"):
        if _REASON.fullmatch(each.own_text):
            return each.own_text
    return None
