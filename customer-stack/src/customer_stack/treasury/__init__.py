"""Treasury: the house's own money. LKR brought in, USD bought, sold and lent to execution, bills paid.

Words. A *contribution* is LKR that the house brings; a *stock purchase* is a bank deal that turns the
till's LKR into USD for sale; a *prefund* is the house's USD with execution, never the customers'. A
*place* is where money lies: bank, cash, e-wallet, app, crypto; a *relocation* moves it from one to another.
A *bill* is owed to a supplier (expense, payable) until it is paid.

Guaranteed:
- a desk cannot sell what it did not buy, nor buy with LKR that it does not have (floors on both);
- USD lent carries its cost and no profit;
- bills are paid from recognised income, never from the till or from customers' money;
- a wrong deal is corrected or reversed by two people, at once in the books, in the stock and its cost and in
  what the bank's statement is compared with (`corrections`);
- one movement that stands per bank reference; every movement has one idempotency key and one audit record.

Tables owned: treasury_movement; the stock's cost is kept through `fx.service`. Tables read: ledger_item.
"""
