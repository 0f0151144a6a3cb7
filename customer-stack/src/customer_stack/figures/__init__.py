"""Figures: what the house earned, and what it is exposed to, read from the ledger.

Words. *Revenue* of a span: fees, the profit of the desk explained line by line (spread, holding,
rounding), and what of it was recognised. *Exposure*: what customers own and the house holds, what moved
month by month, what open wagers may still pay.

Guaranteed:
- every figure is a sum over entries, or of balances that the ledger keeps of them; nothing is stored here;
- the lines that explain the profit of conversions add up to it exactly;
- a span and a month are days of Colombo; all figures of one answer are of one moment.

Tables owned: none. Tables read: customer_account, fx_conversion.
"""
