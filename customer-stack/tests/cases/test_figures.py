"""How well rules work: hits, alerts, cases, outcomes, times."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_stack.cases.domain.figures import RuleFigures, join
from customer_stack.cases.domain.lifecycle import Outcome
from customer_stack.cases.errors import FiguresPeriodInvalid
from customer_stack.cases.service.figures import Figures
from customer_stack.cases.service.ground import WORK
from customer_stack.cases.service.working import Working
from customer_stack.gate.service.figures import count_findings

from .desk import IDS, NOW

ROUND, BELOW = "aml.round_amounts", "aml.deposits_below_threshold"
_DECISION = (
    "INSERT INTO gate_decision (tenant_id, id, subject_id, customer_id, decided_at, record, lane, reason, "
    "gate_version, score, kind, answer) "
    "VALUES ($1, $2, $2, $2, $3, $4, 'deposit', NULL, 1, $5, 'deposit', 'allow')"
)


class Bench:
    def __init__(self, desk):
        self.desk = desk
        self.figures = Figures(desk.ground(), count_findings)
        self.working = Working(desk.ground())
        self.anna, self.bandu = desk.person(WORK), desk.person(WORK)

    async def case(self, *reasons, alerts=1, outcome=None, after=timedelta(0)):
        customer_id = await self.desk.customer()
        for _ in range(alerts):
            (opened,) = await self.desk.open(self.desk.wish(customer_id, reasons=list(reasons)))
        if outcome is not None:
            await self.working.take(self.anna, opened.case_id)
            await self.working.propose(self.anna, opened.case_id, outcome, "x")
            now = self.desk.clock.now()
            self.desk.clock.advance(after)
            await self.working.close(self.bandu, opened.case_id)
            self.desk.clock.advance(now - self.desk.clock.now())

    async def decision(self, *reasons, score=20, at=NOW):
        record = '{"reasons": [' + ", ".join(f'"{reason}"' for reason in reasons) + "]}"
        await self.desk.fetch(_DECISION, self.desk.tenant, IDS.new(), at, record, score)

    async def load(self, begins_at=NOW - timedelta(days=1), ends_at=NOW + timedelta(days=1)):
        return {each.reason: each for each in await self.figures.load(self.anna, begins_at, ends_at)}


@pytest.fixture
def bench(desk):
    return Bench(desk)


async def test_what_became_of_what_a_rule_found(bench):
    await bench.case(BELOW, alerts=3, outcome=Outcome.CONFIRMED, after=timedelta(hours=1))
    await bench.case(BELOW, ROUND, outcome=Outcome.FALSE_POSITIVE, after=timedelta(hours=5))
    await bench.case(BELOW, outcome=Outcome.NO_FINDING, after=timedelta(hours=2))
    await bench.case(BELOW)
    found = await bench.load()
    below, round_amounts = found[BELOW], found[ROUND]
    assert (below.alerts, below.cases, below.closed) == (6, 4, 3)
    assert below.outcomes == {
        Outcome.CONFIRMED: 1, Outcome.VALUABLE: 0, Outcome.FALSE_POSITIVE: 1, Outcome.NO_FINDING: 1,
    }  # fmt: skip
    assert (below.precision_basis_points, below.median_seconds) == (3333, 7200)
    assert (round_amounts.cases, round_amounts.precision_basis_points) == (1, 0)


async def test_hits_are_decisions_that_scored_whether_they_came_to_a_case_or_not(bench):
    for _ in range(3):
        await bench.decision(ROUND, "gate.tier_limit")
    await bench.decision(ROUND, score=0)
    await bench.decision(ROUND, at=NOW + timedelta(days=1))
    await bench.case(ROUND)
    found = await bench.load()
    assert set(found) == {ROUND}
    assert (found[ROUND].hits, found[ROUND].alerts) == (3, 1)


async def test_only_the_period_and_the_tenant_count(bench, desk):
    await bench.case(BELOW)
    assert await bench.load(NOW + timedelta(seconds=1)) == {}
    assert await bench.load(NOW - timedelta(days=1), NOW) == {}
    stranger = desk.person(tenant_id=IDS.new())
    assert await bench.figures.load(stranger, NOW - timedelta(days=1), NOW + timedelta(days=1)) == []


@pytest.mark.parametrize("days", [0, -1, 93])
async def test_a_period_has_bounds(bench, days):
    with pytest.raises(FiguresPeriodInvalid):
        await bench.load(NOW, NOW + timedelta(days=days))


COUNTS = st.dictionaries(st.sampled_from(["aml.a", "aml.b", "aml.c"]), st.integers(0, 9))


@given(COUNTS, COUNTS, st.dictionaries(st.sampled_from(list(Outcome)), st.integers(0, 9)))
def test_figures_and_hits_are_joined_whole(alerts, hits, outcomes):
    found = {reason: RuleFigures(reason, 0, number, number, outcomes) for reason, number in alerts.items()}
    joined = join(found, hits)
    assert {each.reason for each in joined} == alerts.keys() | hits.keys()
    assert [each.alerts for each in joined] == sorted((each.alerts for each in joined), reverse=True)
    for each in joined:
        assert (each.hits, each.alerts) == (hits.get(each.reason, 0), alerts.get(each.reason, 0))
        share = each.precision_basis_points
        assert (share is None) == (each.closed == 0)
        assert share is None or 0 <= share <= 10_000
