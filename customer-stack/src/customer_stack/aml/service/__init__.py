"""Use cases of AML: counting events, judging them, rules and their versions, backtests."""
