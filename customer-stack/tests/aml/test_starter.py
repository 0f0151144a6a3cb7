"""Every rule of the starter set with a case that hits and one that just does not. Amounts in rupees."""

import pytest

from customer_stack.aml.domain.catalogue import FACTS, Measure, Subject, Window
from customer_stack.aml.domain.evaluation import evaluate, trace
from customer_stack.aml.domain.explaining import tell
from customer_stack.aml.domain.rules import parse_rule
from customer_stack.aml.domain.tree import Counter, Fact, facts_of
from customer_stack.aml.domain.values import NumberType, Unit, conforms
from customer_stack.aml.domain.verdicts import RuleSet, Thresholds
from customer_stack.aml.starter import load_starter_rules

RULES = {rule.key: rule for rule in load_starter_rules()}
DAY = 86_400
THRESHOLDS = Thresholds()


def key_of(name):
    """Read "event.amount" or "customer sum deposits 24h"."""
    if "." in name:
        return Fact(name)
    subject, measure, of, window = name.split()
    return Counter(Subject(subject), Measure(measure), of, Window(window))


def situation_of(facts):
    """Return a situation in cents of facts in rupees."""
    found = {}
    for name, value in facts.items():
        key = key_of(name)
        if isinstance(key, Fact):
            kind = FACTS[key.name].type
            in_rupees = isinstance(kind, NumberType) and kind.unit is Unit.LKR
        else:
            kind, in_rupees = None, key.measure is Measure.SUM
        if in_rupees and value is not None:
            value = round(value * 100)  # noqa: PLW2901 - rupees to cents
        assert kind is None or conforms(kind, value), name
        found[key] = value
    return found


# rule: facts of a case that hits; changes of which each alone makes it one that does not.
CASES = {
    "structuring_deposits": (
        {"event.amount": 950_000, "customer count deposits_just_below 7d": 3},
        [
            {"event.amount": 799_999.99},
            {"event.amount": 1_000_000},
            {"customer count deposits_just_below 7d": 2},
        ],
    ),
    "structuring_day": (
        {
            "event.amount": 340_000,
            "customer sum deposits colombo_day": 1_000_000,
            "customer count deposits colombo_day": 3,
        },
        [
            {"event.amount": 1_000_000},
            {"customer sum deposits colombo_day": 999_999.99},
            {"customer count deposits colombo_day": 2},
        ],
    ),
    "structuring_withdrawals": (
        {"event.amount": 999_999.99, "customer count withdrawals_just_below 7d": 3},
        [{"event.amount": 1_000_000}, {"customer count withdrawals_just_below 7d": 2}],
    ),
    "structuring_transfers": (
        {
            "event.amount": 350_000,
            "customer sum transfers_out 24h": 1_050_000,
            "customer distinct counterparty 24h": 3,
        },
        [
            {"event.amount": 1_000_000},
            {"customer sum transfers_out 24h": 999_999.99},
            {"customer distinct counterparty 24h": 2},
        ],
    ),
    "structuring_instrument": (
        {"instrument sum deposits 7d": 1_000_000, "instrument distinct customer 7d": 2},
        [{"instrument sum deposits 7d": 999_999.99}, {"instrument distinct customer 7d": 1}],
    ),
    "rapid_in_and_out": (
        {
            "customer sum money_in 24h": 750_000,
            "customer sum money_out 24h": 600_000,
            "customer sum wagers 24h": 74_999.99,
        },
        [
            {"customer sum money_out 24h": 599_999.99},
            {"customer sum wagers 24h": 75_000},
            {"customer sum money_in 24h": 499_999.99},
        ],
    ),
    "pass_through_week": (
        {"customer sum money_in 7d": 2_000_000, "customer sum money_out 7d": 1_800_000},
        [{"customer sum money_out 7d": 1_799_999.99}, {"customer sum money_in 7d": 1_999_999.99}],
    ),
    "little_play": (
        {"customer sum deposits 30d": 1_200_000, "customer sum wagers 30d": 119_999.99},
        [{"customer sum wagers 30d": 120_000}, {"customer sum deposits 30d": 999_999.99}],
    ),
    "emptied_at_once": (
        {"event.amount": 285_000, "event.balance_before": 300_000, "customer count money_in 1h": 1},
        [
            {"event.amount": 284_999.99},
            {"event.balance_before": 249_999.99},
            {"customer count money_in 1h": 0},
        ],
    ),
    "card_to_bank": (
        {"customer sum card_deposits 24h": 240_000, "customer sum withdrawals 24h": 120_000},
        [
            {"customer sum withdrawals 24h": 119_999.99},
            {"customer sum card_deposits 24h": 199_999.99},
            {"customer sum card_deposits 24h": 0},
        ],
    ),
    "funnel_in": (
        {"customer distinct counterparty 24h": 8, "customer sum transfers_in 24h": 500_000},
        [{"customer distinct counterparty 24h": 7}, {"customer sum transfers_in 24h": 499_999.99}],
    ),
    "qr_fan_out": (
        {
            "event.product": "qr",
            "customer count qr_payments 24h": 10,
            "customer distinct counterparty 24h": 8,
        },
        [
            {"event.product": "wallet"},
            {"customer count qr_payments 24h": 9},
            {"customer distinct counterparty 24h": 7},
        ],
    ),
    "velocity_deposit_count": ({"customer count deposits 1h": 6}, [{"customer count deposits 1h": 5}]),
    "velocity_deposit_sum": (
        {"customer sum deposits 24h": 2_500_000},
        [{"customer sum deposits 24h": 2_499_999.99}],
    ),
    "velocity_withdrawal_count": (
        {"customer count withdrawals 24h": 5},
        [{"customer count withdrawals 24h": 4}],
    ),
    "velocity_transfer_count": (
        {"customer count transfers_out 24h": 15},
        [{"customer count transfers_out 24h": 14}],
    ),
    "velocity_wager_count": ({"customer count wagers 1h": 200}, [{"customer count wagers 1h": 199}]),
    "velocity_wager_sum": (
        {"customer sum wagers 24h": 5_000_000},
        [{"customer sum wagers 24h": 4_999_999.99}],
    ),
    "night_burst": (
        {"event.hour": 1, "customer count deposits 1h": 4},
        [{"event.hour": 0}, {"event.hour": 4}, {"customer count deposits 1h": 3}],
    ),
    "chargebacks_repeated": (
        {"customer count chargebacks 30d": 2},
        [{"customer count chargebacks 30d": 1}],
    ),
    "round_amounts": (
        {"event.amount": 150_000, "customer count round_amounts 7d": 4},
        [
            {"event.amount": 150_000.01},
            {"event.amount": 50_000},
            {"customer count round_amounts 7d": 3},
        ],
    ),
    "new_payee_large": (
        {"event.amount": 250_000, "event.new_counterparty": True, "event.new_instrument": False},
        [{"event.amount": 249_999.99}, {"event.new_counterparty": False}],
    ),
    "new_account_large": (
        {"customer.account_age": 7 * DAY - 1, "customer sum turnover 7d": 1_000_000},
        [{"customer.account_age": 7 * DAY}, {"customer sum turnover 7d": 999_999.99}],
    ),
    "dormant_account": (
        {"customer.idle": 180 * DAY, "event.amount": 200_000},
        [{"customer.idle": 180 * DAY - 1}, {"event.amount": 199_999.99}, {"customer.idle": None}],
    ),
    "turnover_above_expected": (
        {"customer sum turnover 30d": 300_000.01, "customer.expected_turnover": 150_000},
        [
            {"customer sum turnover 30d": 300_000},
            {"customer.expected_turnover": 150_000.01},
            {"customer.expected_turnover": None},
            {"customer sum turnover 30d": 200_000, "customer.expected_turnover": 10_000},
        ],
    ),
    "turnover_not_told": (
        {"customer.expected_turnover": None, "customer sum turnover 30d": 500_000},
        [{"customer.expected_turnover": 0}, {"customer sum turnover 30d": 499_999.99}],
    ),
    "limited_tier_turnover": (
        {"customer.tier": "limited", "customer sum turnover 30d": 500_000},
        [{"customer.tier": "standard"}, {"customer sum turnover 30d": 499_999.99}],
    ),
    "exposed_person_large": (
        {"event.amount": 500_000, "customer.flags": frozenset({"business", "pep_relative"})},
        [{"event.amount": 499_999.99}, {"customer.flags": frozenset({"watched"})}],
    ),
    "high_risk_outflow": (
        {"customer.risk": 70, "customer sum money_out 24h": 200_000},
        [{"customer.risk": 69}, {"customer sum money_out 24h": 199_999.99}],
    ),
    "wager_and_hedge": (
        {"event.amount": 60_000, "links.opposite_stake": 30_000},
        [
            {"links.opposite_stake": 29_999.99},
            {"event.amount": 24_999.99, "links.opposite_stake": 24_999.99},
        ],
    ),
    "sold_as_bought": (
        {"customer sum wagers 24h": 1_000_000, "customer sum wager_sales 24h": 800_000},
        [{"customer sum wager_sales 24h": 799_999.99}, {"customer sum wagers 24h": 999_999.99}],
    ),
    "shared_device": (
        {"device distinct customer 30d": 3},
        [{"device distinct customer 30d": 2}, {"device distinct customer 30d": None}],
    ),
    "shared_instrument": (
        {"instrument distinct customer 30d": 2},
        [{"instrument distinct customer 30d": 1}, {"instrument distinct customer 30d": None}],
    ),
    "many_instruments": (
        {"customer distinct instrument 30d": 4},
        [{"customer distinct instrument 30d": 3}],
    ),
    "many_devices": ({"customer distinct device 7d": 6}, [{"customer distinct device 7d": 5}]),
    "payer_name_differs": (
        {"event.amount": 50_000, "event.name_differs": True},
        [{"event.amount": 49_999.99}, {"event.name_differs": False}],
    ),
    "sanctioned_country": ({"event.country": "KP"}, [{"event.country": "KR"}]),
    "country_differs": (
        {"event.amount": 100_000, "event.country": "AE", "customer.country": "LK"},
        [{"event.amount": 99_999.99}, {"event.country": "LK"}],
    ),
}


def test_every_rule_has_its_cases_and_there_are_enough():
    assert set(CASES) == set(RULES)
    assert len(RULES) >= 25


@pytest.mark.parametrize("key", sorted(CASES))
def test_a_case_that_hits_and_cases_that_just_do_not(key):
    hit, misses = CASES[key]
    rule = RULES[key]
    assert {key_of(name) for name in hit} == facts_of(rule.when)
    assert evaluate(rule.when, situation_of(hit)) is True
    assert tell(trace(rule.when, situation_of(hit))).startswith("true: ")
    compiled = RuleSet([rule])
    for change in [{}, *misses]:
        situation = situation_of(hit | change)
        outcome = evaluate(rule.when, situation)
        assert outcome is (not change), change
        for kind in rule.applies_to:
            verdict = compiled.judge(kind, compiled.place(kind, situation), THRESHOLDS)
            assert bool(verdict.findings) is outcome


@pytest.mark.parametrize("key", sorted(RULES))
def test_a_rule_of_the_set_reads_back_from_its_canonical_bytes(key):
    assert parse_rule(RULES[key].content) == RULES[key]


def test_nothing_known_is_never_a_silent_yes_or_no():
    """Whoever knows nothing of an event gets findings, not an empty answer."""
    rules = RuleSet(RULES.values())
    for kind in {kind for rule in RULES.values() for kind in rule.applies_to}:
        verdict = rules.judge(kind, rules.place(kind, {}), THRESHOLDS)
        assert verdict.findings
        assert {finding.outcome.value for finding in verdict.findings} == {"undetermined"}
