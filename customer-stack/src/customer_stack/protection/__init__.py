"""Protection: how much a customer may stake within a rolling day.

Words: a *bucket* is one customer's stakes of one clock hour; the *rolling sum* is that of the hours that
touch the last 24. A stake is what a buy can cost at most; what a wager did not use is taken out of the
hour that it entered.

Invariants: counters move only in the transaction that places or ends the wager, under the lock of the
customer's book; the rolling sum never shows less than the last 24 hours hold.

Owns protection_stake_limit and protection_stake_bucket. Publishes nothing.
"""
