"""Aggregation: intents become windows, windows become omnibus orders, orders become shares.

Words. A *window* is the set of intents of one market, side, action and limit price that share one order;
its *manifest* is hashed and stored before the order leaves. An *omnibus order* is *in flight* until its
outcome is known. UNKNOWN means that a send got neither yes nor no; it blocks the market until orders and
fills prove what happened. A *late* fill is one found after its order was allocated.

Invariants: one order in flight per market; an order is in the database before it is at the exchange, and
is always sent under the same id; "not found" is never "not filled"; an order is allocated once, when it is
terminal and its recorded fills add up to the exchange's fill count; every step resumes after a crash from
what the database says; a late fill is recorded as a break, and nothing already given is taken back.

Tables owned: aggregation_window, aggregation_order, aggregation_fill, aggregation_pause.
Tables read: market.
Events published: none; reports tell what happened.
"""
