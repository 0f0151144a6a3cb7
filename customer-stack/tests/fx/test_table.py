"""A bank's table of rates: what is one rate of one moment, and what is none."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_stack.fx.domain.rates import Mid
from customer_stack.fx.errors import RateUnavailable
from customer_stack.fx.providers.table import TableForm, TableKind, read_table

JSON = TableForm(TableKind.JSON, rows="data.rates")
CSV = TableForm(
    TableKind.CSV,
    currency_field="Currency",
    buy_field="Buying Rate",
    sell_field="Selling Rate",
    date_field="Date",
    date_format="%d/%m/%Y",
)
COLOMBO = timezone(timedelta(minutes=330))


def table(*rows, **changes):
    return json.dumps({"data": {"rates": list(rows), **changes}}).encode()


def row(**changes):
    return {"currency": "USD", "buy": "297.5000", "sell": "302.5000", "date": "2026-11-20"} | changes


def test_a_json_table_is_read_to_the_middle_of_buy_and_sell():
    body = table(row(currency="EUR", buy="330"), row())
    expected = Mid(300_00000000, "cbsl", datetime(2026, 11, 20, tzinfo=COLOMBO))
    assert read_table(body, JSON, "cbsl") == expected


def test_a_csv_table_is_read_the_same():
    body = "\ufeffDate,Currency,Buying Rate,Selling Rate\n20/11/2026,EUR,1,2\n20/11/2026,USD,297.5,302.5001\n"
    read = read_table(body.encode(), CSV, "cbsl")
    assert read == Mid(300_00005000, "cbsl", datetime(2026, 11, 20, tzinfo=COLOMBO))


def test_numbers_in_json_never_pass_through_a_float():
    body = (
        b'{"data":{"rates":[{"currency":"USD","buy":300.10000001,"sell":300.10000003,"date":"2026-11-20"}]}}'
    )
    assert read_table(body, JSON, "cbsl").rate_e8 == 300_10000002


def test_a_row_for_a_hundred_units_is_divided():
    body = table(row(currency="JPY", buy="196.50", sell="203.50", units=100))
    form = replace(JSON, currency="JPY", units_field="units")
    assert read_table(body, form, "cbsl").rate_e8 == 2_00000000


def test_the_newest_of_several_days_counts():
    body = table(row(date="2026-11-19", sell="400"), row(), row(date="2026-11-18", sell="400"))
    assert read_table(body, JSON, "cbsl").as_of == datetime(2026, 11, 20, tzinfo=COLOMBO)


def test_time_and_zone_of_the_table_are_read():
    timed = replace(JSON, time_field="time")
    assert read_table(table(row(time="09:30")), timed, "cbsl").as_of == datetime(2026, 11, 20, 4, tzinfo=UTC)
    zoned = replace(JSON, date_format="%Y-%m-%dT%H:%M:%S%z")
    body = table(row(date="2026-11-20T09:30:00+00:00"))
    assert read_table(body, zoned, "cbsl").as_of == datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>down for maintenance</html>",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"data": {"rates": {}}}',
        b'{"data": {"rates": ["USD"]}}',
        b'{"rates": []}',
        table(),
        table(row(currency="EUR")),
        table(row(), row(sell="400")),
        table(row(buy="302.6")),
        table(row(buy="0")),
        table(row(buy="-297.5")),
        table(row(buy="1e9")),
        table(row(buy="297,50")),
        table(row(buy="1,297.50")),
        table(row(buy="297.123456789")),
        table(row(buy="٢٩٧")),
        table(row(buy=None)),
        table(row(buy=True)),
        table(row(buy={"is": "297"})),
        table({"currency": "USD", "date": "2026-11-20"}),
        table(row(date="20.11.2026")),
        table(row(date=None)),
        b'{"data":{"rates":[{"currency":"USD","buy":NaN,"sell":Infinity,"date":"2026-11-20"}]}}',
    ],
)
def test_what_is_not_clearly_one_rate_is_none(body):
    with pytest.raises(RateUnavailable):
        read_table(body, JSON, "cbsl")


def test_a_csv_that_ends_inside_a_quoted_field_is_none():
    with pytest.raises(RateUnavailable):
        read_table(b'Date,Currency,Buying Rate,Selling Rate\n20/11/2026,USD,"297', CSV, "cbsl")


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reading(body):
    for form in (JSON, CSV):
        with pytest.raises(RateUnavailable):
            read_table(body, form, "cbsl")


@given(st.integers(1, 10**14), st.integers(0, 10**12))
def test_the_mid_lies_between_buy_and_sell(buy_e8, more):
    buy, sell = Decimal(buy_e8).scaleb(-8), Decimal(buy_e8 + more).scaleb(-8)
    body = table(row(buy=f"{buy:f}", sell=f"{sell:f}"))
    assert buy_e8 <= read_table(body, JSON, "cbsl").rate_e8 <= buy_e8 + more
