"""Cards: LKR taken from customers' cards, and USD cards of ours in shadow mode.

Words. A *charge* is one wish of a customer to pay a deposit quote with a card, which is a token of the
acquirer and never a number. It is *authorised* (the card's bank reserves), then *captured* (it pays). A
*refund* gives a part of a capture back by our wish, a *chargeback* by the cardholder's. A *settlement* is
the acquirer paying what it owes into our bank account. An *authorisation* of the card network asks whether
a card of ours may pay; a *clearing* presents what was paid.

Guaranteed:
- what the acquirer says is merged as facts, so that polling answers and webhooks may come in any order and
  more than once; only an explicit yes or no moves a charge;
- one capture per charge; captured <= authorised; refunds and chargebacks together <= captured;
- a charge is converted exactly as quoted or waits whole in LKR; a debt is cleared first;
- the acquirer owes us minus the sum of `card_receivable` over all books;
- while issuing is not live nothing is reserved or posted, and the card network hears no.

Tables owned: cards_charge, cards_charge_step, cards_capture, cards_refund, cards_refund_end,
cards_chargeback, cards_chargeback_won, cards_task, cards_settlement, cards_card, cards_authorisation,
cards_clearing, cards_authorisation_end. Events: none.
"""
