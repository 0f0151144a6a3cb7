"""Reconciliation: our books against themselves, against execution and against the bank.

Words. A *run* is one reading of both sides at one report sequence; a *check* is one named comparison of a
run; a *finding* is one difference that a run saw. A *break* is a difference from when it was found to its
end: it has evidence (*links*), an *owner*, an age, and *sightings* where its values moved. It ends
*explained*, or *corrected* by a transfer that somebody made. Breaks are surfaced, never absorbed: nothing
here posts.

Checks, with their names in the money flows, section 12: `trial_balance` (L1), `desk` (L2), `snapshots` (L3),
`cash` (J1), `fees` (J2), `positions` (J3), `totals` and `payouts` (J5), `collection` and `bank_entries` (B1),
`stock` (B5).

Guaranteed:
- our side is read in one snapshot; the other sides are asked outside any transaction;
- a side that does not answer makes its checks unavailable, never passed;
- the same difference is one break while it is open; found after its end it is another;
- only people end breaks, and two of them what is material (`breaks.yaml`).

Tables owned: reconciliation_run, reconciliation_check, reconciliation_finding, reconciliation_break,
reconciliation_break_sighting, reconciliation_break_link, reconciliation_break_step, reconciliation_break_end.
"""
