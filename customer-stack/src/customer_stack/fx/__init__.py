"""FX: the rates, the quote that locks one, the conversion, and the desk's stock of USD with its cost.

Words. *mid* is the market's rate in LKR per USD; *buy* and *sell* are ours for buying and selling USD,
*posted* when they change; *agreed* is the one a quote locks; *cost* is the stock's average before a
conversion; *settlement* is what the newest bank deal was made at. A *quote* is single-use, lives some
minutes and reserves what the desk will give: USD of the stock, or LKR of the till for a withdrawal. *Stock*
is the house's USD for sale, kept as quantity and total cost, never as an average. A *source* answers with
the newest mid, a *feed* is what a vendor publishes.

Guaranteed:
- one live quote per customer and purpose; a stale or missing mid makes no quote;
- a conversion happens at exactly the agreed rate, judged by our clock inside its transaction;
- what the division leaves over is stored exactly and is below the smallest unit of what the desk gives;
- a sale's profit = spread + holding + rounding, line by line; a purchase has none yet;
- a mid by hand was proposed by one person and approved by another.

Tables owned: fx_terms, fx_quote, fx_quote_live, fx_quote_close, fx_conversion, fx_stock_cost, fx_mid,
fx_posted_rate, fx_rate_proposal, fx_rate_decision. Tables read: ledger_entry, ledger_transfer.
"""
