"""The ledger kernel: books, accounts, transfers, postings, holds. Both stacks post through it.

Words. A *book* is everything of one party that must move together. An *account* is a book, a name from
the stack's chart and an asset. A *transfer* is one business movement in one book; it is made of
*postings*, rows with two legs: `source` gets -amount, `target` +amount. A *movement* is what one
business event posts, over any number of books. A *hold* reserves funds or contracts of a checked account.

Guaranteed, by the database (`shared/sql/10_ledger.sql`, `12_ledger_rules.sql`, `13_ledger_holds.sql`):
- every transfer sums to zero per asset inside its book, since a posting carries both legs;
- one posting per transfer and asset; one reversal per transfer;
- a reversal mirrors its transfer exactly, with cost and profit, and is never reversed itself;
- a correction names another transfer of its book; times of recording are the database's;
- a checked account never goes below its floor, counting what is held;
- a hold is captured at most to its amount and closed once;
- balances and numbered entries follow from postings and holds, and from nothing else;
- a repair (a row in ledger_repair, by the owner) rewrites snapshots from postings and holds, never entries.

Tables owned: ledger_chart, ledger_asset, ledger_book, ledger_transfer, ledger_posting, ledger_balance,
ledger_entry, ledger_hold, ledger_hold_capture, ledger_hold_close, ledger_hold_open,
ledger_repair.
"""
