"""What a customer owes is paid first, out of whatever LKR arrives.

Its own transfer, so that a statement shows it. Called in the transaction of the inflow, with the customer's
book locked.
"""

from datetime import datetime
from uuid import UUID

from customer_stack.ledger.domain import Account, build_debt_clearance, decide_debt_clearance
from customer_stack.ledger.service import load_debts
from shared.audit import AuditRecord, append
from shared.database import Transaction
from shared.ids import Ids
from shared.ledger import store as ledger
from shared.ledger.domain import LKR, Movement


async def load_owed(tx: Transaction, customer_id: UUID) -> int:
    """Return the LKR cents that a customer owes the house."""
    return (await load_debts(tx, [customer_id])).get((customer_id, LKR), 0)


async def clear_debts(
    tx: Transaction, tenant_id: UUID, customer_id: UUID, *, movement_id: UUID, ids: Ids, now: datetime
) -> int:
    """Pay what the customer owes out of LKR that nothing holds; return how much was paid, in cents."""
    owed = await load_owed(tx, customer_id)
    if owed <= 0:
        return 0
    key = (customer_id, LKR, Account.WALLET)
    amount = decide_debt_clearance(owed, (await ledger.load_balances(tx, [key]))[key])
    if amount == 0:
        return 0
    transfer = build_debt_clearance(
        tenant_id=tenant_id,
        book_id=customer_id,
        transfer_id=ids.new(),
        movement_id=movement_id,
        asset=LKR,
        amount=amount,
        at=now,
    )
    await ledger.post(tx, Movement(transfers=(transfer,)))
    body = {"customer": str(customer_id), "lkr": amount, "movement": str(movement_id)}
    await append(tx, [AuditRecord(tenant_id, "payments.debt_cleared", body, now, "system")])
    return amount
