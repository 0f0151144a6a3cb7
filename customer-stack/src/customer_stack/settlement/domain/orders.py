"""Builds what a release hands over: pain.001.001.09 when we pay, a claim when execution pays. Pure.

One settlement is one file with one credit transfer in USD. Message id, payment id and end-to-end id are
the settlement's id without dashes: they come back in pain.002, camt.053 and camt.054, and in what
execution's bank sends.

Guaranteed: the same settlement, moment and day give the same bytes; charges are the debtor's (`DEBT`); an
account number is never shortened.
"""

import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final
from xml.sax.saxutils import escape

from customer_stack.settlement.domain.instruction import BankAccount, Direction, Instruction, Route
from customer_stack.settlement.domain.purposes import Purpose
from shared.errors import invariant
from shared.money import format_minor

NAMESPACE: Final = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
CLAIM_FORMAT: Final = "bulkhead.settlement-claim.v1"
CENT_SCALE: Final = 2
_MICRO_PER_CENT: Final = 10_000
_ACCOUNT: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ./-]{0,32}[A-Za-z0-9])?")
_BIC: Final = re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")


@dataclass(frozen=True, slots=True)
class Order:
    """A payment to order: the instruction, what it is for, when the file was made, the day to pay on."""

    instruction: Instruction
    route: Route
    purpose: Purpose
    made_at: datetime
    pay_on: date

    @property
    def reference(self) -> str:
        """Return the id that comes back: the settlement's without dashes, 32 of 35 characters."""
        return self.instruction.id.hex

    @property
    def amount(self) -> str:
        """Return USD with cents."""
        return format_minor(self.instruction.amount // _MICRO_PER_CENT, CENT_SCALE)

    @property
    def reports(self) -> str:
        """Return which reports are settled."""
        return f"reports {self.instruction.after_sequence + 1}-{self.instruction.to_sequence}"

    @property
    def remittance(self) -> str:
        """Return what the beneficiary reads."""
        return f"Settlement {self.reference} {self.reports}"


def build_pain001(order: Order) -> bytes:
    """Return the payment as pain.001.001.09."""
    invariant(order.instruction.direction is Direction.PAY, "only what we pay is ordered at our bank")
    ours, theirs = order.route.ours, order.route.theirs
    made_at = order.made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    totals = f"<NbOfTxs>1</NbOfTxs><CtrlSum>{order.amount}</CtrlSum>"
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<Document xmlns="{NAMESPACE}">',
        "<CstmrCdtTrfInitn>",
        f"<GrpHdr><MsgId>{order.reference}</MsgId><CreDtTm>{made_at}</CreDtTm>{totals}",
        f"<InitgPty>{_name(ours)}</InitgPty></GrpHdr>",
        f"<PmtInf><PmtInfId>{order.reference}</PmtInfId><PmtMtd>TRF</PmtMtd><BtchBookg>false</BtchBookg>{totals}",
        f"<ReqdExctnDt><Dt>{order.pay_on.isoformat()}</Dt></ReqdExctnDt>",
        f"<Dbtr>{_name(ours)}</Dbtr><DbtrAcct>{_account(ours)}<Ccy>USD</Ccy></DbtrAcct>",
        f"<DbtrAgt>{_agent(ours)}</DbtrAgt><ChrgBr>DEBT</ChrgBr>",
        f"<CdtTrfTxInf><PmtId><InstrId>{order.reference}</InstrId><EndToEndId>{order.reference}</EndToEndId></PmtId>",
        f'<Amt><InstdAmt Ccy="USD">{order.amount}</InstdAmt></Amt>',
        f"<CdtrAgt>{_agent(theirs)}</CdtrAgt><Cdtr>{_name(theirs)}</Cdtr>",
        f"<CdtrAcct>{_account(theirs)}</CdtrAcct><Purp><Cd>{order.purpose.iso_code}</Cd></Purp>",
        f"<RmtInf><Ustrd>{escape(order.remittance)}</Ustrd></RmtInf></CdtTrfTxInf>",
        "</PmtInf>",
        "</CstmrCdtTrfInitn>",
        "</Document>",
    ]
    return ("\n".join(lines) + "\n").encode()


def build_claim(order: Order) -> bytes:
    """Return what execution's operator is asked to pay, as canonical JSON (RFC 8785)."""
    invariant(order.instruction.direction is Direction.RECEIVE, "only what execution pays is claimed")
    document = {
        "format": CLAIM_FORMAT,
        "settlement": str(order.instruction.id),
        "reference": order.reference,
        "currency": "USD",
        "amount": order.amount,
        "purpose": order.purpose.code,
        "to": order.route.document()["ours"],
        "after_sequence": order.instruction.after_sequence,
        "to_sequence": order.instruction.to_sequence,
        "instruction_sha256": order.instruction.digest.hex(),
    }
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return (text + "\n").encode()


def check_account(account: BankAccount) -> None:
    """Require an account that a bank takes as it is written: nothing of it is ever shortened."""
    invariant(_ACCOUNT.fullmatch(account.number), "an account number has up to 34 letters and digits")
    invariant(_BIC.fullmatch(account.bic), "a BIC has 8 or 11 letters and digits")
    invariant(0 < len(account.name) <= 140 and account.name.isprintable(), "a name has up to 140 letters")


def _name(account: BankAccount) -> str:
    return f"<Nm>{escape(account.name)}</Nm>"


def _account(account: BankAccount) -> str:
    check_account(account)
    return f"<Id><Othr><Id>{escape(account.number)}</Id></Othr></Id>"


def _agent(account: BankAccount) -> str:
    return f"<FinInstnId><BICFI>{account.bic}</BICFI></FinInstnId>"
