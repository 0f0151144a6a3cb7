"""Protection for other modules: standings, counts and policies, in their transactions."""

from customer_stack.protection.service.counting import (
    Counts,
    by_hour,
    change,
    load_counts,
    load_standings,
    rewrite_counts,
)
from customer_stack.protection.service.policies import load_policy, set_policy

__all__ = [
    "Counts",
    "by_hour",
    "change",
    "load_counts",
    "load_policy",
    "load_standings",
    "rewrite_counts",
    "set_policy",
]
