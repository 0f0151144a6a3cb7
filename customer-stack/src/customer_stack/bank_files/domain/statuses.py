"""Reads the body of pain.002: what a bank says of payouts that a file of ours ordered. Pure.

A word about one payout counts before a word about its batch, and that before one about the whole file. A
batch or file that is refused refuses every payout of it that has no word of its own. A yes is only ever said
of one payout: an accepted file has been read, not paid.
"""

import re
from typing import Final
from uuid import UUID

from customer_stack.bank_files.domain.tree import Node
from customer_stack.bank_files.domain.values import NO, BatchRefusal, PayoutStatus, verdict_of
from customer_stack.bank_files.errors import FileInvalid

_END_TO_END: Final = re.compile(r"[0-9a-f]{32}")
_REFERENCE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}")
_REASON: Final = re.compile(r"[A-Z0-9]{4}")


def read_status_report(report: Node) -> tuple[tuple[PayoutStatus, ...], tuple[BatchRefusal, ...]]:
    """Return the explicit words of a report. Raises FileInvalid, FileTooLarge."""
    group = report.need("OrgnlGrpInfAndSts")
    message_id = group.need_text("OrgnlMsgId")
    statuses: list[PayoutStatus] = []
    refused = [group] if group.text("GrpSts") in NO else []
    for batch in report.all("OrgnlPmtInfAndSts"):
        refused += [batch] if batch.text("PmtInfSts") in NO else []
        statuses += [status for each in batch.all("TxInfAndSts") if (status := _read(each)) is not None]
    named = [status.payout_id for status in statuses]
    if len(set(named)) != len(named):
        raise FileInvalid("The report says two things of one payout. Ask the bank which is right.")
    return tuple(statuses), tuple(BatchRefusal(message_id, _reason(each)) for each in refused[:1])


def _read(node: Node) -> PayoutStatus | None:
    end_to_end = (node.text("OrgnlEndToEndId") or "").lower()
    reference = node.text("AcctSvcrRef")
    if reference is not None and _REFERENCE.fullmatch(reference) is None:
        raise FileInvalid("A bank reference is up to 64 letters, digits and . _ : / - without blanks.")
    verdict = verdict_of(node.text("TxSts") or "", reference)
    if verdict is None or _END_TO_END.fullmatch(end_to_end) is None:
        return None
    return PayoutStatus(UUID(end_to_end), verdict, reference, _reason(node))


def _reason(node: Node) -> str | None:
    """Return the ISO reason code. A bank's own words are left out: they may name people."""
    for each in node.all("StsRsnInf/Rsn/Cd"):
        if _REASON.fullmatch(each.own_text):
            return each.own_text
    return None
