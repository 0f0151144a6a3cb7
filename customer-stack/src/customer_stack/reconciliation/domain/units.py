"""Values of checks and breaks as people read them. Pure."""

from typing import Final

from customer_stack.reconciliation.domain.breaks import Unit
from shared.money import CONTRACT_SCALE, LKR_SCALE, USD_SCALE, format_minor

_SCALE: Final = {
    Unit.LKR_CENT: LKR_SCALE,
    Unit.MICRO_DOLLAR: USD_SCALE,
    Unit.CENTI_CONTRACT: CONTRACT_SCALE,
    Unit.ENTRY: 0,
    Unit.RATE_E8: 8,
    Unit.DAY: 0,
}


def show_value(value: int | None, unit: Unit) -> str | None:
    """Return a value as a decimal string of its unit."""
    return None if value is None else format_minor(value, _SCALE[unit])
