"""Addresses that nobody can invent, tables as published, policies."""

from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv6Address, ip_network
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_stack.geography.domain.addresses import HOPS_LIMIT, Trusted, client_address, read_address
from customer_stack.geography.domain.policies import (
    Mode,
    Policy,
    PolicyRecord,
    Reason,
    State,
    judge,
    require_decidable,
    require_sensible,
)
from customer_stack.geography.domain.tables import read_table
from customer_stack.geography.errors import PolicyDecided, PolicyInvalid, SamePerson, TableInvalid

V4 = st.integers(0, 2**32 - 1)
V6 = st.integers(0, 2**128 - 1)
TRUSTED = Trusted((ip_network("10.0.0.0/8"), ip_network("2001:db8:ffff::/48")))
CLIENT, PROXY = "203.0.113.9", "10.1.2.3"


def four(text):
    return 4, int(IPv4Address(text))


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("203.0.113.9", four("203.0.113.9")),
        (" 203.0.113.9:51422 ", four("203.0.113.9")),
        ("::ffff:203.0.113.9", four("203.0.113.9")),
        ("[::ffff:203.0.113.9]:443", four("203.0.113.9")),
        ("[2001:db8::1]:443", (6, int(IPv6Address("2001:db8::1")))),
        ("[2001:db8::1]", (6, int(IPv6Address("2001:db8::1")))),
        ("fe80::1%eth0", (6, int(IPv6Address("fe80::1")))),
        ("::", (6, 0)),
        ("255.255.255.255", (4, 2**32 - 1)),
        ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", (6, 2**128 - 1)),
        *((text, None) for text in ("", "unknown", "256.1.1.1", "1.2.3", "010.0.0.1", "1.2.3.4:http")),
        *((text, None) for text in ("[2001:db8::1", "[::1]x", "[]", "::1::", "1.2.3.4 5", "9" * 100)),
        ("\u0661.1.1.1", None),
    ],
)  # fmt: skip
def test_an_address_is_read_as_it_is_written(text, address):
    assert read_address(text) == address


@given(V4)
def test_both_forms_of_a_four_are_one_address(number):
    assert read_address(str(IPv4Address(number))) == (4, number)
    assert read_address(f"::ffff:{IPv4Address(number)}") == (4, number)


@given(V6.filter(lambda number: number >> 32 != 0xFFFF))
def test_a_six_is_itself(number):
    assert read_address(str(IPv6Address(number))) == (6, number)


@given(st.text(max_size=80))
def test_no_text_breaks_it(text):
    read_address(text)
    client_address(text, [text], TRUSTED)


SPOOFED = st.lists(
    st.one_of(
        st.just(PROXY), st.just("2001:db8:ffff::1"), V4.map(IPv4Address).map(str), st.text(max_size=20)
    ),
    max_size=20,
)


@given(SPOOFED)
def test_what_a_client_wrote_is_never_believed(spoofed):
    """Whatever stands in the header that a client sent, it is known by the address that our proxy saw."""
    sent = ",".join(spoofed)
    assert client_address(CLIENT, [sent], TRUSTED) == four(CLIENT)
    assert client_address(PROXY, [f"{sent},{CLIENT}"], TRUSTED) == four(CLIENT)
    assert client_address(PROXY, [sent, CLIENT], TRUSTED) == four(CLIENT)
    assert client_address(PROXY, [f"{sent},{CLIENT}, 10.9.9.9"], TRUSTED) == four(CLIENT)
    assert client_address(CLIENT, [sent], Trusted()) == four(CLIENT)


def test_a_proxy_that_says_nothing_usable_leaves_the_client_unknown():
    assert client_address(PROXY, ["203.0.113.9, unknown"], TRUSTED) is None
    assert client_address(None, [CLIENT], TRUSTED) is None
    assert client_address(PROXY, [], TRUSTED) == four(PROXY)
    assert client_address("2001:db8:ffff::7", ["::ffff:203.0.113.9"], TRUSTED) == four(CLIENT)
    long = ", ".join([CLIENT, *[PROXY] * HOPS_LIMIT])
    assert client_address(PROXY, [long], TRUSTED) == four(PROXY)


PUBLISHED = """start_ip,end_ip,country
"1.0.0.0","1.0.0.255","AU"
112.134.0.0,112.134.127.255,LK,Sri Lanka
112.134.128.0,112.134.255.255,LK
0.0.0.0,0.255.255.255,ZZ
255.255.255.255,255.255.255.255,US

2402:4000::,2402:4000:ffff:ffff:ffff:ffff:ffff:ffff,lk
"""


def test_a_table_is_read_as_it_is_published():
    table = read_table(PUBLISHED.splitlines())
    cases = {
        "112.134.0.0": "LK", "112.134.127.255": "LK", "112.134.128.0": "LK", "112.134.255.255": "LK",
        "112.133.255.255": None, "112.135.0.0": None, "1.0.0.0": "AU", "1.0.1.0": None, "0.0.0.1": None,
        "255.255.255.255": "US", "255.255.255.254": None, "2402:4000::": "LK",
        "2402:4000:ffff:ffff:ffff:ffff:ffff:ffff": "LK", "2402:4001::": None, "::1": None,
        "::ffff:1.0.0.7": "AU",
    }  # fmt: skip
    assert {text: table.find(read_address(text)) for text in cases} == cases
    assert table.size == 4


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("1.0.0.9,1.0.0.1,AU", "line 2: a range ends"),
        ("1.0.0.0,::1,AU", "line 2: a range ends"),
        ("1.0.0.0,1.0.0.1,Australia", "line 2: a country has two letters"),
        ("1.0.0.0,1.0.0.1", "line 2: start, end and country"),
        ("1.0.0,1.0.0.1,AU", "line 2: this is no address"),
        ("<html>,x,y", "line 2: this is no address"),
        ("9.0.0.128,9.0.1.0,AU", "share an address"),
    ],
)
def test_a_bad_table_is_refused_with_its_line(line, says):
    with pytest.raises(TableInvalid, match=says):
        read_table(["9.0.0.0,9.0.0.255,LK", line])


def test_an_empty_table_is_no_table():
    for lines in ([], [""], ["1.0.0.0,1.0.0.255,ZZ"], ["start,end,country"]):
        with pytest.raises(TableInvalid, match="no ranges"):
            read_table(lines)


@given(
    st.lists(st.tuples(V4, st.sampled_from(["LK", "IN", "ZZ"])), min_size=1, max_size=30),
    st.lists(V4, max_size=10),
)
def test_bisection_finds_what_looking_at_every_range_finds(cuts, asked):
    cuts = sorted(dict(cuts).items())
    ends = [start - 1 for start, _ in cuts[1:]] + [2**32 - 1]
    ranges = [(start, end, country) for (start, country), end in zip(cuts, ends, strict=True)]
    lines = [f"{IPv4Address(start)},{IPv4Address(end)},{country}" for start, end, country in ranges]
    if all(country == "ZZ" for _, country in cuts):
        return
    table = read_table(reversed(lines))
    for number in {*asked, *(each for start, end, _ in ranges for each in (start, end))}:
        wanted = [country for start, end, country in ranges if start <= number <= end and country != "ZZ"]
        assert table.find((4, number)) == (wanted[0] if wanted else None)


COUNTRIES = st.sampled_from(["LK", "IN", "US", "KP"])


@given(st.sampled_from(Mode), st.frozensets(COUNTRIES), st.booleans(), COUNTRIES | st.none())
def test_a_policy_says_one_thing_of_each_country(mode, countries, allows_unknown, country):
    policy = Policy(1, mode, countries, allows_unknown)
    assert judge(None, country) is None
    if country is None:
        assert judge(policy, None) is (None if allows_unknown else Reason.COUNTRY_UNKNOWN)
    else:
        allowed = (country in countries) == (mode is Mode.ALLOW)
        assert judge(policy, country) is (None if allowed else Reason.COUNTRY_BLOCKED)


def test_a_policy_that_lets_nobody_in_is_refused():
    require_sensible(Policy(1, Mode.BLOCK, frozenset(), allows_unknown=True))
    with pytest.raises(PolicyInvalid):
        require_sensible(Policy(1, Mode.ALLOW, frozenset(), allows_unknown=True))


def test_a_policy_is_decided_once_by_another_and_never_after_a_later_one():
    at = datetime(2026, 11, 28, tzinfo=UTC)
    policy = Policy(3, Mode.BLOCK, frozenset({"KP"}), allows_unknown=False)
    record = PolicyRecord(UUID(int=1), UUID(int=2), policy, "staff:1", at)
    require_decidable(record, 2, "staff:2")
    with pytest.raises(SamePerson):
        require_decidable(record, 2, "staff:1")
    with pytest.raises(PolicyDecided):
        require_decidable(record, 4, "staff:2")
    decided = PolicyRecord(UUID(int=1), UUID(int=2), policy, "staff:1", at, State.REJECTED, "staff:2", at)
    with pytest.raises(PolicyDecided):
        require_decidable(decided, 2, "staff:3")
