"""What the exchange lists: series, their events and their markets, read from catalogue.toml.

The fee rule stands on the series, as on the simulated exchange; a market knows the one that applies to it.
The file names the first round of everything. When a market is paid out, the same question is asked again as
the next round, in an event of that round: KXFED-NEXT-HOLD, then KXFED-NEXT-HOLD-R2 in KXFED-NEXT-R2.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from importlib import resources
from typing import Any

from sandbox.exchange.fees import FeeSchedule, FeeType
from sandbox.exchange.market import Listing
from sandbox.exchange.units import PRICE_DECIMALS
from sandbox.fixed_point import parse_fixed


@dataclass(frozen=True, slots=True)
class Event:
    """A question with one or more markets. Its titles may name {month} and {date} of the close."""

    ticker: str
    series_ticker: str
    title: str
    sub_title: str
    mutually_exclusive: bool
    close_after_days: int


@dataclass(frozen=True, slots=True)
class Series:
    """A kind of question that comes again."""

    ticker: str
    title: str
    category: str
    tags: tuple[str, ...]
    frequency: str
    fees: FeeSchedule
    source_name: str
    source_url: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything listed, by ticker, in the order of the file."""

    series: dict[str, Series]
    events: dict[str, Event]
    listings: dict[str, Listing]


def load_catalogue() -> Catalogue:
    """Read the catalogue that comes with the program."""
    content = resources.files("sandbox.exchange").joinpath("catalogue.toml").read_text(encoding="utf-8")
    series: dict[str, Series] = {}
    events: dict[str, Event] = {}
    listings: dict[str, Listing] = {}
    for entry in tomllib.loads(content)["series"]:
        one = _read_series(entry)
        series[one.ticker] = one
        for event_entry in entry["events"]:
            event = _read_event(one, event_entry)
            events[event.ticker] = event
            for listing in _read_listings(one, event, event_entry):
                listings[listing.ticker] = listing
    return Catalogue(series, events, listings)


def listing_of_round(first: Listing, round_number: int) -> Listing:
    """Return the market that asks again what `first` asked; round 2 follows the first."""
    return replace(
        first,
        ticker=_name_round(first.ticker, round_number),
        event_ticker=_name_round(first.event_ticker, round_number),
        title=_title_round(first.title, round_number),
        round_number=round_number,
    )


def event_of_round(first: Event, round_number: int) -> Event:
    """Return the event of the markets of a later round."""
    return replace(
        first,
        ticker=_name_round(first.ticker, round_number),
        title=_title_round(first.title, round_number),
    )


def fill_in_dates(text: str, close_ms: int) -> str:
    """Replace {month} and {date} by those of the close."""
    close = datetime.fromtimestamp(close_ms // 1000, tz=UTC)
    return text.format(month=f"{close:%B %Y}", date=f"{close.day} {close:%B %Y}")


def close_time_ms(opened_ms: int, close_after_days: int) -> int:
    """Return when a market closes: at 18:30 UTC, midnight in Colombo, so many days after the opening."""
    day = datetime.fromtimestamp(opened_ms // 1000, tz=UTC) + timedelta(days=close_after_days)
    return int(day.replace(hour=18, minute=30, second=0, microsecond=0).timestamp()) * 1000


def _name_round(first_ticker: str, round_number: int) -> str:
    return f"{first_ticker}-R{round_number}"


def _title_round(title: str, round_number: int) -> str:
    # The date alone would not tell two rounds apart that close on the same day.
    return f"{title} (round {round_number})"


def _read_series(entry: dict[str, Any]) -> Series:
    return Series(
        ticker=entry["ticker"],
        title=entry["title"],
        category=entry["category"],
        tags=tuple(entry["tags"]),
        frequency=entry["frequency"],
        fees=FeeSchedule(FeeType(entry["fee_type"]), parse_fixed(entry["fee_multiplier"], 3)),
        source_name=entry["source_name"],
        source_url=entry["source_url"],
    )


def _read_event(series: Series, entry: dict[str, Any]) -> Event:
    return Event(
        ticker=entry["ticker"],
        series_ticker=series.ticker,
        title=entry["title"],
        sub_title=entry["sub_title"],
        mutually_exclusive=entry["mutually_exclusive"],
        close_after_days=entry["close_after_days"],
    )


def _read_listings(series: Series, event: Event, entry: dict[str, Any]) -> Iterator[Listing]:
    for market in entry["markets"]:
        ticker = f"{event.ticker}-{market['code']}"
        yield Listing(
            ticker=ticker,
            event_ticker=event.ticker,
            series_ticker=series.ticker,
            title=event.title,
            yes_sub_title=market["yes"],
            no_sub_title=f"Not: {market['yes']}",
            rules=market["rules"],
            price_structure=entry.get("price_structure", "linear_cent"),
            anchor=parse_fixed(market["anchor"], PRICE_DECIMALS),
            fees=series.fees,
            close_after_days=event.close_after_days,
            first_ticker=ticker,
        )
