"""Timers and listeners of wagers; one service call each."""

from typing import Final
from uuid import UUID

from customer_stack.boundary_client.domain import Account
from customer_stack.customers.service import load_references
from customer_stack.timers import Runner, repeat, when_full
from customer_stack.wagers.service.reporting import PAGE, ReportApplication
from customer_stack.wagers.service.sending import BATCH, WagerSending
from shared.database import Transaction
from shared.events.port import Event
from shared.events.worker import Listener

SEND_SECONDS: Final = 0.1
IDLE_REGISTER_SECONDS: Final = 0.5
IDLE_CANCEL_SECONDS: Final = 0.3
"""A cancel is worth asking only before its wager is pooled."""
REPORT_SECONDS: Final = 0.1


def build_listeners(sending: WagerSending) -> list[Listener]:
    """Return what wagers do when something happens elsewhere."""

    async def prepare_account(tx: Transaction, event: Event) -> None:
        customer_id = UUID(event.payload["customer_id"])
        reference = (await load_references(tx, [customer_id]))[customer_id]
        await sending.prepare_account(tx, Account(reference, event.tenant_id), customer_id)

    return [Listener("customers.activated", "wagers", prepare_account)]


def build_timers(sending: WagerSending, reports: ReportApplication) -> dict[str, Runner]:
    """Return the worker's tasks of wagers."""
    return {
        "wagers.register": repeat(
            "wagers.register",
            SEND_SECONDS,
            sending.register_accounts,
            idle_seconds=IDLE_REGISTER_SECONDS,
        ),
        "wagers.dispatch": repeat("wagers.dispatch", SEND_SECONDS, when_full(sending.dispatch, BATCH)),
        "wagers.cancel": repeat(
            "wagers.cancel", SEND_SECONDS, sending.ask_cancels, idle_seconds=IDLE_CANCEL_SECONDS
        ),
        "wagers.reports": repeat("wagers.reports", REPORT_SECONDS, when_full(reports.fetch, PAGE)),
    }
