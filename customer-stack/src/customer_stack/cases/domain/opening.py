"""What is asked for when a case is opened, and how wishes for the same case become one. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from shared.errors import invariant

LINK_KINDS: Final = frozenset(
    {
        "alert",
        "case",
        "customer",
        "decision",
        "deposit",
        "event",
        "filing",
        "payout",
        "restriction",
        "session",
        "transfer",
        "wager",
    }
)
"""What a case can be about."""
GUARDED_KIND: Final = "filing"
"""A report to the authorities: shown only to those who may know that there is one."""
PRIORITY_LIMIT: Final = 1000

_FAMILY: Final = re.compile(r"[a-z][a-z0-9_]{2,47}")
_REASON: Final = re.compile(r"[a-z][a-z0-9_.]{1,99}")
_KIND: Final = re.compile(r"[a-z_]{2,40}")


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """Something that a case is about."""

    kind: str
    id: UUID

    def __post_init__(self) -> None:
        """Refuse kinds that nobody could look up."""
        invariant(self.kind in LINK_KINDS, "a link is of a kind that is known")


@dataclass(frozen=True, slots=True, order=True)
class Held:
    """A command that waits for a case, by the kind under which its module decides it.

    `amount` in LKR cents; None: not known, so that it counts as more than any limit. A command waits for
    one case: where several are opened at once, it is given to one of them.
    """

    kind: str
    id: UUID
    amount: int | None = None

    def __post_init__(self) -> None:
        """Refuse what the table could not keep."""
        invariant(_KIND.fullmatch(self.kind), "a kind of commands is a name")
        invariant(self.amount is None or self.amount >= 0, "an amount is not negative")


@dataclass(frozen=True, slots=True)
class NewCase:
    """The wish for a case. `reasons` are codes such as `aml.large_deposit`: with them the links come."""

    tenant_id: UUID
    customer_id: UUID
    family: str
    priority: int
    at: datetime
    links: Sequence[Link] = ()
    held: Sequence[Held] = ()
    reasons: Sequence[str] = ()

    def __post_init__(self) -> None:
        """Refuse what the tables could not keep."""
        invariant(_FAMILY.fullmatch(self.family), "a family is a name")
        invariant(0 <= self.priority <= PRIORITY_LIMIT, "a priority has bounds")
        invariant(all(map(_REASON.fullmatch, self.reasons)), "a reason is a code")

    @property
    def key(self) -> tuple[UUID, UUID, str]:
        """Return of what there is one open case."""
        return self.tenant_id, self.customer_id, self.family


@dataclass(frozen=True, slots=True)
class Wanted:
    """All wishes for one case: what it comes with, and the reasons with which each link comes."""

    tenant_id: UUID
    customer_id: UUID
    family: str
    priority: int
    at: datetime
    links: tuple[tuple[Link, tuple[str, ...]], ...]
    held: tuple[Held, ...]
    reasons: tuple[str, ...]

    @property
    def key(self) -> tuple[UUID, UUID, str]:
        """Return of what there is one open case."""
        return self.tenant_id, self.customer_id, self.family


def gather(cases: Iterable[NewCase]) -> list[Wanted]:
    """Return one wish per case, in the order in which all writers lock them."""
    by_key: dict[tuple[UUID, UUID, str], list[NewCase]] = {}
    for case in cases:
        by_key.setdefault(case.key, []).append(case)
    return [_merge(by_key[key]) for key in sorted(by_key)]


def _merge(cases: Sequence[NewCase]) -> Wanted:
    reasons: dict[Link, set[str]] = {}
    for case in cases:
        for link in case.links:
            reasons.setdefault(link, set()).update(case.reasons)
    held = {(each.kind, each.id): each for case in cases for each in case.held}
    first = cases[0]
    return Wanted(
        first.tenant_id,
        first.customer_id,
        first.family,
        max(case.priority for case in cases),
        min(case.at for case in cases),
        tuple((link, tuple(sorted(reasons[link]))) for link in sorted(reasons)),
        tuple(sorted(held.values(), key=lambda each: (each.kind, each.id))),
        tuple(sorted({reason for case in cases for reason in case.reasons})),
    )
