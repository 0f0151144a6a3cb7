"""Positions, cash and float: the execution ledger and every movement that is posted in it.

Words. A *reference* is an opaque account of the customer side; its book holds `position`, `cash` and
`fees`. A *tenant's* book holds `prefund`, `float` and `settled`; a *market's* book what lies at the
exchange for it; the *house's* book what is nobody's. A *gross* is all that the references hold of one
side of a market; `pairs` is how much of both sides the exchange has already redeemed.

Invariants (money flows, section 12): halves of a movement over several books meet in `between`, which
is zero over all books; YES gross - NO gross = `omnibus` NO - `omnibus` YES, one of the two is zero;
-`pairs` YES = -`pairs` NO = min(YES gross, NO gross); `float` never pays out more than it has.

Tables owned: book_market; it reads the kernel's ledger_book, ledger_asset, ledger_transfer,
ledger_balance, ledger_leg. Events published: none.
"""
