"""What stands: conversions with their rates and margin, the stock with its flows."""

from dataclasses import dataclass
from uuid import UUID

from customer_stack.fx.domain.conversion import ConversionRecord
from customer_stack.fx.domain.stock import StockAccount, StockFlow
from customer_stack.fx.errors import ConversionNotFound
from customer_stack.fx.store import conversions as conversion_store
from customer_stack.fx.store import quotes as quote_store
from customer_stack.fx.store import stock as stock_store
from customer_stack.ledger.domain import Account
from customer_stack.ledger.errors import CursorUnknown
from customer_stack.ledger.service import read_id_cursor, require_department_book
from shared.database import Database
from shared.ledger import store as ledger
from shared.ledger.domain import LKR, USD, Balance

_NEWEST = 2**62
_CURSOR_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which conversions of a tenant: of one department, of one customer, or all where None."""

    tenant_id: UUID
    department_id: UUID | None = None
    customer_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ConversionPage:
    """Conversions, newest first, and where the next page begins."""

    conversions: tuple[ConversionRecord, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class StockReport:
    """A department's USD for sale: what it cost, what quotes reserve, what it earned, how it came about.

    `reserved` is the anticipated outflow of live quotes, a part of what holds reserve; `anticipated` the
    inflow of live quotes for withdrawals. `recognised` is the profit that closed periods took as revenue.
    """

    department_id: UUID
    account: StockAccount
    balance: Balance
    reserved: int
    anticipated: int
    recognised: int
    flows: tuple[StockFlow, ...]
    next_cursor: str | None


class FxReading:
    """Conversions and stock, as they were stored."""

    def __init__(self, database: Database) -> None:
        """Read from `database`."""
        self._database = database

    async def get_conversion(self, wanted: Wanted, conversion_id: UUID) -> ConversionRecord:
        """Return one of the wanted conversions. Raises ConversionNotFound."""
        async with self._database.transaction(wanted.tenant_id) as tx:
            found = await conversion_store.load_conversion(tx, conversion_id)
        if found is None or not _is_wanted(found, wanted):
            raise ConversionNotFound("There is no such conversion. Check its id.")
        return found

    async def list_conversions(self, wanted: Wanted, limit: int, cursor: str | None) -> ConversionPage:
        """Return one page of the wanted conversions. Raises CursorUnknown."""
        before = read_id_cursor(cursor)
        async with self._database.transaction(wanted.tenant_id) as tx:
            found = await conversion_store.load_conversions(
                tx, wanted.tenant_id, wanted.department_id, wanted.customer_id, before, limit + 1
            )
        page = found[:limit]
        return ConversionPage(page, str(page[-1].id) if len(found) > limit else None)

    async def report_stock(
        self, tenant_id: UUID, department_id: UUID, limit: int, cursor: str | None
    ) -> StockReport:
        """Return the stock of a department and one page of its flows.

        The book is locked for the moment of reading, so that all figures are of one moment.
        Raises DepartmentNotFound, CursorUnknown.
        """
        before = _read_version(cursor)
        key = (department_id, USD, Account.STOCK)
        async with self._database.transaction(tenant_id) as tx:
            await require_department_book(tx, department_id)
            await ledger.lock_books(tx, [department_id])
            balance = (await ledger.load_balances(tx, [key]))[key]
            account = await stock_store.load_stock(tx, department_id)
            reserved, anticipated = await quote_store.sum_live_quotes(tx, department_id)
            revenue = await ledger.sum_unchecked(tx, [department_id], [Account.FX_REVENUE])
            flows = await stock_store.load_stock_flows(tx, department_id, before, limit + 1)
        page = flows[:limit]
        return StockReport(
            department_id,
            account,
            balance,
            reserved,
            anticipated,
            revenue.get((department_id, LKR, Account.FX_REVENUE), 0),
            page,
            str(page[-1].version) if len(flows) > limit else None,
        )


def _is_wanted(found: ConversionRecord, wanted: Wanted) -> bool:
    return (
        found.tenant_id == wanted.tenant_id
        and wanted.department_id in (None, found.department_id)
        and wanted.customer_id in (None, found.customer_id)
    )


def _read_version(cursor: str | None) -> int:
    if cursor is None:
        return _NEWEST
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) <= _CURSOR_DIGITS):
        raise CursorUnknown("Use the next_cursor of the page before, or none for the first page.")
    return int(cursor)
