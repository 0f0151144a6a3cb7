"""AML, wired: rules and their versions, backtests, the check of the counters."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from customer_stack.aml.service.backtesting import Backtesting
from customer_stack.aml.service.checking import CounterCheck
from customer_stack.aml.service.rules import RulesService
from customer_stack.aml.tasks import build_runners
from customer_stack.timers import Runner
from shared.clock import Clock
from shared.database import Database
from shared.ids import Ids


@dataclass(frozen=True, slots=True)
class Aml:
    """The services of AML."""

    rules: RulesService
    backtesting: Backtesting
    check: CounterCheck

    def build_runners(self) -> dict[str, Runner]:
        """Return the worker's timers."""
        return build_runners(self.check)


def open_aml(
    database: Database, all_tenants: Callable[[], Awaitable[Sequence[UUID]]], clock: Clock, ids: Ids
) -> Aml:
    """Build AML over an open database."""
    return Aml(
        RulesService(database, clock, ids), Backtesting(database, clock), CounterCheck(database, all_tenants)
    )
