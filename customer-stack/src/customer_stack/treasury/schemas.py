"""Wire shapes of the treasury."""

from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints

from customer_stack.edge.schemas import AmountText, Answer, Body

BankReference = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$")]


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


class MovementAnswer(Answer):
    """What was posted."""

    movement_id: UUID
