"""The sandbox bank: pay-ins, payouts, a statement, and signed webhooks that behave badly on purpose.

Webhooks repeat, overtake each other, and are sent again until somebody answers 2xx: what a receiver must live
with.
"""
