"""Markets as the customer stack knows them. Pure."""

from dataclasses import dataclass
from uuid import UUID

from customer_stack.boundary_client.domain import Basis, MarketListing, Side


@dataclass(frozen=True, slots=True)
class Market:
    """One listing and the ledger's assets of its two contracts."""

    listing: MarketListing
    yes_asset: int
    no_asset: int

    @property
    def id(self) -> UUID:
        """Return the market's id, the same on both sides of the wall."""
        return self.listing.market_id

    def asset_of(self, side: Side) -> int:
        """Return the ledger's asset of one side's contracts."""
        return self.yes_asset if side is Side.YES else self.no_asset


@dataclass(frozen=True, slots=True)
class MarketOutcome:
    """What execution reported last about a market's end. `yes_value` counts on the basis of a value only."""

    yes_value: int
    basis: Basis = Basis.VALUE
    revision: int = 1


def value_of_side(yes_value: int, side: Side) -> int:
    """Return what one contract of a side pays, in 0.0001 USD, when YES pays `yes_value`."""
    return yes_value if side is Side.YES else 10_000 - yes_value
