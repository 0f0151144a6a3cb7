"""The worker of the customer stack: event listeners, timers and the audit's sealer.

A module adds its timers to `build_runners`. Several workers may run: every task takes its rows under locks.
"""

from customer_stack.main import Services
from customer_stack.timers import Runner


def build_runners(services: Services) -> dict[str, Runner]:
    """Return the tasks of all modules, by name."""
    return {}
