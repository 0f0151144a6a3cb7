"""Wire shapes of the treasury."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import StringConstraints

from customer_stack.edge.schemas import AmountText, Answer, Body
from customer_stack.treasury.domain import BANK_REFERENCE, Recorded
from shared.money import LKR_SCALE, USD_SCALE, Currency, format_minor

Place = Literal["collection", "nostro", "cash", "ewallet", "app", "crypto"]

BankReference = Annotated[str, StringConstraints(pattern=f"^{BANK_REFERENCE.pattern}$")]


class ContributionBody(Body):
    """LKR that the house brought to the bank."""

    department_id: UUID
    lkr: AmountText
    bank_reference: BankReference


class StockPurchaseBody(Body):
    """A bank deal: USD bought for LKR of the till."""

    department_id: UUID
    usd: AmountText
    lkr: AmountText
    bank_reference: BankReference


class PrefundBody(Body):
    """USD of the stock sent to execution."""

    department_id: UUID
    usd: AmountText
    bank_reference: BankReference


class StockSaleBody(Body):
    """A bank deal: USD of the stock sold for LKR."""

    department_id: UUID
    usd: AmountText
    lkr: AmountText
    bank_reference: BankReference


class RelocationBody(Body):
    """Money of the house moved from one place to another."""

    department_id: UUID
    currency: Currency
    source: Place
    target: Place
    amount: AmountText
    bank_reference: BankReference


class BillBody(Body):
    """A supplier's bill, or its payment."""

    department_id: UUID
    lkr: AmountText
    bank_reference: BankReference


class MovementAnswer(Answer):
    """What was posted."""

    movement_id: UUID


class RecordedAnswer(Answer):
    """What the house did, as its newest version has it.

    `lkr` is what the collection account saw: negative where money left it. `version` is above 1 after a
    correction; what was reversed does not stand. The history is at /staff/ledger/deals/{movement_id}.
    """

    movement_id: UUID
    department_id: UUID
    kind: str
    bank_reference: str
    lkr: str
    usd: str
    recorded_at: str
    version: int
    stands: bool


class MovementsAnswer(Answer):
    """A page of the house's movements, newest first."""

    items: list[RecordedAnswer]
    next_cursor: str | None


def show_recorded(movement: Recorded) -> RecordedAnswer:
    """Return a movement as staff see it."""
    return RecordedAnswer(
        movement_id=movement.movement_id,
        department_id=movement.department_id,
        kind=movement.kind.value,
        bank_reference=movement.bank_reference,
        lkr=format_minor(movement.lkr, LKR_SCALE),
        usd=format_minor(movement.usd, USD_SCALE),
        recorded_at=movement.recorded_at.isoformat(),
        version=movement.version,
        stands=movement.stands,
    )
