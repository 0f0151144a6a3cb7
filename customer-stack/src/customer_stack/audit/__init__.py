"""The audit's door for staff: the newest checkpoint, and proofs that records stand in the history.

Whoever has the permission takes a proof away and needs nothing of ours to check it but the log's public
keys: `customer-stack audit check-proof`, or any tool that knows RFC 6962 and C2SP notes.

Guaranteed: a proof is given only of a record of the reader's own tenant.

Tables owned: none; the audit itself is `shared.audit`. Events: none.
"""
