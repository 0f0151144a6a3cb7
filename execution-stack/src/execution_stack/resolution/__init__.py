"""Resolution: what a finalized market pays to every holder, and the clearing that proves it.

Words. A market's *value* is what one YES contract pays; a NO contract pays the rest of a dollar. The
exchange pays only for its net position (*exchange cash*) and keeps back a *settlement fee*; the pairs it
redeemed earlier pay the rest (*pair cash*).

Invariants: a market is paid once, in one transaction, when all its orders are final; payouts - fees =
exchange cash + pair cash, or nothing is paid and a break is written; afterwards every account in the
market's contracts is zero.

Tables owned: resolution_market. Events published: none; reports tell what happened.
"""
