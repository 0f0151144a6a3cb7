"""FX: the rate, the quote that locks it, the conversion, and the desk's stock of USD with its cost.

Words. *mid* is the market's rate in LKR per USD; *buy* and *sell* are ours for buying and selling USD;
*agreed* is the one a quote locks. A *quote* is single-use, lives some minutes and reserves stock.
*Stock* is the house's USD for sale, kept as quantity and total cost, never as an average.

Guaranteed:
- one live quote per customer and purpose; a stale or missing mid makes no quote;
- a conversion happens at exactly the agreed rate, judged by our clock inside its transaction;
- what the division leaves over is stored exactly and is smaller than one micro-dollar's worth;
- profit = spread + holding + rounding, line by line.

Tables owned: fx_terms, fx_quote, fx_quote_live, fx_quote_close, fx_conversion, fx_stock_cost.
"""
