"""Use cases of whoever wants money paid out: withdraw, get a refund, return suspense, cancel.

All run under the locks of the customer's and the department's books; nothing is sent from here.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from customer_stack.customers.domain import Status
from customer_stack.customers.service import load_accounts as load_customers
from customer_stack.fx.domain.conversion import Conversion
from customer_stack.fx.domain.quotes import Quote, QuotePurpose
from customer_stack.fx.service import (
    Standings,
    close_overdue,
    load_quote_standing,
    require_funds,
    require_usable,
    use_quote,
)
from customer_stack.gate.errors import public_code, refusal
from customer_stack.ledger.domain import Account
from customer_stack.ledger.service import advance_deals, insert_items
from customer_stack.payments.debts import clear_debts, load_owed
from customer_stack.payments.domain import PayIn, PayInOutcome
from customer_stack.payments.service import PaymentsService
from customer_stack.payments.service import load_standing as load_pay_in
from customer_stack.payouts import records
from customer_stack.payouts.domain.held import Wish
from customer_stack.payouts.domain.payouts import (
    Outcome,
    Payout,
    PayoutStanding,
    Purpose,
    build_end,
    build_hold,
    decide_gross,
    decide_net,
    reference_of,
)
from customer_stack.payouts.errors import (
    AlreadySent,
    CustomerFrozen,
    CustomerNotActive,
    NotRefundable,
    PayInNotFound,
    PayoutNotFound,
    QuoteUnsuitable,
)
from customer_stack.payouts.service.accounts import AccountSealing, load_account, require_terms_of
from customer_stack.payouts.service.compliance import (
    Asked,
    Compliance,
    Destination,
    decode_denial,
    encode_denial,
)
from customer_stack.payouts.service.holding import end_held
from customer_stack.payouts.store import orders as store
from shared import outflow
from shared.audit import append
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.errors import Refusal, invariant
from shared.idempotency import Claim, NewAnswer, read_answer, store_answers
from shared.ids import Ids
from shared.ledger import store as ledger
from shared.ledger.domain import LKR

RETURNABLE: Final = frozenset({"sandbox-bank", "bank-file"})
"""Providers whose pay-ins name an account of the payer. What came through a gateway goes back through it."""

RequireWithdrawals = Callable[[Transaction, UUID], Awaitable[None]]
"""Refuses unless the tenant's capability `withdrawals` is on."""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What a customer wants: a quote's LKR, or `amount` cents of LKR that wait, on an own account."""

    tenant_id: UUID
    department_id: UUID
    customer_id: UUID
    account_id: UUID
    quote_id: UUID | None
    amount: int | None
    claim: Claim
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Refund:
    """Whose pay-in goes back, and who asks: the customer, or staff for somebody who cannot.

    `department_id`: the only department that the staff member reaches.
    """

    tenant_id: UUID
    pay_in_id: UUID
    customer_id: UUID | None
    actor: str
    key: bytes
    digest: bytes
    department_id: UUID | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Admission:
    """Who may have money paid out."""

    standings: Standings
    require_withdrawals: RequireWithdrawals
    compliance: Compliance


class PayoutRequests:
    """Orders to pay."""

    def __init__(
        self,
        database: Database,
        sealing: AccountSealing,
        payments: PaymentsService,
        admission: Admission,
        clock: Clock,
        ids: Ids,
        *,
        provider: str,
    ) -> None:
        """Order payouts of the provider with this name, as far as `admission` lets them."""
        self._database = database
        self._sealing = sealing
        self._payments = payments
        self._admission = admission
        self._compliance = admission.compliance
        self._clock = clock
        self._ids = ids
        self._provider = provider

    async def withdraw(self, wish: Withdrawal) -> PayoutStanding:
        """Convert at the quote's rate where one is named (W1), hold the LKR (W2) and order its payout.

        What the customer owes is paid first. What the gate holds waits and is not sent. Raises CapabilityOff,
        CustomerNotActive, AccountNotFound, TermsMissing, QuoteNotFound, QuoteExpired, QuoteClosed,
        QuoteUnsuitable, NotEnoughUsd, NotEnoughWaiting, AmountOutOfBounds, IdempotencyMismatch, and what the
        gate refuses, of which a record stays.
        """
        async with self._database.transaction(wish.tenant_id) as tx:
            await ledger.lock_books(tx, [wish.customer_id, wish.department_id])
            answered = await read_answer(tx, wish.claim)
            answer = await (_repeat(tx, answered) if answered is not None else self._withdraw(tx, wish))
        return _require_done(answer)

    async def _withdraw(self, tx: Transaction, wish: Withdrawal) -> PayoutStanding | Refusal:
        await self._admission.require_withdrawals(tx, wish.tenant_id)
        if not await self._admission.standings.is_active(tx, wish.customer_id):
            raise CustomerNotActive("The account cannot transact now. Look at its status first.")
        account = await load_account(tx, self._sealing, wish.customer_id, wish.account_id)
        terms = await require_terms_of(tx, wish.department_id)
        await close_overdue(tx, wish.department_id, self._clock)
        quote = await self._take_quote(tx, wish)
        arriving = quote.net if quote else 0
        free = await _load_available(tx, wish.customer_id)
        gross = decide_gross(
            asked=wish.amount,
            arriving=arriving,
            free=free,
            owed=await load_owed(tx, wish.customer_id),
        )
        payout_id = self._ids.new()
        payout = Payout(
            id=payout_id,
            tenant_id=wish.tenant_id,
            department_id=wish.department_id,
            customer_id=wish.customer_id,
            purpose=Purpose.WITHDRAWAL,
            provider=self._provider,
            amount=decide_net(gross, terms),
            fee=terms.fee,
            is_fee_returned=terms.is_fee_returned,
            reference=reference_of(Purpose.WITHDRAWAL, payout_id),
            account_id=wish.account_id,
            pay_in_id=None,
            quote_id=wish.quote_id,
            conversion_id=None,
            hold_id=self._ids.new(),
            requested_by=f"customer:{wish.customer_id}",
            requested_at=self._clock.now(),
        )
        to = Destination(wish.customer_id, account.number)
        asked = await self._compliance.ask(tx, payout, to, wish.country, before=free + arriving)
        if asked.ruling.is_denied:
            return await self._refuse(tx, wish.claim, asked, payout)
        conversion = await use_quote(tx, quote, self._clock, self._ids) if quote else None
        await self._clear(tx, payout, conversion)
        payout = replace(payout, conversion_id=conversion.id if conversion else None)
        await self._order(tx, payout, account.number, conversion, is_held=asked.ruling.is_held)
        await asked.write(tx)
        await store_answers(tx, [NewAnswer(wish.tenant_id, wish.claim, payout_id.bytes)])
        return await _require(tx, payout_id)

    async def refund(self, wish: Refund) -> PayoutStanding:
        """Order that a pay-in's LKR that waits goes back to the account that it came from.

        Never more than waits; for everybody but frozen customers. Raises PayInNotFound, CustomerFrozen,
        NotRefundable, IdempotencyMismatch, and what the gate refuses, of which a record stays.
        """
        async with self._database.transaction(wish.tenant_id) as tx:
            found = await load_pay_in(tx, wish.pay_in_id)
            owner_id = found.owner_id if found else None
            if found is None or owner_id is None or wish.customer_id not in (None, owner_id):
                raise PayInNotFound("There is no such pay-in in your wallet. Look at your pay-ins.")
            department_id = found.pay_in.department_id
            if wish.department_id not in (None, department_id):
                raise PayInNotFound("There is no such pay-in in your department. Look at the pay-ins.")
            await ledger.lock_books(tx, [owner_id, department_id])
            claim = Claim(owner_id, wish.key, wish.digest)
            answered = await read_answer(tx, claim)
            if answered is not None:
                answer = await _repeat(tx, answered)
            else:
                answer = await self._refund(tx, wish, found.pay_in, owner_id, claim)
        return _require_done(answer)

    async def _refund(
        self, tx: Transaction, wish: Refund, pay_in: PayIn, owner_id: UUID, claim: Claim
    ) -> PayoutStanding | Refusal:
        if (await load_customers(tx, [owner_id]))[owner_id].status is Status.FROZEN:
            raise CustomerFrozen("The account is frozen: its money does not move. Contact support.")
        _require_account(pay_in)
        amount = await self._refundable(tx, wish.pay_in_id, owner_id)
        payer = await self._payments.read_payer(tx, pay_in)
        payout = self._send_back(pay_in, Purpose.REFUND, amount, owner_id, wish.actor)
        to = Destination(owner_id, payer.account)
        asked = await self._compliance.ask(tx, payout, to, wish.country, before=amount)
        if asked.ruling.is_denied:
            return await self._refuse(tx, claim, asked, payout)
        await self._order(tx, payout, payer.account, None, is_held=asked.ruling.is_held)
        await asked.write(tx)
        await store_answers(tx, [NewAnswer(wish.tenant_id, claim, payout.id.bytes)])
        return await _require(tx, payout.id)

    async def order_return(self, tx: Transaction, pay_in: PayIn, account: str, actor: str) -> UUID:
        """Order that suspense goes back to an account, in the transaction that approves it; books locked.

        Raises NotRefundable.
        """
        _require_account(pay_in)
        payout = self._send_back(pay_in, Purpose.SUSPENSE_RETURN, pay_in.amount, None, actor)
        await self._order(tx, payout, account, None, is_held=False)
        return payout.id

    async def cancel(self, tenant_id: UUID, customer_id: UUID, payout_id: UUID) -> PayoutStanding:
        """Take back a payout that was not sent; its LKR waits in the wallet.

        One from before a restore that lost something may have been paid, and is not taken back any more.
        Raises PayoutNotFound, AlreadySent.
        """
        now = self._clock.now()
        async with self._database.transaction(tenant_id) as tx:
            await ledger.lock_books(tx, [customer_id])
            standing = await _require(tx, payout_id, customer_id)
            payout = standing.payout
            if standing.outcome is Outcome.CANCELLED:
                return standing
            if await outflow.may_have_left(tx, payout.requested_at):
                raise _already_sent()
            actor = f"customer:{customer_id}"
            if standing.is_held:
                await end_held(tx, [payout_id], Wish.CANCEL, actor, now, self._compliance)
                return await _require(tx, payout_id)
            if not await store.take_back(tx, payout_id):
                raise _already_sent()
            await ledger.post(tx, build_end(payout, is_paid=False))
            await store.insert_resolution(tx, payout, Outcome.CANCELLED, None, actor, now)
            await store.delete_claim(tx, payout_id)
            await self._compliance.uncount(tx, [payout], now)
            await advance_deals(tx, [records.step_of_failure(payout, actor, now)])
            await append(tx, [records.record_of(payout, "cancelled", actor, now)])
            return await _require(tx, payout_id)

    async def _refuse(self, tx: Transaction, claim: Claim, asked: Asked, payout: Payout) -> Refusal:
        """Keep that the gate denied: the decision, the audit, and the answer for a repeat."""
        await asked.write(tx)
        record = records.record_of(payout, "denied", payout.requested_by, payout.requested_at)
        await append(tx, [record])
        await store_answers(tx, [NewAnswer(payout.tenant_id, claim, encode_denial(asked.ruling))])
        return refusal(public_code(asked.ruling.reasons))

    async def _take_quote(self, tx: Transaction, wish: Withdrawal) -> Quote | None:
        """Return the quote that is named, usable and covered; None where none is."""
        if wish.quote_id is None:
            return None
        standing = await load_quote_standing(tx, wish.customer_id, wish.quote_id)
        quote = standing.quote
        if quote.purpose is not QuotePurpose.WITHDRAWAL or quote.department_id != wish.department_id:
            raise QuoteUnsuitable("This quote is not for a withdrawal. Ask for one with purpose withdrawal.")
        require_usable(quote, standing.outcome, self._clock.now())
        await require_funds(tx, quote)
        return quote

    async def _clear(self, tx: Transaction, payout: Payout, conversion: Conversion | None) -> None:
        """Pay what the customer owes, and see that what was asked about is still there."""
        customer_id = payout.book_id
        movement_id = conversion.movement_id if conversion else self._ids.new()
        now = payout.requested_at
        await clear_debts(tx, payout.tenant_id, customer_id, movement_id=movement_id, ids=self._ids, now=now)
        available = await _load_available(tx, customer_id)
        invariant(payout.gross <= available, "a withdrawal takes no more than the gate was asked about")

    async def _refundable(self, tx: Transaction, pay_in_id: UUID, owner_id: UUID) -> int:
        """Return how much of a pay-in still waits. Raises NotRefundable."""
        found = await load_pay_in(tx, pay_in_id)
        waits = found is not None and found.state == PayInOutcome.WAITING and found.owner_id == owner_id
        free = await _load_available(tx, owner_id)
        if found is None or not waits or free <= 0 or await store.has_claim(tx, pay_in_id):
            raise NotRefundable("Nothing of this pay-in waits, or it is going back already.")
        return min(found.pay_in.amount, free)

    def _send_back(
        self, pay_in: PayIn, purpose: Purpose, amount: int, owner_id: UUID | None, actor: str
    ) -> Payout:
        payout_id = self._ids.new()
        return Payout(
            id=payout_id,
            tenant_id=pay_in.tenant_id,
            department_id=pay_in.department_id,
            customer_id=owner_id,
            purpose=purpose,
            provider=self._provider,
            amount=amount,
            fee=0,
            is_fee_returned=False,
            reference=reference_of(purpose, payout_id),
            account_id=None,
            pay_in_id=pay_in.id,
            quote_id=None,
            conversion_id=None,
            hold_id=None if owner_id is None else self._ids.new(),
            requested_by=actor,
            requested_at=self._clock.now(),
        )

    async def _order(
        self,
        tx: Transaction,
        payout: Payout,
        account: str,
        conversion: Conversion | None,
        *,
        is_held: bool,
    ) -> None:
        """W2, and the order to pay: what the provider is told is fixed here."""
        if payout.hold_id is not None:
            await ledger.post(tx, build_hold(payout))
        destination = self._sealing.seal("destination", payout.id, account)
        await store.insert_payout(tx, payout, destination, is_held=is_held)
        await advance_deals(tx, records.steps_of_request(payout))
        await insert_items(tx, [records.item_of(payout, conversion, self._ids.new())])
        what = "held" if is_held else "requested"
        await append(tx, [records.record_of(payout, what, payout.requested_by, payout.requested_at)])


async def _repeat(tx: Transaction, answered: bytes) -> PayoutStanding | Refusal:
    """Return the first answer to a request once more."""
    return decode_denial(answered) or await _require(tx, UUID(bytes=answered))


def _already_sent() -> AlreadySent:
    return AlreadySent("The bank may have it already. Wait for what becomes of it.")


def _require_done(answer: PayoutStanding | Refusal) -> PayoutStanding:
    """Raise a refusal, now that its record is committed."""
    if isinstance(answer, Refusal):
        raise answer
    return answer


def _require_account(pay_in: PayIn) -> None:
    """Refuse to send back what no bank account of a payer sent. Raises NotRefundable."""
    if pay_in.provider not in RETURNABLE:
        raise NotRefundable("This did not come from a bank account. It is refunded where it was paid.")


async def _load_available(tx: Transaction, customer_id: UUID) -> int:
    key = (customer_id, LKR, Account.WALLET)
    return (await ledger.load_balances(tx, [key]))[key].available()


async def _require(tx: Transaction, payout_id: UUID, customer_id: UUID | None = None) -> PayoutStanding:
    standing = await store.load_standing(tx, payout_id)
    if standing is None or (customer_id is not None and standing.payout.customer_id != customer_id):
        raise PayoutNotFound("There is no such payout. Check the id.")
    return standing
