"""What is posted, as frozen values. Pure.

Amounts are integers in minor units of their asset: LKR 0.01, USD 0.000001, contracts 0.01.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, NewType
from uuid import UUID

from shared.errors import invariant

AssetId = NewType("AssetId", int)

LKR: Final = AssetId(1)
USD: Final = AssetId(2)

OWNER: Final = 1
PLACE: Final = -1

AccountKey = tuple[UUID, int, str]
"""Book, asset, account name."""


@dataclass(frozen=True, slots=True)
class Posting:
    """Both legs of one asset in one transfer: `source` gets -amount, `target` +amount.

    `cost` and `profit` (LKR minor units) go with currency that leaves or enters the desk's stock.
    """

    asset: int
    source: str
    target: str
    amount: int
    action: str
    cost: int | None = None
    profit: int | None = None

    def __post_init__(self) -> None:
        """Refuse what the database would refuse."""
        invariant(self.amount > 0, "a posting moves a positive amount")
        invariant(self.source != self.target, "a posting moves between two accounts")


@dataclass(frozen=True, slots=True)
class Transfer:
    """One business movement inside one book. Halves of one movement share `movement_id`."""

    id: UUID
    movement_id: UUID
    tenant_id: UUID
    book_id: UUID
    kind: str
    effective_at: datetime
    postings: tuple[Posting, ...]
    reverses: UUID | None = None
    corrects: UUID | None = None

    def __post_init__(self) -> None:
        """Refuse what the database would refuse."""
        invariant(self.postings, "a transfer has at least one posting")
        if len(self.postings) > 1:
            assets = {posting.asset for posting in self.postings}
            invariant(len(assets) == len(self.postings), "a transfer has one posting per asset")


@dataclass(frozen=True, slots=True)
class Hold:
    """A reservation on a checked account."""

    id: UUID
    tenant_id: UUID
    book_id: UUID
    asset: int
    account: str
    amount: int
    purpose: str
    expires_at: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse what the database would refuse."""
        invariant(self.amount > 0, "a hold reserves a positive amount")


@dataclass(frozen=True, slots=True)
class Capture:
    """A part taken out of a hold, by the transfer whose id is `capture_id`."""

    hold_id: UUID
    tenant_id: UUID
    book_id: UUID
    capture_id: UUID
    amount: int


@dataclass(frozen=True, slots=True)
class Close:
    """The end of a hold. `reason`: released, exhausted or expired. What remains is free again."""

    hold_id: UUID
    tenant_id: UUID
    book_id: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class Movement:
    """All that one business event posts. Order inside: captures, closes, transfers, holds."""

    transfers: tuple[Transfer, ...] = ()
    captures: tuple[Capture, ...] = ()
    closes: tuple[Close, ...] = ()
    holds: tuple[Hold, ...] = ()

    def __add__(self, other: "Movement") -> "Movement":
        """Join two movements that are posted together."""
        return Movement(
            self.transfers + other.transfers,
            self.captures + other.captures,
            self.closes + other.closes,
            self.holds + other.holds,
        )


def join(movements: "list[Movement] | tuple[Movement, ...]") -> Movement:
    """Join movements that are posted together, in their order."""
    return Movement(
        tuple(transfer for movement in movements for transfer in movement.transfers),
        tuple(capture for movement in movements for capture in movement.captures),
        tuple(close for movement in movements for close in movement.closes),
        tuple(hold for movement in movements for hold in movement.holds),
    )


@dataclass(frozen=True, slots=True)
class Balance:
    """A checked account's standing: what is posted, what holds reserve, how many entries it has."""

    posted: int = 0
    held: int = 0
    version: int = 0

    def available(self, side: int = OWNER) -> int:
        """Return what may still be taken: side +1 for an owner's account, -1 for a place."""
        return side * self.posted - self.held


@dataclass(frozen=True, slots=True)
class OpenHold:
    """A hold that is not closed, and what is left of it."""

    hold: Hold
    remaining: int


@dataclass(frozen=True, slots=True)
class Difference:
    """A snapshot that does not follow from the facts."""

    table: str
    key: AccountKey
    stands: int
    should_be: int
