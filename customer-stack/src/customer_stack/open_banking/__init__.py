"""Open banking: deposits that a customer agrees to at their own bank, and accounts that they show as theirs.

Words. A *consent* is the wish that a person agrees to at their bank; under a funding consent one *payment*
is started. The payment's money arrives at the collection account as an ordinary pay-in with the quote's
reference: the credit on the account settles, never a word about a payment.

Guaranteed:
- a consent is written before the bank hears of it, with the id of its one payment;
- the payment is started only after the bank said *authorised*, while the quote lives and the customer may
  transact, and with the same id however often it is asked for;
- states are appended and only move forward; a consent has one end;
- what the bank does not say in so many words is pending, and a wait has an end.

Tables owned: open_banking_consent, open_banking_step, open_banking_task. Events: none.
"""
