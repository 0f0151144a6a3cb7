"""What FX keeps beside the facts, recomputed from the facts: for the rebuild of the ledger.

Facts are quotes, their ends, and the ledger's entries of each stock with what they cost. Callers hold one
snapshot.
"""

from typing import Final

from customer_stack.fx.store import recompute as store

compare_stock: Final = store.compare_stock
"""(tx, tenant, limit) -> lines whose (quantity, cost) differs from the entries': stands, should be."""

count_stock: Final = store.count_stock
"""(tx, tenant) -> how many lines the costs of its stocks have."""

find_unlike_conversions: Final = store.find_unlike_conversions
"""(tx, tenant, limit) -> conversions that differ from their quote or from the ledger."""

count_conversions: Final = store.count_conversions
"""(tx, tenant) -> how many conversions there are."""

load_live_quotes: Final = store.load_live_quotes
"""(tx, tenant) -> quotes that are marked as live."""

recompute_live_quotes: Final = store.recompute_live_quotes
"""(tx, tenant) -> quotes without an end."""

rewrite_live_quotes: Final = store.rewrite_live_quotes
"""(tx, tenant, quote -> 1 or None): mark quotes as live or not."""

load_quote_holds: Final = store.load_quote_holds
"""(tx, tenant) -> what the open holds of quotes hold."""

recompute_quote_holds: Final = store.recompute_quote_holds
"""(tx, tenant) -> what quotes without an end have to hold."""

books_of: Final = store.books_of
"""(tx, quotes) -> the books under whose locks they change."""
