"""Transfers as AML counts them: money out of one customer, and the same money into another. Pure.

Amounts are LKR cents; dollars are counted at the rate of the moment at which they were asked for.
"""

from uuid import UUID

from customer_stack.aml.domain.events import Event
from customer_stack.aml.domain.values import EventKind, Product
from customer_stack.gate.domain.asking import Rate
from customer_stack.gate.domain.rates import to_lkr_cents
from customer_stack.transfers.domain.orders import Order, OrderKind
from shared.money import Currency


def event_out(order: Order, rate: Rate, device_id: UUID | None) -> Event:
    """Return what the sender does. It has the order's id."""
    return Event(
        id=order.id,
        tenant_id=order.tenant_id,
        customer_id=order.sender_id,
        kind=EventKind.TRANSFER_OUT,
        product=_product_of(order),
        amount=_cents(order, rate),
        at=order.at,
        counterparty_id=order.recipient_id,
        device_id=device_id,
    )


def event_in(order: Order, received_id: UUID, rate: Rate) -> Event:
    """Return what comes to the recipient. It has the id of the recipient's half."""
    return Event(
        id=received_id,
        tenant_id=order.tenant_id,
        customer_id=order.recipient_id,
        kind=EventKind.TRANSFER_IN,
        product=_product_of(order),
        amount=_cents(order, rate),
        at=order.at,
        counterparty_id=order.sender_id,
    )


def balance_before(order: Order, funds: int, rate: Rate) -> int:
    """Return what the wallet has that an order is paid from, in LKR cents."""
    return to_lkr_cents(funds, rate) if order.currency is Currency.USD else funds


def _product_of(order: Order) -> Product:
    return Product.QR if order.kind is OrderKind.QR_PAYMENT else Product.WALLET


def _cents(order: Order, rate: Rate) -> int:
    return order.amount if order.currency is Currency.LKR else to_lkr_cents(order.amount, rate)
