"""Bank messages for the tests: what a bank would write, with one knob per field."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from xml.sax.saxutils import escape

import pytest

ACCOUNT = "0012345678"


@dataclass(frozen=True)
class Line:
    """One Ntry."""

    reference: str
    amount: str
    side: str = "CRDT"
    remittance: str = ""
    end_to_end: str = "NOTPROVIDED"
    reversal: bool = False
    original: str = ""
    status: str = "<Sts><Cd>BOOK</Cd></Sts>"
    reason: str = ""
    currency: str = "LKR"
    structured: str = ""
    booked: str = "<Dt>2026-11-21</Dt>"

    def xml(self) -> str:
        reversal = "<RvslInd>true</RvslInd>" if self.reversal else ""
        original = f"<AcctSvcrRef>{self.original}</AcctSvcrRef>" if self.original else ""
        reason = f"<RtrInf><Rsn><Cd>{self.reason}</Cd></Rsn></RtrInf>" if self.reason else ""
        structured = f"<Strd><CdtrRefInf><Ref>{self.structured}</Ref></CdtrRefInf></Strd>"
        remittance = f"<Ustrd>{escape(self.remittance)}</Ustrd>{structured if self.structured else ''}"
        return (
            f'<Ntry><Amt Ccy="{self.currency}">{self.amount}</Amt>'
            f"<CdtDbtInd>{self.side}</CdtDbtInd>{reversal}"
            f"{self.status}<BookgDt>{self.booked}</BookgDt><AcctSvcrRef>{self.reference}</AcctSvcrRef>"
            f"<NtryDtls><TxDtls><Refs>{original}<EndToEndId>{self.end_to_end}</EndToEndId></Refs>"
            "<RltdPties><DbtrAcct><Id><Othr><Id>8001112223</Id></Othr></Id></DbtrAcct></RltdPties>"
            f"<RmtInf>{remittance}</RmtInf>{reason}</TxDtls></NtryDtls></Ntry>"
        )


def cents(text: str) -> int:
    whole, _, rest = text.partition(".")
    return int(whole) * 100 + int((rest + "00")[:2])


def money(minor: int) -> str:
    return f"{abs(minor) // 100}.{abs(minor) % 100:02d}"


class Bank:
    """Writes messages about one account."""

    Line = Line
    account = ACCOUNT

    def line(self, reference: str, amount: str, **knobs: object) -> Line:
        return replace(Line(reference, amount), **knobs)  # type: ignore[arg-type]

    def statement(
        self,
        lines: Sequence[Line],
        *,
        message: str = "STMT-1",
        opening: int = 1_000_000_00,
        closing: int | None = None,
        account: str = ACCOUNT,
        version: str = "08",
        extra: str = "",
    ) -> bytes:
        booked = [line for line in lines if "BOOK" in line.status]
        moved = sum(cents(line.amount) if line.side == "CRDT" else -cents(line.amount) for line in booked)
        end = opening + moved if closing is None else closing
        return (
            '<?xml version="1.0" encoding="UTF-8"?>'
            f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"><BkToCstmrStmt>'
            f"<GrpHdr><MsgId>{message}</MsgId><CreDtTm>2026-11-21T20:00:00</CreDtTm>{extra}</GrpHdr>"
            f"<Stmt><Id>1</Id><Acct><Id><Othr><Id>{account}</Id></Othr></Id></Acct>"
            f"{self._balance('OPBD', opening)}{self._balance('CLBD', end)}"
            f"{''.join(line.xml() for line in lines)}</Stmt></BkToCstmrStmt></Document>"
        ).encode()

    def notification(self, lines: Sequence[Line], *, message: str = "NTFN-1") -> bytes:
        return (
            '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"><BkToCstmrDbtCdtNtfctn>'
            f"<GrpHdr><MsgId>{message}</MsgId><CreDtTm>2026-11-21T20:00:00</CreDtTm></GrpHdr>"
            f"<Ntfctn><Id>1</Id><Acct><Id><Othr><Id>{ACCOUNT}</Id></Othr></Id></Acct>"
            f"{''.join(line.xml() for line in lines)}</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>"
        ).encode()

    def report(
        self,
        words: Sequence[tuple[str, str, str]],
        *,
        original: str = "f" * 32,
        group: str = "",
        batch: str = "",
        message: str = "RPRT-1",
    ) -> bytes:
        """Each word: end-to-end id, status, the bank's reference or nothing."""
        named = "".join(
            f"<TxInfAndSts><OrgnlEndToEndId>{payout}</OrgnlEndToEndId><TxSts>{status}</TxSts>"
            "<StsRsnInf><Rsn><Cd>AC04</Cd></Rsn></StsRsnInf>"
            f"{f'<AcctSvcrRef>{reference}</AcctSvcrRef>' if reference else ''}</TxInfAndSts>"
            for payout, status, reference in words
        )
        return (
            '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>'
            f"<GrpHdr><MsgId>{message}</MsgId><CreDtTm>2026-11-21T20:00:00</CreDtTm></GrpHdr>"
            f"<OrgnlGrpInfAndSts><OrgnlMsgId>{original}</OrgnlMsgId>"
            f"<OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>{f'<GrpSts>{group}</GrpSts>' if group else ''}"
            f"</OrgnlGrpInfAndSts><OrgnlPmtInfAndSts><OrgnlPmtInfId>{original}</OrgnlPmtInfId>"
            f"{f'<PmtInfSts>{batch}</PmtInfSts>' if batch else ''}{named}</OrgnlPmtInfAndSts>"
            "</CstmrPmtStsRpt></Document>"
        ).encode()

    def _balance(self, code: str, minor: int) -> str:
        side = "CRDT" if minor >= 0 else "DBIT"
        return (
            f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
            f'<Amt Ccy="LKR">{money(minor)}</Amt><CdtDbtInd>{side}</CdtDbtInd>'
            "<Dt><Dt>2026-11-21</Dt></Dt></Bal>"
        )


@pytest.fixture(scope="session")
def bank() -> Bank:
    return Bank()
