"""The timer of geography: the table is read again when its file changes."""

from typing import Final

from customer_stack.geography.countries import Countries
from customer_stack.timers import Runner, repeat

LOOK_SECONDS: Final = 30.0


def build_runners(countries: Countries) -> dict[str, Runner]:
    """Return the timers of a process that asks for countries, by name."""

    async def refresh() -> None:
        await countries.refresh()

    return {"geography.table": repeat("geography.table", LOOK_SECONDS, refresh)}
