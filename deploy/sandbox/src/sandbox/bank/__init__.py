"""The sandbox bank: pay-ins, payouts, a statement, and signed webhooks that behave badly on purpose.

Webhooks repeat, overtake each other, and are sent again until somebody answers 2xx: what a receiver must live
with.

What an account number's end decides about a payout: `0000` the payout is refused, `9999` it is made and comes
back from the receiver's bank; any other is paid while the balance suffices. A pay-in is taken back by
`POST /v1/pay-ins/{bank_reference}/take-back`. Payouts, returns and take-backs are lines of the statement with
references of their own.
"""
