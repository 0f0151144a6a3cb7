"""Evidence: packs for an authority, an auditor or a court, made of the books and proven by the audit.

Words. A *pack* is of one *scope*: a customer, an account (a book), a market, a window, a case, a member of
staff, or a period of the whole tenant; always of a time. A *source* is one kind of rows that a pack can hold,
named in the reviewed catalogue with every column. A *delivery* says to whom a pack was given, how and when;
it is an act of its own, recorded after the fact.

A pack is made by the worker in one snapshot of the books. Records of the audit that name the scope, or a row
of the pack, come with their proofs. Without permission a pack holds ids and no personal data; with it, it is
sealed under the person's key and every look at it is a disclosure. What lives in the execution stack (orders,
fills of the exchange, a window's manifest) is not here: a window's pack has what this stack was told, and the
execution stack makes packs of its own.

Guaranteed:
- what was made is registered once with its SHA-256, and every file that leaves stands in the exports too;
- nobody gets a pack with rows that they may not see, whoever asked for it;
- one that is cancelled or fails leaves nothing but its line.

Tables owned: evidence_pack, evidence_made, evidence_part, evidence_delivery. Tables read: access_staff,
cases_case, customer_account, market, wager_report, and those that the catalogue names. Events: none.
"""
