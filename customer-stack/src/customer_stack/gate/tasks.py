"""The timer of the gate: rates of the market, in every process that judges money."""

from typing import Final

from customer_stack.gate.service.rates import Rates
from customer_stack.timers import Runner, repeat

RATES_SECONDS: Final = 15.0


def build_runners(rates: Rates) -> dict[str, Runner]:
    """Return the timers of the gate, by name."""
    return {"gate.rates": repeat("gate.rates", RATES_SECONDS, rates.refresh)}
