"""Wire shapes of settlement."""

from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints

from customer_stack.edge.schemas import AmountText, Answer, Body
from customer_stack.settlement.domain import Settlement, Totals
from shared.money import USD_SCALE, format_minor

DigestText = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class ProposeBody(Body):
    """Propose to settle everything reported so far. The code names the payment's purpose at the bank."""

    purpose_code: Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,8}$")] = "SETTLE"


class ApproveBody(Body):
    """Approve exactly the instruction with this digest."""

    digest: DigestText


class RejectBody(Body):
    """Say why."""

    reason: Annotated[str, StringConstraints(min_length=1, max_length=500)]


class PaymentBody(Body):
    """The bank's word: which amount of USD moved under which reference."""

    amount: AmountText
    bank_reference: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$")]


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
