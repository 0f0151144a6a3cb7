"""Builds pain.001.001.09: one batch of payouts as bytes. Pure.

One file is one `PmtInf` with a credit transfer per payout, all from our collection account on one day. The
end-to-end id is the payout's id without dashes (32 of 35 characters): it comes back in reports and entries.

Guaranteed: the same batch gives the same bytes; control sum and count are those of the transfers; text is
escaped and free of characters that XML does not carry.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID
from xml.sax.saxutils import escape

from shared.errors import invariant
from shared.money import LKR_SCALE, format_minor

NAMESPACE: Final = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
BATCH_LIMIT: Final = 500
ACCOUNT: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ./-]{0,32}[A-Za-z0-9])?")
"""What a bank takes as an account number (Max34Text)."""


@dataclass(frozen=True, slots=True)
class Debtor:
    """Who pays, as our bank knows us: name, account number, and the bank's BIC."""

    name: str
    account: str
    bic: str


@dataclass(frozen=True, slots=True)
class CreditTransfer:
    """One payout: `amount` in LKR cents to `account`."""

    payout_id: UUID
    amount: int
    account: str
    reference: str


@dataclass(frozen=True, slots=True)
class Batch:
    """A file's payouts in their order, the moment it was made and the day on which the bank pays."""

    id: UUID
    made_at: datetime
    pay_on: date
    transfers: Sequence[CreditTransfer]

    @property
    def message_id(self) -> str:
        """Return the message id: the batch's id without dashes."""
        return self.id.hex

    @property
    def control_sum(self) -> int:
        """Return the LKR cents of all transfers."""
        return sum(transfer.amount for transfer in self.transfers)


def build_file(batch: Batch, debtor: Debtor) -> bytes:
    """Return the message. The batch has 1 to BATCH_LIMIT transfers, each of another payout."""
    ids = [transfer.payout_id for transfer in batch.transfers]
    invariant(0 < len(ids) <= BATCH_LIMIT, "a file has at least one payout and no more than the limit")
    invariant(len(set(ids)) == len(ids), "a payout stands in a file once")
    invariant(all(transfer.amount > 0 for transfer in batch.transfers), "a payout is above zero")
    totals = f"<NbOfTxs>{len(ids)}</NbOfTxs><CtrlSum>{format_minor(batch.control_sum, LKR_SCALE)}</CtrlSum>"
    made_at = batch.made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    name = f"<Nm>{_text(debtor.name, 140)}</Nm>"
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<Document xmlns="{NAMESPACE}">',
        "<CstmrCdtTrfInitn>",
        f"<GrpHdr><MsgId>{batch.message_id}</MsgId><CreDtTm>{made_at}</CreDtTm>{totals}",
        f"<InitgPty>{name}</InitgPty></GrpHdr>",
        f"<PmtInf><PmtInfId>{batch.message_id}</PmtInfId><PmtMtd>TRF</PmtMtd><BtchBookg>false</BtchBookg>",
        f"{totals}<ReqdExctnDt><Dt>{batch.pay_on.isoformat()}</Dt></ReqdExctnDt><Dbtr>{name}</Dbtr>",
        f"<DbtrAcct>{_account(debtor.account)}<Ccy>LKR</Ccy></DbtrAcct>",
        f"<DbtrAgt><FinInstnId><BICFI>{_text(debtor.bic, 11)}</BICFI></FinInstnId></DbtrAgt>",
        "<ChrgBr>DEBT</ChrgBr>",
        *(_transfer(transfer) for transfer in batch.transfers),
        "</PmtInf>",
        "</CstmrCdtTrfInitn>",
        "</Document>",
    ]
    return ("\n".join(lines) + "\n").encode()


def digest_of_file(raw: bytes) -> bytes:
    """Return the SHA-256 digest of a file."""
    return hashlib.sha256(raw).digest()


def _transfer(transfer: CreditTransfer) -> str:
    end_to_end = transfer.payout_id.hex
    amount = format_minor(transfer.amount, LKR_SCALE)
    return (
        f"<CdtTrfTxInf><PmtId><InstrId>{end_to_end}</InstrId><EndToEndId>{end_to_end}</EndToEndId></PmtId>"
        f'<Amt><InstdAmt Ccy="LKR">{amount}</InstdAmt></Amt>'
        f"<CdtrAcct>{_account(transfer.account)}</CdtrAcct>"
        f"<RmtInf><Ustrd>{_text(transfer.reference, 140)}</Ustrd></RmtInf></CdtTrfTxInf>"
    )


def _account(number: str) -> str:
    """Return an account that has no IBAN, as Sri Lanka's have none (GenericAccountIdentification1, 34)."""
    invariant(ACCOUNT.fullmatch(number), "an account number is never shortened: it would be another account")
    return f"<Id><Othr><Id>{escape(number)}</Id></Othr></Id>"


def _text(text: str, limit: int) -> str:
    """Return text for an element: printable characters only, never empty, within its limit, escaped."""
    kept = " ".join("".join(each if each.isprintable() else " " for each in text).split())[:limit].strip()
    return escape(kept or "-")
