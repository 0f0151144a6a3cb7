"""Payments: what providers tell us about money that arrives, and what becomes of it.

Words. A *notice* says that money arrived; a *pay-in* is that money, once per reference of the provider; a
*take-back* says that it is gone again. LKR that *waits* is the customer's, unconverted; *suspense* is where
money lies whose owner is not known or may not receive it.

Guaranteed:
- one settlement per provider reference, one take-back per pay-in, in whatever order they are told;
- a quote is judged by our clock in the transaction that converts; late, short or over-paid money waits
  whole and is never converted in part; what is owed is paid first;
- money at the bank is never denied, only kept apart;
- suspense is cleared by two persons; what a return does not deliver is in suspense as before.

Tables owned: payment_collection, payment_bank_event, payment_pay_in, payment_take_back,
payment_pay_in_reversal, payment_suspense_proposal, payment_suspense_decision, payment_suspense_claim,
payment_suspense_resolution, payment_refund_review. Events: none.
"""
