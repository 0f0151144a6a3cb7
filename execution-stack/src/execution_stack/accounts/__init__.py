"""Accounts: the opaque references that the customer stack made known, and the tenants they belong to.

Words. A *reference*, or account, is a UUID that stands for somebody whom only the customer stack knows.
A *recipient* is the customer stack that registered a tenant: it alone acts for it and hears of it.

Invariants: a tenant has one recipient and an account one tenant, for ever; an account that was not
registered can neither buy nor sell; registering again changes nothing.

Tables owned: account_tenant, account_recipient, account_reference. Events published: none.
"""
