"""The sandbox card acquirer: charges, captures, refunds, chargebacks, settlements, signed webhooks.

Cards are tokens, never numbers; the token decides what happens (`tokens.py` lists them). Webhooks repeat,
overtake each other, and are sent again until somebody answers 2xx, as the bank's are.
"""
