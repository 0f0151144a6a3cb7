"""A page of customers against changed entries, in a process of its own: opened, matched, forgotten.

Each process is given the entries and the keys once, when it begins; then pages of sealed profiles. It answers
with those who resemble an entry, and with those who could not be compared. Nothing that names a person leaves
it but the reasons of a possible match.
"""

import gc
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from customer_stack.customers.profiles import SealedProfile, open_sealed
from customer_stack.customers.sealing import FieldKeys, SealBroken, Sealing, WrappedKey
from customer_stack.screening.domain.alerts import Sighting
from customer_stack.screening.domain.parties import PURPOSE, describe_customer, write_party
from customer_stack.screening.domain.sightings import sightings_of
from customer_stack.screening.lists.entry import WatchList
from customer_stack.screening.matching.matcher import Matcher
from customer_stack.screening.matching.party import THRESHOLD, NameUnusable

MATCHES_KEPT = 20

SealedCustomer = tuple[UUID, WrappedKey, SealedProfile]


@dataclass(frozen=True, slots=True)
class Hit:
    """A customer who resembles changed entries, as they were when they were read."""

    customer_id: UUID
    party_print: bytes
    sightings: Sequence[Sighting]
    reasons: dict[tuple[str, str], object] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Swept:
    """What came of a page: `unusable` are those who could not be compared, which is not "no match"."""

    hits: Sequence[Hit]
    unusable: Sequence[UUID]


class Sweeper:
    """Compares sealed customers of one tenant with some entries."""

    def __init__(self, tenant_id: UUID, lists: Sequence[WatchList], keys: FieldKeys) -> None:
        """Index the entries."""
        self._tenant_id = tenant_id
        self._sealing = Sealing(keys)
        self._matcher = Matcher(lists)

    def sweep(self, page: Sequence[SealedCustomer]) -> Swept:
        """Compare a page."""
        hits: list[Hit] = []
        unusable: list[UUID] = []
        for customer_id, wrapped, sealed in page:
            try:
                hit = self._compare(customer_id, wrapped, sealed)
            except (NameUnusable, SealBroken):
                unusable.append(customer_id)
            else:
                if hit is not None:
                    hits.append(hit)
        return Swept(hits, unusable)

    def _compare(self, customer_id: UUID, wrapped: WrappedKey, sealed: SealedProfile) -> Hit | None:
        cipher = self._sealing.unwrap(customer_id, wrapped)
        party = describe_customer(open_sealed(customer_id, cipher, sealed))
        matches = self._matcher.match_possible(party, limit=MATCHES_KEPT, threshold=THRESHOLD)
        if not matches:
            return None
        party_print = self._sealing.index(PURPOSE, self._tenant_id, write_party(party))
        sightings, reasons = sightings_of(matches, party, party_print)
        return Hit(customer_id, party_print, sightings, reasons)


_sweeper: Sweeper | None = None  # of a process that does nothing else


def begin_process(tenant_id: UUID, lists: Sequence[WatchList], keys: FieldKeys) -> None:
    """Begin a process: it keeps what it is given, and its memory is not searched for garbage again."""
    global _sweeper  # noqa: PLW0603 - once per process, see above
    gc.disable()
    _sweeper = Sweeper(tenant_id, lists, keys)
    gc.freeze()


def sweep_page(page: Sequence[SealedCustomer]) -> Swept:
    """Compare a page in a process that was begun by `begin_process`."""
    if _sweeper is None:
        raise RuntimeError("a process for pages begins with what it compares them with")
    return _sweeper.sweep(page)
