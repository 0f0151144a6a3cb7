"""The one place that dials the execution stack.

Purpose: nine typed calls over the signed boundary; wire messages become frozen values here and nowhere
else. Words: an *intent* is a wager on its way, under the wager's own id; an *account* is the opaque
reference of a customer, never the customer's id; a *report* is what happened, numbered without gaps.

Invariants: an answer that was not signed, not verified or not heard is `OutcomeUnknown`, which proves
nothing; only a signed refusal counts as a no. Owns no table, publishes no event.
"""
