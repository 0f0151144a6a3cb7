"""Treasury: the house's own money. LKR brought in, USD bought for stock, USD lent to execution.

Words. A *contribution* is LKR that the house brings; a *stock purchase* is a bank deal that turns the
till's LKR into USD for sale; a *prefund* is the house's USD with execution, never the customers'.

Guaranteed:
- a desk cannot sell what it did not buy, nor buy with LKR that it does not have (floors on both);
- USD lent carries its cost and no profit;
- one movement per bank reference; every movement has one idempotency key and one audit record.

Tables owned: treasury_movement; the stock's cost is kept through `fx.service`.
"""
