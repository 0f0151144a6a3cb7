"""Use cases of identity checks.

`drafts` are the customer's, `working` the worker's, `reviewing` staff's, `filing` is about pictures;
`recording` is the one place where results are kept and a session moves on.
"""
