"""Use cases of checkouts: the form for a quote, and what a notification of the gateway does."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol
from uuid import UUID

from customer_stack.checkouts import store
from customer_stack.checkouts.errors import PaymentDiffers, QuoteUnsuitable
from customer_stack.fx.domain.quotes import QuotePurpose, require_usable
from customer_stack.fx.errors import CustomerNotActive
from customer_stack.fx.service import QuoteStanding, Standings, load_quote_standing
from customer_stack.payments.domain import Notice, TakeBack
from customer_stack.payments.providers.hosted_checkout import (
    NAME,
    CheckoutForm,
    CheckoutNotice,
    CheckoutStatus,
    Merchant,
    build_form,
    read_notice,
)
from customer_stack.webhooks.domain import Envelope
from shared.clock import Clock
from shared.database import Database, Transaction

RequireDeposits = Callable[[Transaction, UUID], Awaitable[None]]
"""Refuses unless the tenant's capability `deposits` is on."""

TITLE = "Deposit"
PAYER = "(paid by card)"
"""In place of an account, and never in the form of one: a refund goes through the gateway."""


class PayIns(Protocol):
    """Where money that arrived, or was taken back, is told."""

    async def announce(self, notice: Notice) -> bool:
        """Settle what arrived, once."""
        ...

    async def take_back(self, take_back: TakeBack) -> bool:
        """Reverse what was taken back, once."""
        ...


class CheckoutsService:
    """Checkouts at the gateway where we are `merchant`."""

    def __init__(
        self,
        database: Database,
        merchant: Merchant,
        pay_ins: PayIns,
        standings: Standings,
        require_deposits: RequireDeposits,
        clock: Clock,
    ) -> None:
        """Tell `pay_ins` of money; `standings` and `require_deposits` say who may ask."""
        self._database = database
        self._merchant = merchant
        self._pay_ins = pay_ins
        self._standings = standings
        self._require_deposits = require_deposits
        self._clock = clock

    async def build(
        self, tenant_id: UUID, customer_id: UUID, quote_id: UUID
    ) -> tuple[CheckoutForm, datetime]:
        """Return the signed form of a live deposit quote, and when the quote ends. It is the same every time.

        Raises CapabilityOff, CustomerNotActive, QuoteNotFound, QuoteExpired, QuoteClosed, QuoteUnsuitable.
        """
        async with self._database.transaction(tenant_id) as tx:
            await self._require_deposits(tx, tenant_id)
            if not await self._standings.is_active(tx, customer_id):
                raise CustomerNotActive("The account cannot transact now. Look at its status first.")
            standing: QuoteStanding = await load_quote_standing(tx, customer_id, quote_id)
        quote = standing.quote
        require_usable(quote, standing.outcome, self._clock.now())
        if quote.purpose is not QuotePurpose.DEPOSIT:
            raise QuoteUnsuitable("Only a deposit quote is paid from outside. Ask for a quote to deposit.")
        return build_form(self._merchant, quote.pay_reference, quote.amount, TITLE), quote.expires_at

    async def handle(self, envelope: Envelope) -> None:
        """Do what a verified notification says. A handler of webhooks: idempotent, in any order.

        Raises PaymentDiffers, CollectionMissing, TakeBackDiffers.
        """
        notice = read_notice(envelope.body, self._merchant)
        match notice.status:
            case CheckoutStatus.SUCCESS:
                seen_at = await self._believe(notice)
                await self._pay_ins.announce(
                    Notice(
                        provider=NAME,
                        event_id=envelope.event_id,
                        bank_reference=notice.payment_id,
                        pay_reference=notice.order_id,
                        amount=notice.amount,
                        payer_account=PAYER,
                        booked_at=seen_at,
                    )
                )
            case CheckoutStatus.CHARGED_BACK:
                seen_at = await self._believe(notice)
                await self._pay_ins.take_back(
                    TakeBack(
                        provider=NAME,
                        bank_reference=notice.payment_id,
                        reversal_reference=f"{notice.payment_id}.chargeback",
                        amount=notice.amount,
                        booked_at=seen_at,
                    )
                )
            case CheckoutStatus.PENDING | CheckoutStatus.CANCELED | CheckoutStatus.FAILED:
                return

    async def _believe(self, notice: CheckoutNotice) -> datetime:
        """Return when we first heard of an order's payment. The notification states no time of its own."""
        async with self._database.transaction() as tx:
            kept = await store.keep_payment(tx, notice.order_id, notice.payment_id, self._clock.now())
        if kept is None or kept.payment_id != notice.payment_id:
            raise PaymentDiffers(
                "The order has another payment already, or the payment another order. Compare with the "
                "gateway's own list before anything is posted."
            )
        return kept.first_seen_at
