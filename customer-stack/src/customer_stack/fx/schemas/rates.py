"""Rates, terms and proposals on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints

from customer_stack.edge.schemas import AmountText, Answer, Body, Form
from customer_stack.fx.domain.proposals import Proposal
from customer_stack.fx.domain.rates import PostedRate, Terms
from customer_stack.fx.service import DepartmentRates, PostedPage, ProposalPage
from shared.money import RATE_SCALE, format_minor

RateText = Annotated[
    str,
    Form(
        r"^(0|[1-9][0-9]{0,5})(\.[0-9]{1,8})?$",
        'must be a rate in LKR per USD, in a string such as "300.2500"',
    ),
]


class TermsBody(Body):
    """A department's terms. Spreads and shares in basis points, LKR amounts as strings."""

    department_id: UUID
    sell_spread_basis: Annotated[int, Field(ge=0, le=5000)]
    buy_spread_basis: Annotated[int, Field(ge=0, le=5000)]
    fee_basis: Annotated[int, Field(ge=0, le=5000)]
    fee_fixed: AmountText
    minimum_amount: AmountText
    maximum_amount: AmountText
    quote_lifetime_seconds: Annotated[int, Field(ge=1, le=3600)] = 300
    mid_lifetime_seconds: Annotated[int, Field(ge=1, le=604800)] = 60
    stock_share_basis: Annotated[int, Field(ge=1, le=10000)] = 5000
    till_share_basis: Annotated[int, Field(ge=1, le=10000)] = 5000


class ProposalBody(Body):
    """A mid, LKR per USD, that you read somewhere: `as_of` is the moment it is from, now if left out.

    `reference` says where you read it, such as a page or the number of a dealer's slip; no names.
    """

    mid: RateText
    as_of: AwareDatetime | None = None
    reference: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._:/-]{0,63}$")]


class TermsAnswer(Answer):
    """Terms as they were kept."""

    department_id: UUID
    version: int


class RatesAnswer(Answer):
    """What we buy and sell USD at, in LKR, from a market rate of this moment."""

    buy: str
    sell: str
    as_of: datetime
    source: str


class PostedRateAnswer(Answer):
    """What a department bought and sold at since a moment."""

    id: UUID
    mid: str
    buy: str
    sell: str
    terms_version: int
    posted_at: datetime


class DepartmentRatesAnswer(Answer):
    """What a department buys and sells at, and what it posted before, newest first.

    Without a fresh mid `buy` and `sell` are empty, and no quotes are given.
    """

    department_id: UUID
    terms_version: int
    source: str | None
    mid: str | None
    mid_as_of: datetime | None
    is_fresh: bool
    buy: str | None
    sell: str | None
    items: list[PostedRateAnswer]
    next_cursor: str | None


class ProposalAnswer(Answer):
    """A proposed mid. `state` is open, approved or rejected."""

    id: UUID
    state: str
    mid: str
    as_of: datetime
    reference: str
    proposed_by: UUID
    proposed_at: datetime
    decided_by: UUID | None
    decided_at: datetime | None


class ProposalsAnswer(Answer):
    """A page of proposals, newest first."""

    items: list[ProposalAnswer]
    next_cursor: str | None


def show_rate(rate_e8: int) -> str:
    """Return a rate with four digits, or with eight where four would lose something."""
    digits = 4 if rate_e8 % 10**4 == 0 else RATE_SCALE
    return format_minor(rate_e8 // 10 ** (RATE_SCALE - digits), digits)


def show_terms(department_id: UUID, terms: Terms) -> TermsAnswer:
    """Return what was kept."""
    return TermsAnswer(department_id=department_id, version=terms.version)


def show_rates(found: DepartmentRates) -> RatesAnswer | None:
    """Return what a customer sees, None without a fresh mid."""
    if found.rates is None or found.mid is None:
        return None
    return RatesAnswer(
        buy=show_rate(found.rates.buy_e8),
        sell=show_rate(found.rates.sell_e8),
        as_of=found.mid.as_of,
        source=found.mid.source,
    )


def show_department_rates(found: DepartmentRates, page: PostedPage) -> DepartmentRatesAnswer:
    """Return what staff see."""
    mid, rates = found.mid, found.rates
    return DepartmentRatesAnswer(
        department_id=found.department_id,
        terms_version=found.terms_version,
        source=mid.source if mid else None,
        mid=show_rate(mid.rate_e8) if mid else None,
        mid_as_of=mid.as_of if mid else None,
        is_fresh=rates is not None,
        buy=show_rate(rates.buy_e8) if rates else None,
        sell=show_rate(rates.sell_e8) if rates else None,
        items=[_show_posted(posted) for posted in page.posted],
        next_cursor=page.next_cursor,
    )


def _show_posted(posted: PostedRate) -> PostedRateAnswer:
    return PostedRateAnswer(
        id=posted.id,
        mid=show_rate(posted.rates.mid_e8),
        buy=show_rate(posted.rates.buy_e8),
        sell=show_rate(posted.rates.sell_e8),
        terms_version=posted.terms_version,
        posted_at=posted.posted_at,
    )


def show_proposal(proposal: Proposal) -> ProposalAnswer:
    """Return a proposal and how it was decided."""
    decision = proposal.decision
    return ProposalAnswer(
        id=proposal.id,
        state=decision.outcome.value if decision else "open",
        mid=show_rate(proposal.rate_e8),
        as_of=proposal.as_of,
        reference=proposal.reference,
        proposed_by=proposal.proposed_by,
        proposed_at=proposal.proposed_at,
        decided_by=decision.decided_by if decision else None,
        decided_at=decision.decided_at if decision else None,
    )


def show_proposals(page: ProposalPage) -> ProposalsAnswer:
    """Return a page of proposals."""
    items = [show_proposal(proposal) for proposal in page.proposals]
    return ProposalsAnswer(items=items, next_cursor=page.next_cursor)
