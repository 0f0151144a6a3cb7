"""Lists of providers: what the bank that can be asked has booked, kept day by day as statements.

The bank is asked outside of any transaction. Once a day suffices: what it books later under an earlier day is
seen on the next one, since all days that a match still reads are compared again.
"""

from typing import Final

import structlog

from customer_stack.payments.providers.contract import Bank
from customer_stack.payments.service import find_collection
from customer_stack.reconciliation.configuration import load_sources
from customer_stack.reconciliation.domain.lists import Listed, read_list
from customer_stack.reconciliation.domain.sources import Source, StatementKind, number_at
from customer_stack.reconciliation.errors import StatementInvalid
from customer_stack.reconciliation.service.books import AllTenants
from customer_stack.reconciliation.service.matching import Holder, MatchingService
from shared.clock import Clock
from shared.database import Database
from shared.errors import Refusal

UNLISTED: Final = -1

_log = structlog.get_logger(__name__)


class ProviderLists:
    """Keeps what providers list."""

    def __init__(
        self, database: Database, bank: Bank, matching: MatchingService, all_tenants: AllTenants, clock: Clock
    ) -> None:
        """Ask `bank`, and keep through `matching`."""
        self._database = database
        self._bank = bank
        self._matching = matching
        self._all_tenants = all_tenants
        self._clock = clock
        self._listed_to = UNLISTED

    async def keep(self) -> int:
        """Keep what the bank lists of the days that are over; return how many days were new.

        A list that cannot be had or used is asked for again in the next round.
        """
        source = _source_of(self._bank.name)
        today = number_at(self._clock.now())
        if source is None or self._listed_to == today - 1:
            return 0
        holder = await self._find_holder()
        if holder is None:
            return 0
        try:
            kept = await self._keep(source, holder, range(today - source.reach_back_days, today))
        except Refusal as refusal:
            _log.warning("reconciliation.list_refused", source=source.name, code=refusal.code)
            return 0
        self._listed_to = today - 1
        return kept

    async def _keep(self, source: Source, holder: Holder, days: range) -> int:
        statement = await self._bank.fetch_statement()
        listed = []
        for entry in statement.entries:
            if entry.booked_at is None:
                raise StatementInvalid("The provider's list does not say when it booked. Ask the provider.")
            listed.append(Listed(entry.bank_reference, entry.amount, entry.booked_at))
        found = read_list(listed, statement.balance, days)
        return sum([await self._matching.keep_listed(source, holder, each) for each in found])

    async def _find_holder(self) -> Holder | None:
        async with self._database.transaction(*await self._all_tenants()) as tx:
            found = await find_collection(tx, self._bank.name)
        return None if found is None else Holder(found.tenant_id, found.department_id)


def _source_of(bank: str) -> Source | None:
    """Return the source of statements about the account at a bank that can be asked."""
    sources = load_sources().sources.values()
    return next(
        (each for each in sources if each.holder == bank and each.statements is StatementKind.CSV), None
    )
