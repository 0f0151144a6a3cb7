"""Every query of checkouts, on the transaction it is given."""

from dataclasses import dataclass
from datetime import datetime

from shared.database import Transaction


@dataclass(frozen=True, slots=True)
class OrderPayment:
    """The one payment that an order is believed to have, and when we first heard of it."""

    pay_reference: str
    payment_id: str
    first_seen_at: datetime


async def keep_payment(
    tx: Transaction, pay_reference: str, payment_id: str, now: datetime
) -> OrderPayment | None:
    """Return the payment of an order, this one if there was none; None where it belongs to another order."""
    await tx.execute(
        "INSERT INTO checkout_payment (pay_reference, payment_id, first_seen_at) VALUES ($1, $2, $3) "
        "ON CONFLICT DO NOTHING",
        pay_reference,
        payment_id,
        now,
    )
    row = await tx.fetch_row("SELECT * FROM checkout_payment WHERE pay_reference = $1", pay_reference)
    return None if row is None else OrderPayment(**dict(row))
