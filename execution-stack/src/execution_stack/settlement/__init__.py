"""Settlement: agreeing with the customer stack on a period's totals, and recording that its money came.

Words. A *period* is the reports after one cut and up to another. The customer stack proposes a
*settlement* of it; we answer *agreed* when our own reports add up to the same totals and the same
payment, *different* otherwise. A *receipt* says that the payment reached, or left, the exchange account.

Invariants: a settlement is answered once; the same question gets the same answer; only an agreed
settlement has a receipt, and it has one; what truncation to cents leaves enters the next period.

Tables owned: settlement_confirmation, settlement_receipt. Events published: none.
"""
