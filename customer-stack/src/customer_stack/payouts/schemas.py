"""Wire shapes of payouts."""

from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import StringConstraints, model_validator

from customer_stack.edge.schemas import AmountText, Answer, Body, Form, advise, show
from customer_stack.payouts.domain.accounts import PayoutAccount
from customer_stack.payouts.domain.payouts import PayoutStanding, TaskState, Terms
from shared.money import LKR_SCALE, format_minor

AccountNumber = Annotated[
    str,
    Form(
        r"^(?=(?:[ -]?[0-9A-Z]){5,34}$)[0-9A-Z](?:[ -]?[0-9A-Z])*$",
        "must be an account number of 5 to 34 digits and letters; blanks and hyphens may stand between",
        upper=True,
    ),
]


class AccountBody(Body):
    """An account of your own at a bank, and its holder as the bank writes it."""

    account_number: AccountNumber
    holder_name: Annotated[str, StringConstraints(min_length=2, max_length=140)]


class WithdrawalBody(Body):
    """Withdraw by a quote (USD to LKR), or LKR that waits in your wallet: exactly one of both."""

    model_config = show(
        {
            "payout_account_id": "01a1fbe9-bb42-7558-9e50-27507b05724f",
            "quote_id": "01a1fbe9-bb4d-7166-880a-a41886adac0e",
        }
    )

    payout_account_id: UUID
    quote_id: UUID | None = None
    amount_lkr: AmountText | None = None

    @model_validator(mode="after")
    def check_one(self) -> Self:
        """Ask for a quote or an amount."""
        if (self.quote_id is None) == (self.amount_lkr is None):
            raise advise("one_of", "needs quote_id or amount_lkr, and not both")
        return self


class RefundBody(Body):
    """Send the LKR of a pay-in that waits back to the account that it came from."""

    pay_in_id: UUID


class TermsBody(Body):
    """Terms of withdrawals. `is_fee_returned`: the fee goes back too when the bank pays back."""

    department_id: UUID
    fee: AmountText
    minimum_amount: AmountText
    maximum_amount: AmountText
    is_fee_returned: bool = True


class EmptyBody(Body):
    """Nothing to say."""


class AccountAnswer(Answer):
    """An account; all but the end of its number is hidden."""

    id: UUID
    account_number: str
    holder_name: str
    added_at: str


class AccountsAnswer(Answer):
    """A page of accounts, newest first."""

    items: list[AccountAnswer]
    next_cursor: str | None


class TermsAnswer(Answer):
    """Terms of withdrawals in LKR: the fee comes off the amount that is withdrawn."""

    version: int
    fee: str
    minimum_amount: str
    maximum_amount: str
    is_fee_returned: bool


class PayoutAnswer(Answer):
    """A payout: `state` is requested, sent, paid, refused, cancelled or returned.

    `gross` is what it takes from your wallet, `amount` what the bank pays. What is `held` is being looked at:
    its money is reserved and not sent yet, and you can cancel it. After refused, denied, cancelled and
    returned the LKR waits in your wallet.
    """

    id: UUID
    state: str
    purpose: str
    gross: str
    fee: str
    amount: str
    reference: str
    payout_account_id: UUID | None
    pay_in_id: UUID | None
    quote_id: UUID | None
    conversion_id: UUID | None
    bank_reference: str | None
    reason: str | None
    requested_at: str
    resolved_at: str | None
    returned_at: str | None


class StaffPayoutAnswer(PayoutAnswer):
    """A payout as staff sees it; `is_held`: the provider gave no answer for days, somebody has to ask."""

    customer_id: UUID | None
    department_id: UUID
    provider: str
    return_reference: str | None
    requested_by: str
    is_held: bool


class PayoutsAnswer(Answer):
    """A page of payouts, newest first."""

    items: list[PayoutAnswer]
    next_cursor: str | None


class StaffPayoutsAnswer(Answer):
    """A page of payouts, newest first."""

    items: list[StaffPayoutAnswer]
    next_cursor: str | None


def show_account(account: PayoutAccount) -> AccountAnswer:
    """Return an account with its number masked."""
    return AccountAnswer(
        id=account.id,
        account_number=account.masked,
        holder_name=account.holder,
        added_at=account.added_at.isoformat(),
    )


def show_terms(terms: Terms) -> TermsAnswer:
    """Return terms with amounts as strings."""
    return TermsAnswer(
        version=terms.version,
        fee=_lkr(terms.fee),
        minimum_amount=_lkr(terms.minimum_amount),
        maximum_amount=_lkr(terms.maximum_amount),
        is_fee_returned=terms.is_fee_returned,
    )


def show_payout(standing: PayoutStanding) -> PayoutAnswer:
    """Return a payout as the customer sees it."""
    return PayoutAnswer(**_fields(standing))


def show_payout_to_staff(standing: PayoutStanding) -> StaffPayoutAnswer:
    """Return a payout as staff sees it."""
    payout = standing.payout
    return StaffPayoutAnswer(
        **_fields(standing),
        customer_id=payout.customer_id,
        department_id=payout.department_id,
        provider=payout.provider,
        return_reference=standing.return_reference,
        requested_by=payout.requested_by,
        is_held=standing.task is TaskState.HELD,
    )


def _fields(standing: PayoutStanding) -> dict[str, Any]:
    payout = standing.payout
    return {
        "id": payout.id,
        "state": standing.state.value,
        "purpose": payout.purpose.value,
        "gross": _lkr(payout.gross),
        "fee": _lkr(payout.fee),
        "amount": _lkr(payout.amount),
        "reference": payout.reference,
        "payout_account_id": payout.account_id,
        "pay_in_id": payout.pay_in_id,
        "quote_id": payout.quote_id,
        "conversion_id": payout.conversion_id,
        "bank_reference": standing.bank_reference,
        "reason": standing.reason,
        "requested_at": payout.requested_at.isoformat(),
        "resolved_at": standing.resolved_at.isoformat() if standing.resolved_at else None,
        "returned_at": standing.returned_at.isoformat() if standing.returned_at else None,
    }


def _lkr(minor: int) -> str:
    return format_minor(minor, LKR_SCALE)
