"""Exports: one register of everything that leaves as a file.

Words. An *export* is one file that left, once: a file fetched twice has two lines. Its *kind* is a word of
the reviewed catalogue; its *scope* says what it is of; its *time scope* is the earliest and the latest moment
of what it tells, where it tells of times. The *operator* is whoever it was handed to, or `system`.

A module registers in the transaction that reads what leaves, and answers with `serving`: so what is not in
the register was not handed out. The SHA-256 is of the very bytes, so that a file that turns up somewhere can
be looked up. Pictures that a reviewer is shown do not stand here: they are looks, see `disclosures`.

Guaranteed: a line is never changed; every line is in the audit; it holds ids and words, no personal data.

Tables owned: export_register. Events: none.
"""
