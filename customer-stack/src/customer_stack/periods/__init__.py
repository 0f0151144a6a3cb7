"""Periods: the books of a span of time, proposed by one person, closed by another, then shut for good.

Words. A *period* is a span of business time of one tenant. Closing it *recognises* the desk's profit: what
the till earned by selling USD above cost becomes FX revenue (money flows, section 11). A *proposal* shows
what a close would keep; its digest is what the second person approves.

Guaranteed, by the database:
- a closed period takes no entry, whoever posts it, by the date from which the entry counts;
- periods follow each other without gaps, and whoever proposed one does not close it;
- what stood on every account at the close is kept beside the entries and never changes.

Tables owned: period_proposal, period_closed, period_balance.
"""
