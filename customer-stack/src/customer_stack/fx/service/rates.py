"""Readings of the market, and what departments make of them."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from customer_stack.fx.domain.proposals import require_timely
from customer_stack.fx.domain.rates import Mid, PostedRate, Rates, Terms, decide_rates, is_fresh
from customer_stack.fx.errors import ProposalInvalid, RateUnavailable, TermsMissing
from customer_stack.fx.providers.contract import RateFeed, RateSource
from customer_stack.fx.providers.stored import LoadMid
from customer_stack.fx.store import rates as store
from customer_stack.ledger.service import read_id_cursor, require_department_book
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.ids import Ids
from shared.ledger import store as ledger

AllTenants = Callable[[], Awaitable[tuple[UUID, ...]]]
"""The ids of all tenants."""


@dataclass(frozen=True, slots=True)
class Maker:
    """What makes new values: time and ids."""

    clock: Clock
    ids: Ids


async def post_rates(
    tx: Transaction, tenant_id: UUID, department_id: UUID, mid: Mid, terms: Terms, maker: Maker
) -> PostedRate:
    """Keep a reading that is used, and a department's rates where it changes them, under the book's lock.

    Returns what the department posts from this reading. Raises RateUnavailable.
    """
    now = maker.clock.now()
    rates = decide_rates(mid, terms, now)
    mid_id = await _keep_mid(tx, tenant_id, mid, maker)
    last = next(iter(await store.load_posted_rates(tx, department_id, None, 1)), None)
    if last is not None and last.is_posted(rates, terms.version):
        return replace(last, mid_id=mid_id)
    posted = PostedRate(maker.ids.new(), tenant_id, department_id, mid_id, terms.version, rates, now)
    await store.insert_posted_rate(tx, posted)
    return posted


async def _keep_mid(tx: Transaction, tenant_id: UUID, mid: Mid, maker: Maker) -> UUID:
    kept = await store.find_mid(tx, tenant_id, mid)
    if kept is not None:
        return kept
    new_id = maker.ids.new()
    await store.insert_mids(tx, [(tenant_id, new_id)], mid, maker.clock.now())
    return await store.find_mid(tx, tenant_id, mid) or new_id


def stored_mids(database: Database) -> LoadMid:
    """Return how a source reads the newest mid that was kept."""

    async def load(tenant_id: UUID, source: str) -> Mid | None:
        async with database.transaction(tenant_id) as tx:
            return await store.load_newest_mid(tx, tenant_id, source)

    return load


async def load_newest_mids(
    database: Database, tenants: Sequence[UUID], source: str
) -> dict[UUID, tuple[UUID, int]]:
    """Return (id, rate scaled 1e-8) of each tenant's newest kept reading of a source, for other modules."""
    async with database.transaction(*tenants) as tx:
        return await store.load_newest_mids(tx, tenants, source)


@dataclass(frozen=True, slots=True)
class DepartmentRates:
    """What a department buys and sells at now; None where there is no mid, or an old one."""

    department_id: UUID
    terms_version: int
    mid: Mid | None
    rates: Rates | None


@dataclass(frozen=True, slots=True)
class PostedPage:
    """What was posted, newest first, and where the next page begins."""

    posted: tuple[PostedRate, ...]
    next_cursor: str | None


class RateDesk:
    """The rates that departments post, and the worker's reading of the feed."""

    def __init__(
        self,
        database: Database,
        source: RateSource,
        feed: RateFeed | None,
        all_tenants: AllTenants,
        maker: Maker,
    ) -> None:
        """Post from `source`; `feed` is what the worker reads for it, if it has one."""
        self._database = database
        self._source = source
        self._feed = feed
        self._all_tenants = all_tenants
        self._maker = maker

    @property
    def poll_seconds(self) -> float | None:
        """Return how often the feed is to be read, None without one."""
        return None if self._feed is None else self._feed.poll_seconds

    async def read_feed(self) -> None:
        """Read the feed once and keep the reading for all tenants. Raises RateUnavailable."""
        if self._feed is None:
            return
        mid = await self._feed.read()
        now = self._maker.clock.now()
        try:
            require_timely(mid.as_of, now)
        except ProposalInvalid as error:
            raise RateUnavailable("The source's rate is from the future, or of last week.") from error
        tenants = await self._all_tenants()
        async with self._database.transaction(*tenants) as tx:
            await store.insert_mids(tx, [(tenant, self._maker.ids.new()) for tenant in tenants], mid, now)

    async def post_all(self) -> None:
        """Post the rates of every department that has terms, where they changed."""
        async with self._database.transaction(*await self._all_tenants()) as tx:
            departments = await store.list_departments(tx)
        for tenant_id, department_id in departments:
            found = await self.get_rates(tenant_id, department_id)
            if found.rates is None or found.mid is None:
                continue
            async with self._database.transaction(tenant_id) as tx:
                last = await store.load_posted_rates(tx, department_id, None, 1)
                if last and last[0].is_posted(found.rates, found.terms_version):
                    continue
                await ledger.lock_books(tx, [department_id])
                terms = await store.load_terms(tx, department_id)
                if terms is not None:
                    await post_rates(tx, tenant_id, department_id, found.mid, terms, self._maker)

    async def get_rates(self, tenant_id: UUID, department_id: UUID) -> DepartmentRates:
        """Return what a department buys and sells at. Raises DepartmentNotFound, TermsMissing."""
        try:
            mid = await self._source.latest(tenant_id)
        except RateUnavailable:
            mid = None
        async with self._database.transaction(tenant_id) as tx:
            await require_department_book(tx, department_id)
            terms = await store.load_terms(tx, department_id)
        if terms is None:
            raise TermsMissing("Currency exchange is not set up yet. Try again later.")
        now = self._maker.clock.now()
        fresh = mid is not None and is_fresh(mid, terms, now)
        rates = decide_rates(mid, terms, now) if mid is not None and fresh else None
        return DepartmentRates(department_id, terms.version, mid, rates)

    async def list_posted(
        self, tenant_id: UUID, department_id: UUID, limit: int, cursor: str | None
    ) -> PostedPage:
        """Return one page of what a department posted. Raises CursorUnknown."""
        before = read_id_cursor(cursor)
        async with self._database.transaction(tenant_id) as tx:
            found = await store.load_posted_rates(tx, department_id, before, limit + 1)
        page = found[:limit]
        return PostedPage(page, str(page[-1].id) if len(found) > limit else None)
