"""Reports: what happened to intents and accounts, numbered, for the customer stack to fetch.

Words. A *recipient* is the stack that registered a tenant; reports are numbered 1, 2, 3 ... for each
recipient. A *cut* is a sequence number up to which both stacks sum the same reports. A *statement* is
that sum, per account and for the whole tenant.

Invariants: the number is taken under a lock that is held to the commit, so that a reader who has seen
number n has seen everything before n; a report is never changed; it is written in the transaction of
the fact that it tells.

Tables owned: report_cursor, report. Events published: none; reports are what others read.
"""
