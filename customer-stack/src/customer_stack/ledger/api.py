"""Routes of a customer's wallet."""

from fastapi import APIRouter

from customer_stack.edge.authentication import CurrentCustomer
from customer_stack.edge.schemas import Cursor, Limit
from customer_stack.ledger.schemas import EntriesAnswer, WalletAnswer, show_balance, show_entry
from customer_stack.ledger.service import LedgerService
from shared.money import Currency


def build_router(service: LedgerService) -> APIRouter:
    """Return the routes of the wallet."""
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
        """Return how a wallet came about, newest first."""
        page = await service.list_entries(customer.tenant_id, customer.customer_id, currency, limit, cursor)
        items = [show_entry(currency, entry) for entry in page.entries]
        return EntriesAnswer(items=items, next_cursor=page.next_cursor)

    return router
