"""Statements that come late: the days that they are about are matched again, a few at a time.

Statements and bank files are noticed here, not told of, so that none is forgotten by a door that takes them.

*Guaranteed:*
- an import makes its days due once, and a due day stays due until a match that began afterwards is kept;
- a day that can not be judged holds up no other;
- a match that would be equal in everything to one that is kept is not kept again.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import structlog

from customer_stack.bank_files.service.lines import load_statement_days
from customer_stack.reconciliation import metrics
from customer_stack.reconciliation.configuration import load_sources
from customer_stack.reconciliation.domain.due_days import find_due_days
from customer_stack.reconciliation.domain.sources import Source, begin_of, number_at, number_of
from customer_stack.reconciliation.service.matching import Holder, Match, MatchingService, find_file_holders
from customer_stack.reconciliation.store import due_days as store
from customer_stack.reconciliation.store.due_days import DueDay, Import
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.errors import Refusal

NOTICED_WITHIN: Final = timedelta(days=62)
"""How long ago an import that was not noticed may have come: longer than a worker stands still."""
MOST_IMPORTS: Final = 100
MOST_MATCHES: Final = 12
"""In one round: a month that comes late takes five."""

MOST_DUE: Final = 1_000
"""Looked at in one round: so many days that fail keep no other from its turn."""
BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)

Key = tuple[Holder, str, int]

_log = structlog.get_logger(__name__)


class DueDays:
    """What the worker does about statements that came."""

    def __init__(
        self,
        database: Database,
        matching: MatchingService,
        all_tenants: Callable[[], Awaitable[tuple[UUID, ...]]],
        clock: Clock,
    ) -> None:
        """Judge with `matching` what came to `database`."""
        self._database = database
        self._matching = matching
        self._all_tenants = all_tenants
        self._clock = clock
        self._failed: dict[Key, datetime] = {}

    async def judge_due(self, limit: int = MOST_MATCHES) -> tuple[Match, ...]:
        """Notice what came, and match at most `limit` due days. The timer's use case.

        A day that can not be judged stays due and is tried again after all others, so that none waits for it.
        """
        tenants = await self._all_tenants()
        sources = load_sources().sources
        async with self._database.transaction(*tenants) as tx:
            await self._notice(tx)
            due = await store.load_due(tx, list(sources), number_at(self._clock.now()), MOST_DUE)
        waiting = {_key_of(each): each for each in due}
        self._failed = {key: at for key, at in self._failed.items() if key in waiting}
        made = []
        for key in sorted(waiting, key=lambda each: self._failed.get(each, BEGINNING))[:limit]:
            match = await self._judge(waiting[key], sources)
            if match is None:
                self._failed[key] = self._clock.now()
                continue
            del waiting[key]
            self._failed.pop(key, None)
            made.append(match)
        metrics.show_due((_due_since(each) for each in waiting.values()), self._clock.now())
        return tuple(made)

    async def _judge(self, due: DueDay, sources: Mapping[str, Source]) -> Match | None:
        """Match one due day again; None, and a line in the log, when that fails."""
        try:
            match = await self._matching.match_again(sources[due.source], due.holder, due.day)
            async with self._database.transaction(due.holder.tenant_id) as tx:
                await store.insert_done(tx, due, match.id)
        except Refusal as refusal:
            _log.warning("reconciliation.match_refused", source=due.source, day=due.day, code=refusal.code)
            return None
        except Exception:  # noqa: BLE001 - whatever broke, the days of others are not judged later for it
            _log.exception("reconciliation.match_failed", source=due.source, day=due.day)
            return None
        return match

    async def _notice(self, tx: Transaction) -> None:
        since = self._clock.now() - NOTICED_WITHIN
        sources = load_sources().sources
        came = await store.load_new_statements(tx, since, MOST_IMPORTS)
        for name, holder in await find_file_holders(tx):
            known = await store.load_known(tx, holder.tenant_id, since)
            for file_id, at, days in await load_statement_days(
                tx, holder.tenant_id, since, known, MOST_IMPORTS
            ):
                came.append(Import(file_id, holder, name, at, tuple(number_of(day) for day in days)))
        for each in came:
            source = sources.get(each.source)
            due = () if source is None else find_due_days(each.days, source.reach_back_days, each.came_at)
            await store.insert_import(tx, each, due)


def _key_of(due: DueDay) -> Key:
    return due.holder, due.source, due.day


def _due_since(due: DueDay) -> datetime:
    """Return since when a day could have been judged: it is over, and a statement is there."""
    return max(due.came_at, begin_of(due.day + 1))
