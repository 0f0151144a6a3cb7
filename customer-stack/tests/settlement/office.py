"""A tenant with three customers, a proposer, an approver, and two banks that send files."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from customer_stack.access.domain import Officer
from customer_stack.boundary_client import domain as boundary
from customer_stack.customers.sealing import FieldKeys, RecordSealing
from customer_stack.ledger.domain import Account, Action, TransferKind
from customer_stack.settlement.catalogue import load_purposes
from customer_stack.settlement.domain.instruction import BankAccount, Route
from customer_stack.settlement.domain.states import Settlement, Word
from customer_stack.settlement.files import FileKind
from customer_stack.settlement.service.closing import ClosingService
from customer_stack.settlement.service.deciding import Deciding
from customer_stack.settlement.service.desk import Desk
from customer_stack.settlement.service.hand_words import HandWords, Rules, Say
from customer_stack.settlement.service.keeping import Keeping, PaymentBreak
from customer_stack.settlement.service.proposing import Proposing
from customer_stack.settlement.service.reading import SettlementReading
from customer_stack.settlement.service.releasing import Releasing
from customer_stack.signing.domain import code_of, step_of
from customer_stack.signing.service import Evidence, SigningService
from customer_stack.wagers.service import reading as wager_reports
from customer_stack.wiring.settlement import to_break
from customer_stack.working_days.catalogue import load_calendar
from shared.clock import FixedClock
from shared.database import Transaction
from shared.errors import Kind, Refusal
from shared.idempotency import key_of
from shared.ids import SystemIds
from shared.ledger import store as ledger
from shared.ledger.domain import USD, Movement, Posting, Transfer
from shared.operations.system_key import SystemKey

IDS = SystemIds()
SECRET = bytes(range(20))
ROUTE = Route(
    BankAccount("Lanka Event Exchange", "001200345678", "BCEYLKLX"),
    BankAccount("Bulkhead Execution", "9876543210", "CHASUS33"),
)


class CapabilityOff(Refusal):
    kind, code = Kind.FORBIDDEN, "tenancy.capability_off"


class Execution:
    """The other side: it has the same sums, unless told otherwise."""

    def __init__(self) -> None:
        self.asked: list[boundary.SettlementProposal] = []
        self.agrees = True

    async def confirm_settlement(self, proposal: boundary.SettlementProposal) -> boundary.SettlementAnswer:
        self.asked.append(proposal)
        return boundary.SettlementAnswer(self.agrees, proposal.totals)


class Office:
    """Everything of settlement over a real database."""

    def __init__(self, database: Any, field_keys_file: Any) -> None:
        self.database = database.app
        self.clock = FixedClock(datetime(2026, 11, 20, 6, tzinfo=UTC))
        self.execution = Execution()
        self.tenant, self.department, self.a, self.b, self.c = (IDS.new() for _ in range(5))
        people = (Officer(self.tenant, IDS.new()) for _ in range(4))
        self.maker, self.checker, self.teller, self.second = people
        self.reports: list[tuple[int, UUID, boundary.Totals]] = []
        self.switched_on = True
        self.breaks: list[PaymentBreak] = []
        self.key = SystemKey(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
        self.desk = Desk(self.database, self.root, load_purposes(), ROUTE, self.key, self.clock, IDS)
        records = RecordSealing(FieldKeys.read(field_keys_file))
        self.signing = SigningService(self.database, self, records, None, self.clock, IDS)
        self.proposing = Proposing(self.desk, self.execution, self)
        self.deciding = Deciding(self.desk, self.signing)
        self.releasing = Releasing(self.desk, self.require, self.name)
        self.ended: set[UUID] = set()
        self.open_breaks: dict[tuple[str, str], UUID] = {}
        keeping, calendar = Keeping(self.desk, self.open_break), load_calendar()
        self.words = HandWords(self.desk, keeping, Rules(3_000000, calendar, self.has_ended))
        self.closing = ClosingService(self.desk, keeping, self.words, self.tenants, calendar)
        self.reading = SettlementReading(self.desk, wager_reports)

    async def applied_through(self, tx: Transaction) -> int:
        return max((sequence for sequence, _, _ in self.reports), default=0)

    async def sum_reports(
        self, tx: Transaction, tenant_id: UUID, after_sequence: int, to_sequence: int
    ) -> Mapping[UUID, boundary.Totals]:
        sums: dict[UUID, list[int]] = {}
        names = list(boundary.Totals.__dataclass_fields__)
        for sequence, customer, one in self.reports:
            if after_sequence < sequence <= to_sequence:
                kept = sums.setdefault(customer, [0] * len(names))
                for place, name in enumerate(names):
                    kept[place] += getattr(one, name)
        return {customer: boundary.Totals(*amounts) for customer, amounts in sums.items()}

    async def root(self, tx: Transaction, tenant_id: UUID) -> UUID:
        return self.department

    async def name(self, tx: Transaction, tenant_id: UUID) -> str:
        return "Lanka Event Exchange"

    async def tenants(self) -> tuple[UUID, ...]:
        return (self.tenant,)

    async def has_password(self, tenant_id: UUID, staff_id: UUID, password: str) -> bool:
        return password == "right"

    async def load_permissions(self, tx: Transaction, staff_id: UUID) -> frozenset[str]:
        return frozenset({"tenant.access.use", "tenant.signing.give_word"})

    async def require(self, tx: Transaction, tenant_id: UUID) -> None:
        if not self.switched_on:
            raise CapabilityOff("off")

    async def open_break(self, tx: Transaction, found: PaymentBreak) -> UUID:
        to_break(found)
        self.breaks.append(found)
        return self.open_breaks.setdefault((found.difference, found.subject), IDS.new())

    async def has_ended(self, tx: Transaction, break_id: UUID) -> bool:
        return break_id in self.ended

    async def say(
        self,
        settlement: Settlement,
        word: Word,
        amount: int | None = None,
        reference: str | None = None,
        reason: str | None = None,
    ) -> Settlement:
        """Let the teller say it and a fourth person say so too."""
        sid = settlement.instruction.id
        said = await self.words.propose(self.teller, sid, Say(word, amount, reference, reason))
        return await self.words.approve(self.second, sid, said.id)

    async def open(self) -> None:
        books = [(customer, self.tenant, "customer") for customer in (self.a, self.b, self.c)]
        async with self.database.transaction(self.tenant) as tx:
            await ledger.open_books(tx, [(self.department, self.tenant, "department"), *books])
        for customer, amount in ((self.a, 98_514851), (self.b, 49_257425), (self.c, 49_257425)):
            await self.post(customer, TransferKind.FX_CONVERSION, Account.DESK, Account.WALLET, amount)
            await self.post(self.department, TransferKind.FX_CONVERSION, Account.NOSTRO, Account.DESK, amount)
        await self.signing.ensure_codes(self.tenant, self.checker.staff_id, SECRET)

    async def post(self, book: UUID, kind: str, source: str, target: str, amount: int) -> None:
        posting = Posting(USD, source, target, amount, Action.FILL)
        transfer = Transfer(IDS.new(), IDS.new(), self.tenant, book, kind, self.clock.now(), (posting,))
        async with self.database.transaction(self.tenant) as tx:
            await ledger.post(tx, Movement(transfers=(transfer,)))

    def report(self, customer: UUID, **amounts: int) -> None:
        self.reports.append((len(self.reports) + 1, customer, boundary.Totals(**(NOTHING | amounts))))

    async def buy(self, customer: UUID, cost: int, fee: int = 0) -> None:
        await self.post(customer, TransferKind.WAGER_BUY, Account.WALLET, Account.EXECUTION, cost)
        if fee:
            await self.post(customer, TransferKind.WAGER_FEE, Account.WALLET, Account.EXCHANGE_FEES, fee)
        self.report(customer, cost_of_buys=cost, fees=fee)

    async def sell(self, customer: UUID, proceeds: int, fee: int) -> None:
        await self.post(customer, TransferKind.WAGER_SALE, Account.EXECUTION, Account.WALLET, proceeds)
        await self.post(customer, TransferKind.WAGER_FEE, Account.WALLET, Account.EXCHANGE_FEES, fee)
        self.report(customer, proceeds=proceeds, fees=fee)

    async def pay_out(self, customer: UUID, amount: int) -> None:
        await self.post(customer, TransferKind.RESOLUTION_PAYOUT, Account.EXECUTION, Account.WALLET, amount)
        self.report(customer, payouts=amount)

    async def period_1(self) -> None:
        await self.buy(self.a, 3_966641, 127025)
        await self.buy(self.c, 1_585559, 50775)
        await self.buy(self.b, 2_350000, 90000)
        await self.sell(self.a, 3_720000, 100000)

    async def propose(self, key: str = "", purpose: str = "SETTLE") -> Settlement:
        key_bytes = key_of(key or str(IDS.new()))
        return await self.proposing.propose(self.maker, purpose, key_bytes, bytes(32))

    def evidence(self) -> Evidence:
        """Wait for the next code, and show it."""
        self.clock.advance(timedelta(seconds=30))
        return Evidence(password="right", code=code_of(SECRET, step_of(self.clock.now())))

    async def approve(self, settlement: Settlement) -> Settlement:
        evidence = self.evidence()
        return await self.deciding.approve(
            self.checker, settlement.instruction.id, settlement.digest, evidence
        )

    async def release(self, settlement: Settlement) -> Settlement:
        return await self.releasing.release(self.checker, settlement.instruction.id)

    async def released(self) -> Settlement:
        proposed = await self.propose()
        await self.approve(proposed)
        return await self.release(proposed)

    async def files(self, settlement: Settlement) -> dict[str, bytes]:
        """Fetch every file of a release; the register knows each by its digest."""
        sid, found = settlement.instruction.id, {}
        for kind, digest in (await self.reading.list_files(self.tenant, sid)).items():
            export, found[kind] = await self.releasing.fetch(self.checker, sid, FileKind(kind))
            assert export.sha256 == digest == hashlib.sha256(found[kind]).digest()
        return found

    async def get(self, settlement: Settlement) -> Settlement:
        return await self.reading.get(self.tenant, settlement.instruction.id)

    async def take(self, raw: bytes) -> list[tuple[str, str | None]]:
        """Let the teller bring a file, who proposed and released nothing."""
        return await self.take_by(self.teller, raw)

    async def take_by(self, officer: Officer, raw: bytes) -> list[tuple[str, str | None]]:
        taken = await self.closing.import_message(officer, raw)
        return [(each.outcome.value, each.problem) for each in taken.entries]

    async def agree(self, settlement: Settlement, raw: bytes) -> Settlement:
        """Let a fourth person, who has the same file, say so too of the newest word that waits."""
        sid = settlement.instruction.id
        waiting = [one for one in await self.words.list_words(self.tenant, sid) if one.is_waiting]
        return await self.words.approve(self.second, sid, waiting[0].id, hashlib.sha256(raw).digest())

    async def take_agreed(self, settlement: Settlement, raw: bytes) -> Settlement:
        """Bring a file whose only word waits, and agree with it."""
        assert await self.take(raw) == [("waits", None)]
        return await self.agree(settlement, raw)

    async def sums(self) -> dict[str, int]:
        async with self.database.transaction(self.tenant) as tx:
            found = await ledger.sum_unchecked(
                tx, [self.department], ["settled", "in_transit", "nostro", "expense"]
            )
            assert await ledger.trial_balance(tx) == [(USD, 0)]
        return {key[2]: amount for key, amount in found.items() if amount}

    async def kinds(self) -> list[str]:
        async with self.database.transaction(self.tenant) as tx:
            rows = await tx.fetch(
                "SELECT kind FROM audit_record WHERE kind LIKE 'settlement%' "
                "AND kind <> 'settlement.message_taken' ORDER BY id"
            )
        return [row["kind"] for row in rows]


NOTHING = dict.fromkeys(("cost_of_buys", "proceeds", "fees", "payouts"), 0)

# ---- what banks send, as Bank of Ceylon's and a correspondent's files look -----------------------------

ENTRY = """   <Ntry>
    <NtryRef>{number}</NtryRef>
    <Amt Ccy="USD">{amount}</Amt>
    <CdtDbtInd>{side}</CdtDbtInd>{reversal}
    <Sts><Cd>BOOK</Cd></Sts>
    <BookgDt><Dt>2026-11-23</Dt></BookgDt>
    <ValDt><Dt>2026-11-23</Dt></ValDt>
    <AcctSvcrRef>{reference}</AcctSvcrRef>
    <BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd><SubFmlyCd>XBCT</SubFmlyCd></Fmly></Domn></BkTxCd>
    <NtryDtls><TxDtls>
     <Refs><AcctSvcrRef>{reference}</AcctSvcrRef>{end_to_end}</Refs>
     <RmtInf><Ustrd>{text}</Ustrd></RmtInf>{returned}
    </TxDtls></NtryDtls>
   </Ntry>
"""


def entry(
    reference: str,
    amount: str,
    side: str,
    end_to_end: UUID | None = None,
    text: str = "WIRE",
    returned: str = "",
    *,
    is_reversal: bool = False,
) -> str:
    return ENTRY.format(
        number=reference[-4:],
        amount=amount,
        side=side,
        reference=reference,
        text=text,
        end_to_end=f"<EndToEndId>{end_to_end.hex}</EndToEndId>" if end_to_end else "",
        reversal="<RvslInd>true</RvslInd>" if is_reversal else "",
        returned=f"<RtrInf><Rsn><Cd>{returned}</Cd></Rsn></RtrInf>" if returned else "",
    )


def camt054(message_id: str, *entries: str) -> bytes:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08">
 <BkToCstmrDbtCdtNtfctn>
  <GrpHdr><MsgId>{message_id}</MsgId><CreDtTm>2026-11-23T09:15:00+05:30</CreDtTm></GrpHdr>
  <Ntfctn>
   <Id>{message_id}</Id><CreDtTm>2026-11-23T09:15:00+05:30</CreDtTm>
   <Acct><Id><Othr><Id>001200345678</Id></Othr></Id><Ccy>USD</Ccy></Acct>
{"".join(entries)}  </Ntfctn>
 </BkToCstmrDbtCdtNtfctn>
</Document>
""".encode()


def camt053(message_id: str, opening: str, closing: str, *entries: str) -> bytes:
    def balance(code: str, amount: str) -> str:
        return (
            f"   <Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
            f'<Amt Ccy="USD">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-23</Dt></Dt></Bal>\n'
        )

    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">
 <BkToCstmrStmt>
  <GrpHdr><MsgId>{message_id}</MsgId><CreDtTm>2026-11-23T23:59:00+05:30</CreDtTm></GrpHdr>
  <Stmt>
   <Id>{message_id}</Id>
   <Acct><Id><Othr><Id>001200345678</Id></Othr></Id><Ccy>USD</Ccy></Acct>
{balance("OPBD", opening)}{balance("CLBD", closing)}{"".join(entries)}  </Stmt>
 </BkToCstmrStmt>
</Document>
""".encode()


def pain002(
    message_id: str, settlement_id: UUID, status: str, reason: str = "", reference: str = ""
) -> bytes:
    why = f"<StsRsnInf><Rsn><Cd>{reason}</Cd></Rsn></StsRsnInf>" if reason else ""
    booked = f"<AcctSvcrRef>{reference}</AcctSvcrRef>" if reference else ""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10">
 <CstmrPmtStsRpt>
  <GrpHdr><MsgId>{message_id}</MsgId><CreDtTm>2026-11-20T13:05:00+05:30</CreDtTm></GrpHdr>
  <OrgnlGrpInfAndSts>
   <OrgnlMsgId>{settlement_id.hex}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>
  </OrgnlGrpInfAndSts>
  <OrgnlPmtInfAndSts>
   <OrgnlPmtInfId>{settlement_id.hex}</OrgnlPmtInfId>
   <TxInfAndSts>
    <OrgnlEndToEndId>{settlement_id.hex}</OrgnlEndToEndId><TxSts>{status}</TxSts>{why}{booked}
   </TxInfAndSts>
  </OrgnlPmtInfAndSts>
 </CstmrPmtStsRpt>
</Document>
""".encode()
