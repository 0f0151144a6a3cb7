"""Protection: how much somebody may deposit, stake and lose, and how they stop for a while or for good.

Words: a *window* is the last 24 hours, 7 days or 30 days, rolling in UTC; what is *counted* are deposits,
withdrawals, stakes and returns, each at its moment. A *stake* is what a buy can cost at most; what a wager
did not use is taken out of the moment that it entered. A *loss* is what was staked less what came back.
A *policy* is what a tenant rules for all its customers. A *pause* is cooling off, or an exclusion; a *return*
is the way back from an exclusion.

Invariants: counts move only in the transaction that moves the money, under the lock of the customer's book;
a window holds exactly what was counted after its edge; of several limits the lowest counts; one act alone
neither raises a limit nor makes a pause shorter.

Owns protection_policy, protection_limit, protection_moment, protection_hour, protection_pause,
protection_return, protection_reality. Publishes protection.excluded.
"""
