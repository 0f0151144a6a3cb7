"""The signed wall between the stacks: what both ends of one gRPC call share.

Words: a *call* is one unary request with its signature and nonce; an *attempt* is one call for a piece of
work, which keeps its idempotency key over all attempts; a *key record* says who may sign what for whom.

Invariants: nothing is parsed before its signature is verified; a nonce is consumed in the transaction of
the effect; an answer without a valid signature proves nothing; no request carries text.

Tables owned: `boundary_nonce`. Events: none.
"""
