"""Reconciliation: do our books, our reports and the exchange say the same.

Words. A *check* is one identity (money flows, section 12: L1 to L4, X1 to X6) that holds or does not. A
difference that stands in two runs is a *break*. While an order is in flight, or a finalized market is not
paid yet, checks against the exchange may differ for a moment.

Invariants: reads one snapshot of the database; writes nothing but breaks; a check that could not be made
did not hold.

Tables owned: none (breaks are those of `breaks`). Events published: none.
"""
