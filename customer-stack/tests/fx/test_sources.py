"""Sources of rates: one suite for all of them, and the bank's table over HTTP."""

import asyncio
import contextlib
import json
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import httpx
import pytest
from pydantic import ValidationError

from customer_stack.fx.domain.proposals import ProposalOutcome
from customer_stack.fx.domain.rates import Mid
from customer_stack.fx.errors import RateAddressUnsafe, RateUnavailable
from customer_stack.fx.providers.http_table import LIMIT_BYTES, HttpRateTable
from customer_stack.fx.providers.sandbox import SandboxRates
from customer_stack.fx.providers.sources import open_source
from customer_stack.fx.providers.stored import StoredRates
from customer_stack.fx.providers.table import TableForm, TableKind
from customer_stack.fx.service import Maker, Person, RateDesk, RateProposals, stored_mids
from customer_stack.rate_settings import RateTableSettings
from customer_stack.settings import Settings, read_settings
from shared.clock import FixedClock
from shared.ids import SystemIds

IDS = SystemIds()
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
FORM = TableForm(TableKind.JSON, date_format="%Y-%m-%dT%H:%M:%S%z")


class Page:
    """A page on this machine that serves what the test says."""

    def __init__(self):
        self.body, self.status, self.headers = b"", "200 OK", ""
        self.url, self.asked = "", 0
        self.may_answer, self.answering = asyncio.Event(), set()
        self.may_answer.set()

    def shows(self, mid, as_of, **changes):
        row = {"currency": "USD", "buy": str(mid - 1), "sell": str(mid + 1), "date": as_of.isoformat()}
        self.body = json.dumps([row | changes]).encode()

    async def answer(self, reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        self.asked += 1
        self.answering.add(asyncio.current_task())
        await self.may_answer.wait()
        head = (
            f"HTTP/1.1 {self.status}\r\nContent-Length: {len(self.body)}\r\n{self.headers}Connection: close"
        )
        with contextlib.suppress(ConnectionError):
            writer.write(head.encode() + b"\r\n\r\n" + self.body)
            await writer.drain()
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


@pytest.fixture
async def page():
    made = Page()
    server = await asyncio.start_server(made.answer, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/rates"
    yield made
    made.may_answer.set()
    await asyncio.gather(*made.answering)
    server.close()
    await server.wait_closed()


@pytest.fixture
async def client():
    async with httpx.AsyncClient() as opened:
        yield opened


class Given:
    """A source, and how the world gives it a mid."""

    def __init__(self, database, tenants, clock):
        self.database, self.tenants, self.clock = database, tenants, clock
        self.maker = Maker(clock, IDS)

    async def all_tenants(self):
        return self.tenants


class GivenSandbox(Given):
    def __init__(self, *world):
        super().__init__(*world)
        self.source = SandboxRates(Decimal(300), self.clock)

    async def state(self, mid, as_of):
        assert as_of == self.clock.now()
        self.source = SandboxRates(Decimal(mid), self.clock)


class GivenManual(Given):
    def __init__(self, *world):
        super().__init__(*world)
        self.source = StoredRates("manual", stored_mids(self.database))

    async def state(self, mid, as_of):
        proposals = RateProposals(self.database, self.source, self.maker)
        for tenant in self.tenants:
            maker, checker = (Person(tenant, IDS.new(), "staff:x") for _ in range(2))
            proposal = await proposals.propose(maker, mid * 10**8, as_of, "page 1")
            await proposals.decide(checker, proposal.id, ProposalOutcome.APPROVED)


class GivenHttp(Given):
    def __init__(self, page, client, *world):
        super().__init__(*world)
        self.page = page
        self.source = StoredRates("cbsl", stored_mids(self.database))
        feed = HttpRateTable("cbsl", page.url, FORM, client, timeout_seconds=0.5)
        self.desk = RateDesk(self.database, self.source, feed, self.all_tenants, self.maker)

    async def state(self, mid, as_of):
        self.page.shows(mid, as_of)
        await self.desk.read_feed()


@pytest.fixture(params=["sandbox", "manual", "http"])
def given(request, customer_database, page, client):
    world = (customer_database.app, (IDS.new(), IDS.new()), FixedClock(NOW))
    if request.param == "http":
        return GivenHttp(page, client, *world)
    return {"sandbox": GivenSandbox, "manual": GivenManual}[request.param](*world)


# What the contract promises, for all sources.


async def test_a_source_states_the_newest_mid_with_its_name_and_moment(given):
    for mid, as_of in ((300, NOW), (302, NOW + timedelta(seconds=30))):
        given.clock.advance(as_of - given.clock.now())
        await given.state(mid, as_of)
        for tenant in given.tenants:
            assert await given.source.latest(tenant) == Mid(mid * 10**8, given.source.name, as_of)


async def test_a_source_repeats_itself(given):
    await given.state(300, NOW)
    tenant = given.tenants[0]
    assert await given.source.latest(tenant) == await given.source.latest(tenant)


async def test_a_reading_that_comes_twice_is_kept_once(given):
    await given.state(300, NOW)
    await given.state(300, NOW)
    assert (await given.source.latest(given.tenants[0])).rate_e8 == 300 * 10**8


# Sources that answer from the database.


@pytest.fixture
def stored(request, customer_database, page, client):
    world = (customer_database.app, (IDS.new(), IDS.new()), FixedClock(NOW))
    return GivenHttp(page, client, *world)


@pytest.mark.parametrize("name", ["manual", "cbsl"])
async def test_before_the_first_reading_there_is_no_rate(customer_database, name):
    with pytest.raises(RateUnavailable):
        await StoredRates(name, stored_mids(customer_database.app)).latest(IDS.new())


async def test_a_rate_by_hand_is_the_rate_of_its_tenant_alone(customer_database):
    given = GivenManual(customer_database.app, (IDS.new(),), FixedClock(NOW))
    await given.state(300, NOW)
    with pytest.raises(RateUnavailable):
        await given.source.latest(IDS.new())


async def test_an_older_moment_does_not_replace_a_newer_one_and_a_correction_does(stored):
    tenant = stored.tenants[0]
    await stored.state(300, NOW)
    await stored.state(290, NOW - timedelta(minutes=1))
    assert (await stored.source.latest(tenant)).rate_e8 == 300 * 10**8
    stored.clock.advance(timedelta(seconds=1))
    await stored.state(301, NOW)
    assert (await stored.source.latest(tenant)).rate_e8 == 301 * 10**8


# The bank's page.


async def breaks(page, how):
    if how == "error":
        page.status = "503 Service Unavailable"
    elif how == "redirect":
        page.status, page.headers = "302 Found", "Location: http://127.0.0.1:9/\r\n"
    elif how == "maintenance":
        page.body = b"<html>"
    elif how == "large":
        page.body = b" " * (LIMIT_BYTES + 1) + page.body
    elif how == "slow":
        page.may_answer.clear()
    elif how == "future":
        page.shows(310, NOW + timedelta(seconds=6))
    elif how == "old":
        page.shows(310, NOW - timedelta(days=8))
    else:
        page.shows(310, NOW, sell="1")


@pytest.mark.parametrize(
    "how", ["error", "redirect", "maintenance", "large", "slow", "future", "old", "upside down"]
)
async def test_a_bad_page_is_no_rate_and_the_last_good_one_stands(stored, page, how):
    await stored.state(300, NOW)
    page.shows(310, NOW)
    await breaks(page, how)
    with pytest.raises(RateUnavailable):
        await stored.desk.read_feed()
    assert (await stored.source.latest(stored.tenants[0])).rate_e8 == 300 * 10**8


async def test_a_page_that_does_not_answer_is_no_rate(client):
    feed = HttpRateTable("cbsl", "http://127.0.0.1:9/", FORM, client)
    with pytest.raises(RateUnavailable):
        await feed.read()


async def test_quoting_asks_no_page(stored, page):
    await stored.state(300, NOW)
    asked = page.asked
    await stored.source.latest(stored.tenants[0])
    assert page.asked == asked == 1


# Which source a process uses.


def settings_of(settings, **changes):
    return Settings.model_validate({**settings.model_dump(), **changes})


async def source_of(settings, **changes):
    async def load(tenant_id, name):
        return None

    async with AsyncExitStack() as stack:
        return await open_source(settings_of(settings, **changes), stack, load, FixedClock(NOW))


TLS = dict.fromkeys(("boundary_authority_file", "boundary_certificate_file", "boundary_tls_key_file"), "/x")
TLS["screening_lists"] = {"un": "/lists"}
TLS["country_table_file"] = __file__


async def test_settings_choose_the_source(settings, monkeypatch):
    source, feed = await source_of(settings)
    assert (source.name, feed) == ("sandbox", None)
    source, feed = await source_of(settings, rate_source="manual")
    assert (source.name, feed) == ("manual", None)
    monkeypatch.setenv("CUSTOMER_RATE_TABLE_URL", "http://127.0.0.1:9/")
    monkeypatch.setenv("CUSTOMER_RATE_TABLE_NAME", "cbsl")
    monkeypatch.setenv("CUSTOMER_RATE_TABLE_POLL_SECONDS", "5")
    source, feed = await source_of(settings, rate_source="http")
    assert (source.name, feed.name, feed.poll_seconds) == ("cbsl", "cbsl", 5)


async def test_production_starts_with_manual_or_http_and_never_with_the_sandbox(settings, monkeypatch):
    refused = settings_of(settings, environment="production", **TLS).production_problems()
    assert "production.sandbox_rates" in {each.code for each in refused}
    source, _ = await source_of(settings, environment="production", rate_source="manual", **TLS)
    assert source.name == "manual"
    monkeypatch.setenv("CUSTOMER_RATE_TABLE_URL", "https://rates.example/usd")
    source, _ = await source_of(settings, environment="production", rate_source="http", **TLS)
    assert source.name == "central-bank"


async def test_in_production_a_table_is_read_over_tls_only(settings, monkeypatch):
    monkeypatch.setenv("CUSTOMER_RATE_TABLE_URL", "http://rates.example/usd")
    with pytest.raises(RateAddressUnsafe):
        await source_of(settings, environment="production", rate_source="http", **TLS)


def test_a_table_without_an_address_or_with_another_source_s_name_is_named(monkeypatch):
    with pytest.raises(ValidationError, match="rate_table_url"):
        read_settings(RateTableSettings)
    monkeypatch.setenv("CUSTOMER_RATE_TABLE_URL", "https://rates.example/usd")
    monkeypatch.setenv("CUSTOMER_RATE_TABLE_NAME", "manual")
    with pytest.raises(ValidationError, match="CUSTOMER_RATE_TABLE_NAME"):
        read_settings(RateTableSettings)
