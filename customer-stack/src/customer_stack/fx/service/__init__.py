"""Use cases of FX, one file per concern: quotes, conversions, stock, rates.

Whoever decides about a quote holds the locks of the customer's book and of the department's book, taken in
id order. The department's book is where quotes reserve stock and till, so one lock orders all decisions.
"""

from customer_stack.fx.domain.quotes import require_usable
from customer_stack.fx.service.conversions import (
    QuoteStanding,
    close_overdue,
    find_by_reference,
    load_quote_standing,
    require_funds,
    use_quote,
    withdraw_quotes,
)
from customer_stack.fx.service.proposals import Person, ProposalPage, RateProposals
from customer_stack.fx.service.quotes import FxService, QuoteGate, RequirePurpose, Standings
from customer_stack.fx.service.rates import (
    DepartmentRates,
    Maker,
    PostedPage,
    RateDesk,
    load_newest_mids,
    stored_mids,
)
from customer_stack.fx.service.reading import ConversionPage, FxReading, StockReport, Wanted
from customer_stack.fx.service.stock import follow_stock, load_profit_to_date, load_stock, record_stock
from customer_stack.fx.store import rates as store

load_terms = store.load_terms
"""(tx, department id) -> the terms that stand, or None."""

__all__ = [
    "ConversionPage",
    "DepartmentRates",
    "FxReading",
    "FxService",
    "Maker",
    "Person",
    "PostedPage",
    "ProposalPage",
    "QuoteGate",
    "QuoteStanding",
    "RateDesk",
    "RateProposals",
    "RequirePurpose",
    "Standings",
    "StockReport",
    "Wanted",
    "close_overdue",
    "find_by_reference",
    "follow_stock",
    "load_newest_mids",
    "load_profit_to_date",
    "load_quote_standing",
    "load_stock",
    "load_terms",
    "record_stock",
    "require_funds",
    "require_usable",
    "stored_mids",
    "use_quote",
    "withdraw_quotes",
]
