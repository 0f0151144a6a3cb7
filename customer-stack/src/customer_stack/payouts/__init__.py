"""Payouts: LKR that leaves through the bank: withdrawals, refunds, and returns of money in suspense.

Words. A *payout* is one order to pay; its *provider* carries it out. A payout is *resolved* once: paid,
refused, or cancelled before it was sent; one that was paid can still be *returned* by the bank. One that
compliance has to decide about is *held*: its money is reserved, and it is released, denied or cancelled.

Guaranteed:
- the money of a payout is held, or bound by a claim, before the provider hears of it;
- no provider hears of a payout that is held;
- no answer is pending: only an explicit yes pays, only an explicit no frees the money;
- the provider is asked with the same payout id however often it is asked;
- one resolution per payout, one return per payout, one settlement per provider reference.

Tables owned: payout_terms, payout_account, payout_account_removal, payout_order, payout_task, payout_claim,
payout_resolution, payout_return, payout_held, payout_held_end. Events: none.
"""
