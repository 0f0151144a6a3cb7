"""Routes of a customer's wallet and of a customer's own deals."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from customer_stack.edge.authentication import CurrentCustomer
from customer_stack.edge.schemas import Cursor, Limit
from customer_stack.ledger.reading import LedgerReading
from customer_stack.ledger.schemas import (
    EntriesAnswer,
    OwnDealAnswer,
    PastBalanceAnswer,
    PastWalletAnswer,
    WalletAnswer,
    assets_of,
    show_balance,
    show_entry,
    show_own_deal,
)
from customer_stack.ledger.service import ASSET_OF, LedgerService
from customer_stack.ledger.views import Moment
from shared.money import Currency, format_minor

PastMoment = Annotated[
    AwareDatetime, Query(description="A moment with its time zone, such as 2026-11-20T14:05:00Z.")
]
By = Annotated[
    Moment,
    Query(description="business: what was effective by then. recorded: what had been recorded by then."),
]


def build_router(service: LedgerService, reading: LedgerReading) -> APIRouter:
    """Return the routes of the wallet and of deals."""
    router = APIRouter(tags=["wallet"])

    @router.get("/v1/wallet")
    async def get_wallet(customer: CurrentCustomer) -> WalletAnswer:
        """Return what you own, what of it is reserved and what is free, per currency."""
        wallet = await service.get_wallet(customer.tenant_id, customer.customer_id)
        return WalletAnswer(
            balances=[show_balance(currency, balance) for currency, balance in wallet.items()]
        )

    @router.get("/v1/wallet/entries")
    async def list_entries(
        customer: CurrentCustomer,
        currency: Currency = Currency.USD,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> EntriesAnswer:
        """Return how a wallet came about, newest first: every change with what stood before and after."""
        page = await service.list_entries(customer.tenant_id, customer.customer_id, currency, limit, cursor)
        items = [show_entry(currency, entry) for entry in page.entries]
        return EntriesAnswer(items=items, next_cursor=page.next_cursor)

    @router.get("/v1/wallet/at")
    async def get_wallet_at(
        customer: CurrentCustomer, at: PastMoment, by: By = Moment.BUSINESS
    ) -> PastWalletAnswer:
        """Return what your wallet held at a moment, per currency."""
        held = await reading.get_wallet_at(customer.tenant_id, customer.customer_id, at, by)
        return PastWalletAnswer(
            at=at,
            balances=[
                PastBalanceAnswer(currency=currency, posted=format_minor(held[asset], currency.scale))
                for currency, asset in ASSET_OF.items()
            ],
        )

    @router.get("/v1/deals/{deal_id}")
    async def get_deal(deal_id: UUID, customer: CurrentCustomer) -> OwnDealAnswer:
        """Return one of your deals, such as a withdrawal or a transfer: its states and all its versions."""
        deal = await reading.get_deal(customer.tenant_id, deal_id, owner=customer.customer_id)
        return show_own_deal(deal, await reading.list_assets(customer.tenant_id, assets_of(deal.items)))

    return router
