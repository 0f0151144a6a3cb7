"""Routes of payouts: customers' accounts, withdrawals and refunds; staff's view of them."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from customer_stack.edge.authentication import CurrentCustomer, require
from customer_stack.edge.origin import RequestCountry
from customer_stack.edge.principals import StaffPrincipal
from customer_stack.edge.schemas import Cursor, IdempotencyKey, Limit
from customer_stack.payouts.domain.payouts import Standing, Terms
from customer_stack.payouts.schemas import (
    AccountAnswer,
    AccountBody,
    AccountsAnswer,
    EmptyBody,
    PayoutAnswer,
    PayoutsAnswer,
    RefundBody,
    StaffPayoutAnswer,
    StaffPayoutsAnswer,
    TermsAnswer,
    TermsBody,
    WithdrawalBody,
    show_account,
    show_payout,
    show_payout_to_staff,
    show_terms,
)
from customer_stack.payouts.service import (
    NewAccount,
    PayoutAccounts,
    Refund,
    Withdrawal,
)
from customer_stack.payouts.services import PayoutServices
from shared.idempotency import Claim, digest_of, key_of
from shared.money import LKR_SCALE, to_minor

Reader = Annotated[StaffPrincipal, require("tenant.payouts.read")]
TermsSetter = Annotated[StaffPrincipal, require("tenant.payouts.set_terms")]
Resumer = Annotated[StaffPrincipal, require("tenant.payouts.resume")]
Held = Annotated[bool | None, Query(description="Whether the provider gave no answer for days.")]
Refunder = Annotated[StaffPrincipal, require("tenant.payouts.refund")]


def build_router(services: PayoutServices) -> APIRouter:
    """Return the routes of payouts."""
    router = APIRouter(tags=["payouts"])
    _add_accounts(router, services.accounts)
    _add_withdrawals(router, services)
    _add_staff(router, services)
    return router


def _add_accounts(router: APIRouter, accounts: PayoutAccounts) -> None:
    @router.post("/v1/payout-accounts", status_code=201)
    async def add_account(body: AccountBody, customer: CurrentCustomer) -> AccountAnswer:
        """Add an account of your own at a bank, to which you can withdraw; adding it twice is once."""
        new = NewAccount(customer.tenant_id, customer.customer_id, body.account_number, body.holder_name)
        return show_account(await accounts.add(new))

    @router.get("/v1/payout-accounts")
    async def list_accounts(
        customer: CurrentCustomer, limit: Limit = 50, cursor: Cursor = None
    ) -> AccountsAnswer:
        """Return the accounts to which you can withdraw, newest first."""
        page = await accounts.list_accounts(customer.tenant_id, customer.customer_id, limit, cursor)
        items = [show_account(account) for account in page.accounts]
        return AccountsAnswer(items=items, next_cursor=page.next_cursor)

    @router.delete("/v1/payout-accounts/{account_id}", status_code=204)
    async def remove_account(account_id: UUID, customer: CurrentCustomer) -> None:
        """Remove an account; withdrawals that are on their way still go there."""
        await accounts.remove(customer.tenant_id, customer.customer_id, account_id)

    @router.get("/v1/payout-terms")
    async def get_terms(customer: CurrentCustomer) -> TermsAnswer:
        """Return what a withdrawal costs, and how much you can withdraw at once."""
        return show_terms(await accounts.get_terms(customer.tenant_id, customer.department_id))

    @router.post("/staff/payouts/terms", status_code=201)
    async def set_terms(body: TermsBody, staff: TermsSetter) -> TermsAnswer:
        """Set the terms of withdrawals of a department; those that were asked for before keep theirs."""
        staff.require_department(body.department_id)
        terms = Terms(
            version=0,
            fee=_cents(body.fee),
            minimum_amount=_cents(body.minimum_amount),
            maximum_amount=_cents(body.maximum_amount),
            is_fee_returned=body.is_fee_returned,
        )
        return show_terms(await accounts.set_terms(staff.tenant_id, body.department_id, terms, staff.actor))


def _add_withdrawals(router: APIRouter, services: PayoutServices) -> None:
    requests, reading = services.requests, services.reading

    @router.post("/v1/withdrawals", status_code=201)
    async def withdraw(
        body: WithdrawalBody, customer: CurrentCustomer, country: RequestCountry, key: IdempotencyKey = None
    ) -> PayoutAnswer:
        """Withdraw to your bank: USD at a quote's rate, or LKR that waits in your wallet."""
        digest = digest_of("payouts.withdraw", body.model_dump_json().encode())
        wish = Withdrawal(
            tenant_id=customer.tenant_id,
            department_id=customer.department_id,
            customer_id=customer.customer_id,
            account_id=body.payout_account_id,
            quote_id=body.quote_id,
            amount=None if body.amount_lkr is None else _cents(body.amount_lkr),
            claim=Claim(customer.customer_id, key_of(key), digest),
            country=country,
        )
        return show_payout(await requests.withdraw(wish))

    @router.post("/v1/refunds", status_code=201)
    async def refund(
        body: RefundBody, customer: CurrentCustomer, country: RequestCountry, key: IdempotencyKey = None
    ) -> PayoutAnswer:
        """Send a pay-in that waits in your wallet back to the account that it came from, without a fee."""
        digest = digest_of("payouts.refund", body.model_dump_json().encode())
        wish = Refund(
            customer.tenant_id,
            body.pay_in_id,
            customer.customer_id,
            customer.actor,
            key_of(key),
            digest,
            country=country,
        )
        return show_payout(await requests.refund(wish))

    @router.get("/v1/withdrawals")
    async def list_withdrawals(
        customer: CurrentCustomer, limit: Limit = 50, cursor: Cursor = None
    ) -> PayoutsAnswer:
        """Return your withdrawals and refunds, newest first, each with how far it is."""
        page = await reading.list_of_customer(customer.tenant_id, customer.customer_id, limit, cursor)
        items = [show_payout(standing) for standing in page.payouts]
        return PayoutsAnswer(items=items, next_cursor=page.next_cursor)

    @router.get("/v1/withdrawals/{payout_id}")
    async def get_withdrawal(payout_id: UUID, customer: CurrentCustomer) -> PayoutAnswer:
        """Return one of your withdrawals or refunds and how far it is."""
        return show_payout(await reading.get(customer.tenant_id, customer.customer_id, payout_id))

    @router.post("/v1/withdrawals/{payout_id}/cancel")
    async def cancel(payout_id: UUID, _body: EmptyBody, customer: CurrentCustomer) -> PayoutAnswer:
        """Cancel a withdrawal that was not sent yet; its LKR waits in your wallet, USD are not given back."""
        return show_payout(await requests.cancel(customer.tenant_id, customer.customer_id, payout_id))


def _add_staff(router: APIRouter, services: PayoutServices) -> None:
    @router.get("/staff/payouts")
    async def list_payouts(
        staff: Reader,
        state: Standing | None = None,
        held: Held = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> StaffPayoutsAnswer:
        """Return payouts of all customers, newest first; `held=true` are those that wait for a person."""
        page = await services.reading.list_payouts(
            staff.tenant_id, state, limit, cursor, is_held=held, department_id=staff.department_id
        )
        items = [show_payout_to_staff(standing) for standing in page.payouts]
        return StaffPayoutsAnswer(items=items, next_cursor=page.next_cursor)

    @router.post("/staff/payouts/{payout_id}/resume")
    async def resume(payout_id: UUID, _body: EmptyBody, staff: Resumer) -> StaffPayoutAnswer:
        """Ask the provider again about a payout that is held."""
        resumed = await services.settlement.resume(
            staff.tenant_id, payout_id, staff.actor, department_id=staff.department_id
        )
        return show_payout_to_staff(resumed)

    @router.post("/staff/payouts/refunds", status_code=201)
    async def refund(body: RefundBody, staff: Refunder, key: IdempotencyKey = None) -> StaffPayoutAnswer:
        """Send a pay-in that waits back to the account it came from, for a customer who cannot ask."""
        digest = digest_of("payouts.refund_by_staff", body.model_dump_json().encode())
        wish = Refund(
            tenant_id=staff.tenant_id,
            pay_in_id=body.pay_in_id,
            customer_id=None,
            actor=staff.actor,
            key=key_of(key),
            digest=digest,
            department_id=staff.department_id,
        )
        return show_payout_to_staff(await services.requests.refund(wish))


def _cents(text: str) -> int:
    return to_minor(Decimal(text), LKR_SCALE)
