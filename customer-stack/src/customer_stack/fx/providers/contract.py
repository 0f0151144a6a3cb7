"""What a source of rates promises."""

from typing import Protocol

from customer_stack.fx.domain.rates import Mid


class RateSource(Protocol):
    """The market's mid rate, LKR per USD, with the source's name and the moment it is from."""

    async def latest(self) -> Mid:
        """Return the newest mid. Raise RateUnavailable when the source did not answer; nothing else."""
        ...
