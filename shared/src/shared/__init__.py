"""The kernel of both stacks: money, ids, transactions, lanes, ledger, audit, events, boundary.

No personal data, and only what both stacks use.
"""
