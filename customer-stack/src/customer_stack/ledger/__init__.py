"""The customers' ledger: names of accounts, wallets, wallet history, treasury openings, checks.

Words. A *wallet* is what a customer owns in one currency: posted, held (reserved by holds) and available
(posted - held). An *entry* is one numbered change of a wallet. The *treasury* is the house's own money:
`till` (LKR), `stock` (USD for sale) and `treasury` (USD lent as prefund).

Guaranteed:
- balances, versions and entries follow from postings, by the kernel's triggers (`shared.ledger`);
- a treasury movement has one idempotency key, one answer and one audit record.

Tables owned: none of its own; the kernel's ledger tables.
"""
