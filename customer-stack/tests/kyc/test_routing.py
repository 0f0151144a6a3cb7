"""Routes: which one a session takes, and what configuration is refused, with every fault at once."""

from contextlib import suppress
from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_stack.customers.domain import DocumentType
from customer_stack.kyc.configuration import Routes, load_document, open_routes
from customer_stack.kyc.domain.checks import CHECKS
from customer_stack.kyc.domain.configuring import Vocabulary, canonical_text, read_configuration
from customer_stack.kyc.domain.routing import Channel, Risk, RouteKey
from customer_stack.kyc.errors import ConfigurationUnusable

KNOWN = Vocabulary(CHECKS, {"identity"}, {"tenant.kyc.review", "tenant.kyc.decide"})


def changed(change):
    document = deepcopy(load_document())
    change(document)
    return document


def faults_of(change):
    with pytest.raises(ConfigurationUnusable) as caught:
        read_configuration(changed(change), KNOWN)
    return str(caught.value)


def first(document):
    return document["routes"][0]


@given(
    st.sampled_from(DocumentType),
    st.from_regex(r"[A-Z]{2}", fullmatch=True),
    st.sampled_from(Channel),
    st.sampled_from(Risk),
)
def test_everybody_has_a_route_and_it_is_the_first_that_takes_them(document, country, channel, risk):
    configuration = open_routes({"identity"}).current
    chosen = configuration.choose(RouteKey(document, country, channel, risk))
    assert chosen.document is document
    assert chosen.name == {
        (DocumentType.PASSPORT, Risk.HIGH): "passport_high_risk",
        (DocumentType.PASSPORT, Risk.STANDARD): "passport",
    }.get((document, risk), "national_id")


def test_the_version_is_what_the_routes_mean_and_not_how_they_are_written():
    document = load_document()
    reordered = {name: document[name] for name in reversed(document)}
    one, other = read_configuration(document, KNOWN), read_configuration(reordered, KNOWN)
    assert one.digest == other.digest
    stricter = read_configuration(changed(lambda d: first(d)["steps"][1].update(years=21)), KNOWN)
    assert stricter.digest != one.digest


def test_a_kept_version_is_read_back_as_it_was():
    routes = Routes(changed(lambda d: first(d).update(attempts=1)), KNOWN)
    again = open_routes({"identity"}).read_kept(routes.current.text)
    assert (again.digest, again.named("national_id").attempts) == (routes.current.digest, 1)
    assert canonical_text(load_document()) != routes.current.text


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda d: d.pop("routes"), "must have businesses, default_tier"),
        (lambda d: d.update(routes=[]), "must be a list of routes"),
        (lambda d: d.update(high_risk_countries=[False]), "two capital letters"),
        (lambda d: first(d).update(surprise=1), "route 1: must have"),
        (lambda d: first(d).update(name="Card 1"), "small letters and _ only"),
        (lambda d: first(d).update(document="driving_licence"), "national_id, passport"),
        (lambda d: first(d).update(channel="telepathy"), "online, desk"),
        (lambda d: first(d).update(risk="low"), "standard, high"),
        (lambda d: first(d).update(country="LK"), "two capital letters"),
        (lambda d: first(d).update(attempts=0), "attempts must be"),
        (lambda d: first(d).update(files="front"), "files must be a list"),
        (lambda d: first(d).update(files=["left"]), "front, back, selfie, address"),
        (lambda d: first(d).update(escalate_to="tenant.kyc.everything"), "no role has the permission"),
        (lambda d: first(d).update(tier="gold"), "no tier has the name gold"),
        (lambda d: d.update(default_tier="gold"), "default_tier: no tier has the name gold"),
        (lambda d: d.pop("businesses"), "must have businesses"),
        (lambda d: d.update(businesses={}), "businesses: must have owner_share_percent, permission"),
        (lambda d: d["businesses"].update(owner_share_percent=0), "from 1 to 100"),
        (lambda d: d["businesses"].update(permission="x"), "businesses: permission: no role"),
        (lambda d: d.update(tiers=[]), "tiers: must be tiers by their names"),
        (lambda d: d["tiers"]["standard"].pop("review_months"), "tier standard: must have"),
        (lambda d: d["tiers"]["standard"].update(largest_deposit=5000), "must be LKR in quotes"),
        (
            lambda d: d["tiers"]["standard"].update(deposits={"1h": "5.00"}),
            "which are 24h, 7d, 30d",
        ),
        (
            lambda d: d["tiers"]["standard"].update(withdrawals={"24h": 5}),
            "must be LKR in quotes",
        ),
        (lambda d: d["tiers"]["standard"].update(withdrawals={}), "must be LKR by window"),
        (
            lambda d: d["tiers"]["limited"].update(withdrawals={"7d": "9.00", "30d": "8.00"}),
            "a longer window has the lower limit",
        ),
        (lambda d: d["tiers"]["limited"].update(deposits={"24h": "9.00"}), "never fits under its deposits"),
        (lambda d: d["tiers"]["standard"].update(review_months=0), "from 1 to 120"),
        (lambda d: d["tiers"]["standard"].update(needs_valid_document="no"), "true or false"),
        (lambda d: first(d).update(steps=[]), "1 to 20 steps"),
        (lambda d: first(d)["steps"].append("age"), "`kind: name`"),
        (lambda d: first(d)["steps"].append({"guess": "age"}), "check, vendor, review, four_eyes"),
        (lambda d: first(d)["steps"].append({"check": "horoscope"}), "no check has the name horoscope"),
        (lambda d: first(d)["steps"].append({"vendor": "other"}), "no vendor has the name other"),
        (lambda d: first(d)["steps"].append({"review": "look"}), "needs permission"),
        (lambda d: first(d)["steps"].append({"check": "birth"}), "two steps have one name"),
        (lambda d: first(d)["steps"][1].update(years=0), "whole number from 1 to 120"),
        (lambda d: first(d)["steps"].pop(4), "nobody looks at the document"),
        (lambda d: first(d).update(risk="high"), "the last route of national_id must be for every"),
        (lambda d: d["routes"].insert(0, d["routes"].pop()), "nobody reaches passport_high_risk"),
        (lambda d: d["routes"].append(first(d)), "two routes have one name"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_place(change, fault):
    assert fault in faults_of(change)


def test_all_faults_are_told_at_once():
    def spoil(document):
        first(document).update(attempts=0, risk="low")
        document["routes"][2].update(escalate_to="nobody")

    told = faults_of(spoil)
    assert told.count("\n- ") == 3
    assert "route 1 (national_id)" in told
    assert "route 3 (passport)" in told


values = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.data())
def test_no_value_anywhere_breaks_the_reader(data):
    document = deepcopy(load_document())
    place = document
    while True:
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        inside = place[key]
        if not isinstance(inside, dict | list) or not inside or data.draw(st.booleans()):
            break
        place = inside
    place[key] = data.draw(values)
    with suppress(ConfigurationUnusable):
        read_configuration(document, KNOWN)
