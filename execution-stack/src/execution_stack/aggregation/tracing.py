"""Steps of an order in the order's trace, and in the trace of each of its intents."""

from execution_stack.aggregation.domain import OmnibusOrder
from shared.operations import tracing
from shared.operations.spans import Kind
from shared.operations.tracing import Work


def trace_order(name: str, order: OmnibusOrder, kind: Kind = Kind.INTERNAL) -> Work | None:
    """Return traced work on an order, which is for all of its intents; None while traces are off."""
    work = tracing.begin(name, order.order_id, kind=kind)
    if work is not None:
        work.attributes |= {"bulkhead.order_id": order.order_id, "bulkhead.attempt": order.attempts}
        work.add(order.manifest.intent_ids)
    return work


def trace_window(order: OmnibusOrder, began: int) -> None:
    """Write that an order's window was closed, by work that began at a moment: its trace's first span."""
    work = trace_order("window.close", order)
    if work is not None:
        work.is_first, work.began = True, began
        tracing.finish(work)
