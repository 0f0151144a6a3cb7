"""The exchange: what we ask of it and what it answers, behind one contract.

Words: an *omnibus order* is the one order that the exchange sees for a whole window; *bid* buys YES, *ask*
sells YES, which is the same as buying NO at one dollar minus the price; a *fill* is a trade of one order.

Guaranteed:
- numbers are exact integers: contracts 0.01, price 0.0001 USD, money 0.000001 USD; an answer that does
  not fit them is refused, never rounded;
- a write is tried once; whatever is neither a clear yes nor a clear no is `OutcomeUnknown`;
- nothing here touches the database.

Tables owned: none. Events published: none.
"""
