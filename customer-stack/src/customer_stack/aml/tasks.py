"""The timers of AML: in the worker the counters' check, once a day; in every process gathering."""

from typing import Final

import structlog

from customer_stack.aml.service.checking import CounterCheck
from customer_stack.aml.service.gathering import Gathering
from customer_stack.timers import Runner, repeat

CHECK_SECONDS: Final = 86_400.0
GATHER_SECONDS: Final = 2.0

_log = structlog.get_logger(__name__)


def build_runners(check: CounterCheck) -> dict[str, Runner]:
    """Return the timers of AML, by name."""

    async def compare() -> None:
        found = await check.run()
        if found.held:
            _log.info("aml.counters_held", sections=found.sections)
        else:
            first = found.differences[0]
            _log.error(
                "aml.counters_differ",
                differences=len(found.differences),
                what=first.what,
                tenant=str(first.tenant_id),
                subject=first.subject.value,
                starts_at=first.starts_at.isoformat(),
            )

    return {"aml.counters": repeat("aml.counters", CHECK_SECONDS, compare)}


def build_gathering(gathering: Gathering) -> dict[str, Runner]:
    """Return the timer of every process that counts events."""
    return {"aml.gathering": repeat("aml.gathering", GATHER_SECONDS, gathering.run)}
