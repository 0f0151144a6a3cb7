"""Which source of rates a process uses, by its settings.

`sandbox` is the configured rate; `manual` is what staff proposed and approved; `http` is a bank's table that
the worker reads. The last two answer from our own database.
"""

from contextlib import AsyncExitStack

import httpx

from customer_stack.fx.domain.proposals import MANUAL
from customer_stack.fx.errors import RateAddressUnsafe
from customer_stack.fx.providers.contract import RateFeed, RateSource
from customer_stack.fx.providers.http_table import HttpRateTable
from customer_stack.fx.providers.sandbox import SandboxRates
from customer_stack.fx.providers.stored import LoadMid, StoredRates
from customer_stack.fx.providers.table import TableForm, TableKind
from customer_stack.rate_settings import RateTableSettings
from customer_stack.settings import Settings, read_settings
from customer_stack.tls import trusted_authorities
from shared.clock import Clock


async def open_source(
    settings: Settings, stack: AsyncExitStack, load: LoadMid, clock: Clock
) -> tuple[RateSource, RateFeed | None]:
    """Return the source that the settings choose, and the feed behind it. Raises RateAddressUnsafe."""
    if settings.rate_source == "sandbox":
        return SandboxRates(settings.sandbox_mid_rate, clock), None
    if settings.rate_source == "manual":
        return StoredRates(MANUAL, load), None
    table = read_settings(RateTableSettings)
    if not settings.is_sandbox and not table.rate_table_url.startswith("https://"):
        raise RateAddressUnsafe("CUSTOMER_RATE_TABLE_URL begins with https:// in production. Correct it.")
    client = await stack.enter_async_context(httpx.AsyncClient(timeout=5.0, verify=trusted_authorities()))
    feed = HttpRateTable(
        table.rate_table_name,
        table.rate_table_url,
        form_of(table),
        client,
        poll_seconds=table.rate_table_poll_seconds,
    )
    return StoredRates(table.rate_table_name, load), feed


def form_of(table: RateTableSettings) -> TableForm:
    """Return how the settings say that a table is read."""
    return TableForm(
        kind=TableKind(table.rate_table_kind),
        rows=table.rate_table_rows,
        currency=table.rate_table_currency,
        currency_field=table.rate_table_currency_field,
        buy_field=table.rate_table_buy_field,
        sell_field=table.rate_table_sell_field,
        units_field=table.rate_table_units_field,
        date_field=table.rate_table_date_field,
        date_format=table.rate_table_date_format,
        time_field=table.rate_table_time_field,
        time_format=table.rate_table_time_format,
        utc_offset_minutes=table.rate_table_utc_offset_minutes,
    )
