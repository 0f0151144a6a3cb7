"""Reconciliation: our books against themselves, against execution and against the bank.

Words. A *run* is one reading of both sides at one report sequence; a *check* is one named comparison of a
run; a *finding* is one difference that a run saw. A *break* is a difference from when it was found to its
end: it has evidence (*links*), an *owner*, an age, and *sightings* where its values moved. It ends
*explained*, or *corrected* by a transfer that somebody made. Breaks are surfaced, never absorbed: nothing
here posts.

Checks, by the names of the money flows, section 12: L1 `trial_balance`; L2 `desk`; L3 `snapshots`,
`floors`; L4 `resolved_markets`; J1 `cash`; J2 `fees`; J3 `positions`, `position_costs`; J4 `prefund`,
`settled`; J5 `owed`, `totals`, `payouts`; B1 `collection`, `bank_entries`, `lkr_owners`, `lkr_cover`;
B2 `nostro`; B3 `usd_owners`; B4 `usd_cover`; B5 `stock`, `stock_cost`; and `conversions` by their quotes.
Each says *held*, *differs* or *unavailable*, with both sides summed.

A *day* is a day of Colombo: it is closed once, after its end, from what was recorded before, and its report
can be made again, byte for byte. A *shortfall* is an alarm: less is held for customers than they are owed.

Guaranteed:
- our side is read in one snapshot; the other sides are asked outside any transaction;
- a side that does not answer makes its checks unavailable, never held;
- the same difference is one break while it is open; found after its end it is another;
- only people end breaks, and two of them what is material (`breaks.yaml`).

Tables owned: reconciliation_run, reconciliation_check, reconciliation_finding, reconciliation_break,
reconciliation_break_sighting, reconciliation_break_link, reconciliation_break_step, reconciliation_break_end,
reconciliation_statement, reconciliation_statement_line, reconciliation_match, reconciliation_match_chunk,
reconciliation_day, reconciliation_day_department, reconciliation_day_money, reconciliation_day_clearing,
reconciliation_day_balance, reconciliation_day_break, reconciliation_shortfall, reconciliation_import,
reconciliation_due_day, reconciliation_due_done. Tables read: customer_account,
ledger_deal_state, ledger_item, ledger_transfer_source.
"""
