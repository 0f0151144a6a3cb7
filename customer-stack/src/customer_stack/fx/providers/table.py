"""The bytes of a bank's table of rates, JSON or CSV, read to one mid. No network here.

Central banks publish a table: one row per currency, what they buy and sell it at, and a date. Which field
is which is configured. The mid is the middle of buy and sell.

Guaranteed: numbers are read as decimals, never as floats; a table that is not clearly one rate of one
moment is no rate.
"""

import csv
import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, NoReturn

from customer_stack.fx.domain.rates import Mid
from customer_stack.fx.errors import RateUnavailable
from shared.money import RATE_SCALE, divide_half_even, to_minor

_NUMBER: Final = re.compile(r"(?:0|[1-9][0-9]{0,6})(?:\.[0-9]{1,8})?")


class TableKind(StrEnum):
    """How a table is written."""

    JSON = "json"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class TableForm:
    """Where in a table the rate stands. An empty name of a field: the table has none.

    `rows` is the path to the list of rows in JSON, its names joined by points. `units_field` says how many
    units of the currency a row is for. Times without a zone are `utc_offset_minutes` east of UTC.
    """

    kind: TableKind
    rows: str = ""
    currency: str = "USD"
    currency_field: str = "currency"
    buy_field: str = "buy"
    sell_field: str = "sell"
    units_field: str = ""
    date_field: str = "date"
    date_format: str = "%Y-%m-%d"
    time_field: str = ""
    time_format: str = "%H:%M"
    utc_offset_minutes: int = 330


def read_table(body: bytes, form: TableForm, source: str) -> Mid:
    """Return the newest rate of the table's currency. Raises RateUnavailable."""
    try:
        text = body.decode("utf-8-sig")
        rows = _read_csv(text) if form.kind is TableKind.CSV else _read_json(text, form.rows)
    except (ValueError, csv.Error, RecursionError) as error:
        raise _unreadable("is no table of the configured kind") from error
    found = [row for row in rows if _text(row, form.currency_field) == form.currency]
    readings = {_read_time(row, form): row for row in found}
    if not found:
        raise _unreadable("has no row of the currency")
    if len(readings) < len(found):
        raise _unreadable("has two rows of the currency for one moment")
    as_of = max(readings)
    return Mid(_read_mid(readings[as_of], form), source, as_of)


def _read_csv(text: str) -> list[Mapping[str, Any]]:
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True, skipinitialspace=True)
    return [{name: value for name, value in row.items() if isinstance(name, str)} for row in reader]


def _read_json(text: str, path: str) -> list[Mapping[str, Any]]:
    found: Any = json.loads(text, parse_float=Decimal, parse_int=Decimal, parse_constant=_refuse_constant)
    for name in path.split(".") if path else ():
        if not isinstance(found, dict) or name not in found:
            raise ValueError(name)
        found = found[name]
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise ValueError(path)
    return found


def _refuse_constant(word: str) -> NoReturn:
    raise ValueError(word)


def _text(row: Mapping[str, Any], field: str) -> str:
    value = row.get(field)
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.strip() if isinstance(value, str) else ""


def _number(row: Mapping[str, Any], field: str) -> int:
    text = _text(row, field)
    if not _NUMBER.fullmatch(text):
        raise _unreadable(f"has no plain number in {field}")
    return to_minor(Decimal(text), RATE_SCALE)


def _read_mid(row: Mapping[str, Any], form: TableForm) -> int:
    buy, sell = _number(row, form.buy_field), _number(row, form.sell_field)
    units = _number(row, form.units_field) if form.units_field else 10**RATE_SCALE
    if not 0 < buy <= sell or units <= 0:
        raise _unreadable("buys above what it sells at, or at nothing")
    return divide_half_even((buy + sell) * 10**RATE_SCALE, 2 * units)


def _read_time(row: Mapping[str, Any], form: TableForm) -> datetime:
    text, pattern = _text(row, form.date_field), form.date_format
    if form.time_field:
        text, pattern = f"{text} {_text(row, form.time_field)}", f"{pattern} {form.time_format}"
    try:
        moment = datetime.strptime(text, pattern)  # noqa: DTZ007 - the zone follows in the next line
    except ValueError as error:
        raise _unreadable("has a row without a date") from error
    if moment.tzinfo is None:
        return moment.replace(tzinfo=timezone(timedelta(minutes=form.utc_offset_minutes)))
    return moment


def _unreadable(how: str) -> RateUnavailable:
    return RateUnavailable(f"The table of rates {how}. The last good rate stands until it is too old.")
