"""Wagers: from a customer's wish to a position, and from a position to its payout.

Words: a *wager* is a customer's order; the *gate* decides it inside the transaction that holds the
money; an *intent* is the wager on the other side of the wall; a *report* is what happened to it there;
`max_total` is the most that a wager can cost, fees included, and caps what execution may charge.

Invariants: every denial and every acceptance leaves a decision record that replays to the same answer;
once a wager was dispatched its hold ends only on a signed refusal, a final report or a not-pooled
report, never by time; each report is applied exactly once, in the transaction of its cursor; a report
that contradicts our own books posts nothing, becomes a break and stops its account's feed only.

Owns wager_order, wager_account, wager_position, wager_report, wager_report_applied,
wager_report_cursor, wager_feed_stop and wager_break. Publishes nothing.
Tables read: market.
"""
