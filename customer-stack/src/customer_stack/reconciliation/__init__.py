"""Reconciliation: our books against themselves, against execution and against the bank.

Words. A *run* is one reading of both sides at one report sequence; a *check* is one named comparison of a
run; a *break* is one difference with both values. Breaks are surfaced, never absorbed: nothing here posts.

Checks, with their names in the money flows, section 12: `trial_balance` (L1), `desk` (L2), `snapshots` (L3),
`cash` (J1), `fees` (J2), `positions` (J3), `totals` and `payouts` (J5), `collection` and `bank_entries` (B1),
`stock` (B5).

Guaranteed:
- our side is read in one snapshot; the other sides are asked outside any transaction;
- a side that does not answer makes its checks unavailable, never passed.

Tables owned: reconciliation_run, reconciliation_check, reconciliation_break.
"""
