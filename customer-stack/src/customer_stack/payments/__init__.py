"""Payments: what the bank tells us, and what becomes of money that arrives.

Words. A *notice* is one signed message of the bank; a *pay-in* is money that arrived, once per bank
reference. LKR that *waits* is the customer's, unconverted; *suspense* is where money lies whose owner is
not known or may not receive it.

Guaranteed:
- a notice is verified over its raw bytes and stored before the bank hears yes; repeats change nothing;
- one settlement per bank reference, whatever the bank repeats;
- a quote is judged by our clock in the transaction that converts; late, short or over-paid money waits
  whole and is never converted in part;
- money at the bank is never denied, only kept apart.

Tables owned: payment_collection, payment_bank_event, payment_pay_in. Events: payments.pay_in_announced.
"""
