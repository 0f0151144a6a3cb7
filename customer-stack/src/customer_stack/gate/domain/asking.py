"""What a lane asks, and what it hears. Frozen values; this is the gate's door."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final, NamedTuple
from uuid import UUID

from customer_stack.aml.domain.events import Event
from customer_stack.aml.domain.values import Value
from customer_stack.aml.domain.verdicts import Answer

NO_FACTS: Final[Mapping[str, Value]] = MappingProxyType({})
NO_PRODUCT: Final = b"null"


class Rate(NamedTuple):
    """LKR per USD scaled 1e-8, and the stored reading that it is; without one, the reviewed default."""

    rate_e8: int
    mid_id: UUID | None


class Ask(NamedTuple):
    """One command of a customer.

    `id` is the decision's. `event` is the movement as AML sees it, in LKR cents, under the id of what is
    asked for: a wager, a transfer. `stake_usd` is what a buy can cost at most, in micro-dollars. `country` is
    that of the request. `facts` are those of AML's catalogue that only the lane knows. `incoming` is the same
    money as it reaches another customer. `counts` is false for what is counted when it happens: a quote, a
    sale. `uses_rules` is false where rules of AML are not asked, since they judge the money when it comes;
    `uses_limits` where it was counted before. `product` is JSON of what the lane's own decision saw.
    `session_began`: since when somebody plays who has to look at a reality check now and then; None asks for
    no check.
    """

    id: UUID
    event: Event
    lane: str
    stake_usd: int = 0
    country: str | None = None
    facts: Mapping[str, Value] = NO_FACTS
    product: bytes = NO_PRODUCT
    rate: Rate | None = None
    incoming: Event | None = None
    counts: bool = True
    session_began: datetime | None = None
    uses_rules: bool = True
    uses_limits: bool = True


class Ruling(NamedTuple):
    """The answer, with reason codes in a fixed order. An allowed command can have reasons that were noted."""

    answer: Answer
    reasons: tuple[str, ...]

    @property
    def is_denied(self) -> bool:
        """Tell whether nothing happens."""
        return self.answer is Answer.DENY

    @property
    def is_held(self) -> bool:
        """Tell whether the money is reserved and waits for a person."""
        return self.answer is Answer.HOLD
