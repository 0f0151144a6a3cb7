"""What our own decision about a transfer saw and answered, as the part of a decision record that replays.

Guaranteed: `reasons_of` what `write` wrote gives the same answer, or tells that it does not.
"""

from collections.abc import Mapping
from typing import Any

import orjson

from customer_stack.transfers.domain.gate import Facts, QrFacts, Reason, decide


def write(facts: Facts, reason: Reason | None) -> bytes:
    """Return the record of a decision: JSON with whole numbers and flags only."""
    return orjson.dumps({"facts": facts, "reason": reason})


def reasons_of(body: Mapping[str, Any] | None) -> tuple[str, ...] | None:
    """Return the reasons that are given again, as the gate's records call them; None: they differ.

    What is no wish of a customer, such as a correction by staff, has no such part and no reason.
    """
    if body is None:
        return ()
    facts, qr = body["facts"], body["facts"]["qr"]
    again = decide(Facts(**{**facts, "qr": None if qr is None else QrFacts(**qr)}))
    if again != body["reason"]:
        return None
    return () if again is None else (reason_code(again),)


def reason_code(reason: Reason) -> str:
    """Return a reason as the gate's records call it."""
    return f"transfers.{reason.value}"
