"""Settings of a bank's table of rates: part of the customer stack's settings, read where it is chosen."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from customer_stack.settings import CustomerStackSettings


class RateTableSettings(CustomerStackSettings):
    """Where the table of rates is, for `CUSTOMER_RATE_SOURCE=http`, and how to read it.

    `..._rows` is the path to the list of rows in JSON, its names joined by points. An empty field is one that
    the table does not have. Times without a zone are `..._utc_offset_minutes` east of UTC.
    """

    rate_table_url: str
    rate_table_name: Annotated[str, Field(pattern=r"^[a-z0-9_-]{1,32}$")] = "central-bank"
    rate_table_kind: Literal["json", "csv"] = "json"
    rate_table_rows: str = ""
    rate_table_currency: str = "USD"
    rate_table_currency_field: str = "currency"
    rate_table_buy_field: str = "buy"
    rate_table_sell_field: str = "sell"
    rate_table_units_field: str = ""
    rate_table_date_field: str = "date"
    rate_table_date_format: str = "%Y-%m-%d"
    rate_table_time_field: str = ""
    rate_table_time_format: str = "%H:%M"
    rate_table_utc_offset_minutes: Annotated[int, Field(ge=-720, le=840)] = 330
    rate_table_poll_seconds: Annotated[float, Field(ge=1, le=3600)] = 60.0

    @model_validator(mode="after")
    def check_name(self) -> Self:
        """Refuse the names of the other sources."""
        if self.rate_table_name in ("sandbox", "manual"):
            raise ValueError("CUSTOMER_RATE_TABLE_NAME is the bank's, neither sandbox nor manual")
        return self
