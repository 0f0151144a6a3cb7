"""Markets: a mirror of the execution stack's catalogue, for customers to read and for the gate to judge by.

Words: a *listing* is one market as execution last described it; the *snapshot* is the copy of all
listings that an API process keeps in memory.

Invariants: the mirror is refreshed as a set and never says more than execution said; it is a view, not
an authority (execution checks status, tick and fee again); a resolved market keeps its value.

Owns market and market_resolution. Publishes nothing.
"""
