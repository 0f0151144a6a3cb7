"""Checkouts: a deposit paid on a gateway's page, by card or e-wallet.

A checkout is the signed form of a live deposit quote; the order is the quote's pay reference. The gateway's
notification arrives at the webhooks' door, and becomes a pay-in of the provider `hosted-checkout`.

The money lies with the gateway, in `card_receivable`, until the gateway pays it to the bank: then staff
records a settlement of cards, with the fee that the gateway kept.

Guaranteed:
- only *success* settles and only *charged back* takes back; every other status is kept and does nothing;
- an order settles once: the gateway's signature does not cover the payment's id, so a second payment of an
  order is not believed but held for a person;
- a quote is used only by its customer, while it lives, for exactly its amount.

Tables owned: checkout_payment. Events: none.
"""
