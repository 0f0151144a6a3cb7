"""Wire shapes of settlement."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import StringConstraints

from customer_stack.edge.schemas import Answer, Body
from customer_stack.settlement.domain.instruction import Totals
from customer_stack.settlement.domain.messages import ImportedMessage
from customer_stack.settlement.domain.purposes import Purposes
from customer_stack.settlement.domain.states import BankWord, Settlement
from customer_stack.settlement.service.reading import PostedReport, ReferencedLine, SignedRecord
from customer_stack.signing.schemas import ProofBody
from shared.money import USD_SCALE, format_minor

DigestText = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
ReasonText = Annotated[str, StringConstraints(min_length=1, max_length=500)]
ReferenceText = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$")]


class ProposeBody(Body):
    """Propose to settle everything reported so far, for a purpose of the reviewed list."""

    purpose_code: Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,8}$")]


class ApproveBody(ProofBody):
    """Approve exactly the instruction with this digest, and prove that you mean it."""

    digest: DigestText


class RejectBody(Body):
    """Say why."""

    reason: ReasonText


class PurposeAnswer(Answer):
    """A purpose of the reviewed list; `iso_code` is what banks read."""

    code: str
    name: str
    iso_code: str
    directions: list[str]


class PurposesAnswer(Answer):
    """The reviewed list of purposes."""

    version: int
    items: list[PurposeAnswer]


class ApprovalAnswer(Answer):
    """What you would sign: SHA-256 of `instruction`. `method` says how; `options` go to your browser."""

    instruction: str
    digest: str
    method: str
    options: dict[str, Any] | None


class WordAnswer(Answer):
    """What the bank said: paid, refused, returned; or closed_short, by two people."""

    word: str
    amount: str
    reopened: str
    bank_reference: str | None
    reason: str | None
    said_by: str
    said_at: str


class TotalsAnswer(Answer):
    """A period's sums in USD."""

    cost_of_buys: str
    proceeds: str
    fees: str
    payouts: str
    reversed_costs: str
    reversed_proceeds: str
    reversed_fees: str
    reversed_payouts: str
    net: str


class SettlementAnswer(Answer):
    """A settlement. `instruction` is the text whose SHA-256 is `digest`: what an approval approves."""

    id: UUID
    state: str
    direction: str
    purpose_code: str
    currency: str
    amount: str
    owed: str
    remainder: str
    after_sequence: int
    to_sequence: int
    totals: TotalsAnswer
    instruction: str
    digest: str
    proposed_by: UUID
    proposed_at: str
    valid_until: str
    decided_by: UUID | None
    decided_at: str | None
    reason: str | None
    released_by: UUID | None
    released_at: str | None
    bank_reference: str | None
    proof: str | None
    outstanding: str
    words: list[WordAnswer]


class SettlementsAnswer(Answer):
    """A page of settlements, newest first."""

    items: list[SettlementAnswer]
    next_cursor: str | None


class ExportManifest(Answer):
    """What the export of a period contains, so that anybody can check the file against the approval."""

    settlement_id: UUID
    file: str
    rows: int
    csv_sha256: str
    instruction: str
    instruction_sha256: str


class LineAnswer(Answer):
    """One customer's sums of the period; `reference` is how execution knows them."""

    customer_id: UUID
    reference: UUID | None
    totals: TotalsAnswer


class LinesAnswer(Answer):
    """A page of lines in customer order."""

    items: list[LineAnswer]
    next_cursor: str | None


class LegAnswer(Answer):
    """An entry of the ledger: what it added to what is owed."""

    transfer_id: UUID
    kind: str
    account: str
    amount: str


class ReportAnswer(Answer):
    """A report of execution with the entries that it posted. `owed` is what it adds to what we owe."""

    sequence: int
    recorded_at: str
    kind: str
    reference: UUID
    wager_id: UUID | None
    market_id: UUID | None
    side: str | None
    action: str | None
    cost: str
    fee: str
    payout: str
    reverses: int | None
    owed: str
    movement_id: UUID
    entries: list[LegAnswer]


class ReportsAnswer(Answer):
    """A page of a line's reports, oldest first."""

    items: list[ReportAnswer]
    next_cursor: str | None


class FileAnswer(Answer):
    """A file of a release."""

    kind: str
    sha256: str
    path: str


class FilesAnswer(Answer):
    """The files of a release: four at most."""

    items: list[FileAnswer]


class RecordAnswer(Answer):
    """A signed record: `payload` is the text that was signed; `signature` is Ed25519, in hex."""

    number: int
    payload: str
    sha256: str
    key_id: str
    signature: str


class RecordsAnswer(Answer):
    """A page of records with the public key that checks them (32 bytes, in hex)."""

    public_key: str
    items: list[RecordAnswer]
    next_cursor: str | None


class MessageEntryAnswer(Answer):
    """One thing that a message told: applied, repeated, waits, contradicts (a break) or not_ours."""

    number: int
    settlement_id: UUID | None
    bank_reference: str | None
    amount: str | None
    outcome: str
    problem: str | None


class MessageAnswer(Answer):
    """A message of the bank with our USD account."""

    id: UUID
    kind: str
    message_id: str
    imported_by: str
    imported_at: str
    entries: list[MessageEntryAnswer]


def show_settlement(settlement: Settlement) -> SettlementAnswer:
    """Return a settlement with amounts as strings."""
    instruction = settlement.instruction
    return SettlementAnswer(
        id=instruction.id,
        state=settlement.state.value,
        direction=instruction.direction.value,
        purpose_code=instruction.purpose_code,
        currency="USD",
        amount=_usd(instruction.amount),
        owed=_usd(instruction.owed),
        remainder=_usd(instruction.remainder),
        after_sequence=instruction.after_sequence,
        to_sequence=instruction.to_sequence,
        totals=_show_totals(instruction.totals),
        instruction=instruction.canonical().decode(),
        digest=settlement.digest.hex(),
        proposed_by=instruction.proposed_by,
        proposed_at=instruction.proposed_at.isoformat(),
        valid_until=instruction.valid_until.isoformat(),
        decided_by=settlement.decided_by,
        decided_at=settlement.decided_at.isoformat() if settlement.decided_at else None,
        reason=settlement.reason,
        released_by=settlement.released_by,
        released_at=settlement.released_at.isoformat() if settlement.released_at else None,
        bank_reference=settlement.bank_reference,
        proof=settlement.proof,
        outstanding=_usd(settlement.outstanding),
        words=[_show_word(word) for word in settlement.words],
    )


def _show_word(word: BankWord) -> WordAnswer:
    return WordAnswer(
        word=word.word.value,
        amount=_usd(word.amount),
        reopened=_usd(word.reopened),
        bank_reference=word.bank_reference,
        reason=word.reason,
        said_by=word.said_by,
        said_at=word.said_at.isoformat(),
    )


def show_purposes(purposes: Purposes) -> PurposesAnswer:
    """Return the list of purposes."""
    return PurposesAnswer(
        version=purposes.version,
        items=[
            PurposeAnswer(
                code=one.code, name=one.name, iso_code=one.iso_code, directions=sorted(one.directions)
            )
            for one in purposes.by_code.values()
        ],
    )


def show_line(found: ReferencedLine) -> LineAnswer:
    """Return a line with amounts as strings."""
    return LineAnswer(
        customer_id=found.line.customer_id,
        reference=found.reference,
        totals=_show_totals(found.line.totals),
    )


def show_report(found: PostedReport) -> ReportAnswer:
    """Return a report with its entries."""
    report = found.report
    return ReportAnswer(
        sequence=report.sequence,
        recorded_at=report.recorded_at.isoformat(),
        kind=report.kind,
        reference=report.reference,
        wager_id=report.wager_id,
        market_id=report.market_id,
        side=report.side,
        action=report.action,
        cost=_usd(report.cost),
        fee=_usd(report.fee),
        payout=_usd(report.amount),
        reverses=report.reverses,
        owed=_usd(report.owed),
        movement_id=report.movement_id,
        entries=[
            LegAnswer(
                transfer_id=leg.transfer_id, kind=leg.kind, account=leg.account, amount=_usd(leg.amount)
            )
            for leg in found.legs
        ],
    )


def show_record(record: SignedRecord) -> RecordAnswer:
    """Return a signed record as text and hex."""
    return RecordAnswer(
        number=record.number,
        payload=record.payload.decode("ascii"),
        sha256=record.digest.hex(),
        key_id=record.key_id.hex(),
        signature=record.signature.hex(),
    )


def show_message(message: ImportedMessage) -> MessageAnswer:
    """Return a message and what became of it."""
    return MessageAnswer(
        id=message.id,
        kind=message.kind.value,
        message_id=message.message_id,
        imported_by=message.imported_by,
        imported_at=message.imported_at.isoformat(),
        entries=[
            MessageEntryAnswer(
                number=each.number,
                settlement_id=each.settlement_id,
                bank_reference=each.bank_reference,
                amount=None if each.amount is None else _usd(each.amount),
                outcome=each.outcome.value,
                problem=each.problem,
            )
            for each in message.entries
        ],
    )


def _show_totals(totals: Totals) -> TotalsAnswer:
    return TotalsAnswer(
        cost_of_buys=_usd(totals.cost_of_buys),
        proceeds=_usd(totals.proceeds),
        fees=_usd(totals.fees),
        payouts=_usd(totals.payouts),
        reversed_costs=_usd(totals.reversed_costs),
        reversed_proceeds=_usd(totals.reversed_proceeds),
        reversed_fees=_usd(totals.reversed_fees),
        reversed_payouts=_usd(totals.reversed_payouts),
        net=_usd(totals.net),
    )


def _usd(minor: int) -> str:
    return format_minor(minor, USD_SCALE)
