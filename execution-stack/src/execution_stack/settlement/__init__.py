"""Settlement: agreeing with the customer stack on a period's totals, and recording that its money came.

Words. A *period* is the reports after one cut and up to another. The customer stack proposes a
*settlement* of it; we answer *agreed* when our own reports add up to the same totals and the same
payment, *different* otherwise. A *receipt* says that the payment reached, or left, the exchange account,
and how much of it. A *release* lets money leave that we owe. A settlement is *void* when its payment was
refused or came back.

Invariants: a settlement is answered once; the same question gets the same answer; only an agreed
settlement has receipts, and never of more than was agreed; what truncation to cents leaves enters the next
period; what we pay leaves after two operators said so, and what arrived short or came back is owed again.

Tables owned: settlement_confirmation, settlement_receipt, settlement_receipt_part, settlement_release,
settlement_release_decision, settlement_void. Events published: none.
"""
