"""Protection: what a customer may deposit, stake and lose within rolling windows, and who set that limit.

Words: a *window* is the last 24 hours, 7 days or 30 days, rolling in UTC; what is *counted* are deposits,
withdrawals, stakes and returns, each at its moment. A *stake* is what a buy can cost at most; what a wager
did not use is taken out of the moment that it entered. A *loss* is what was staked less what came back.
A *policy* is what a tenant rules for all its customers.

Invariants: counts move only in the transaction that moves the money, under the lock of the customer's book;
a window holds exactly what was counted after its edge; of several limits the lowest counts.

Owns protection_policy, protection_limit, protection_moment, protection_hour. Publishes nothing.
"""
