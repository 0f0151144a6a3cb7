"""Resolution: what a finalized market pays to every holder, and the clearing that proves it.

Words. A market's *value* is what one YES contract pays; a NO contract pays the rest of a dollar. The
exchange pays only for its net position (*exchange cash*) and keeps back a *settlement fee*; the pairs it
redeemed earlier pay the rest (*pair cash*).

An *outcome* is what a market was ended with: a value, or one of two forms of void. A *revision* is an
outcome in the place of one that was taken back. A *void* is declared by an operator on the exchange's
notice and approved by another one.

Invariants: an outcome is posted once, in one transaction, when all orders of its market are final; payouts -
fees = exchange cash + pair cash, or nothing is posted and a break is written; afterwards every account in
the market's contracts is zero; a revision first reverses every transfer of the outcome before it, exactly.

Tables owned: resolution_market, resolution_void, resolution_void_decision. Tables read: market, intent.
Events published: none; reports tell what happened.
"""
