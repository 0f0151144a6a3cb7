"""The timer that shows what is halted."""

from prometheus_client import Gauge

from execution_stack.control.domain import Cause
from execution_stack.control.service import ControlService

_halts = Gauge("bulkhead_execution_halts", "Halts that stand, by cause", ["cause"])


async def show_halts(service: ControlService) -> None:
    """Set the gauges to what stands now."""
    halts = await service.load()
    for cause in Cause:
        _halts.labels(cause.value).set(halts.count(cause))
