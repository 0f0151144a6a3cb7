"""Reconciliation: do our books, our reports and the exchange say the same.

Two ways: the *account* is watched all the time, in bounded pieces with a cursor; the complete checks read
everything, at the start and once a day.

Words. A *check* is one identity (money flows, section 12: L1 to L4, X1 to X6) that holds or does not. A
difference that stands in two runs is a *break*. While an order is in flight, or a finalized market is not
paid yet, checks against the exchange may differ for a moment.

A *reading* is the account's balance at a quiet moment, beside our places there. *Drift* is a net position
that differs twice in the same way.

Invariants: money and contracts are never adjusted; what is found is a break, a late fill is booked as the
house's, and drift or a skewed clock halts trading; a check that could not be made did not hold.

Tables owned: reconciliation_cursor, reconciliation_reading. Events published: none.
"""
