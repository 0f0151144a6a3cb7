"""Situations, verdicts and views, made by Hypothesis."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from customer_stack.aml.domain.rules import Effect
from customer_stack.aml.domain.values import EventKind
from customer_stack.aml.domain.verdicts import Finding, Outcome, Thresholds, combine
from customer_stack.facts.domain import Restriction, Screening
from customer_stack.gate.domain.deciding import Reason, Situation, View
from customer_stack.protection.domain.counting import Measure, Window
from customer_stack.protection.domain.limits import NOTHING, Limit, LimitKind, Source, Standing, lowest

NOW = datetime(2026, 11, 20, 12, 30, 15, 250_000, tzinfo=UTC)
THRESHOLDS = Thresholds()
CLEAR_VIEW = View(1, Restriction.NONE, None, None, Screening.CLEAR, None, None, {})

moments = st.one_of(st.none(), st.sampled_from([NOW - timedelta(seconds=1), NOW, NOW + timedelta(seconds=1)]))
views = st.builds(
    View,
    st.integers(1, 99),
    st.sampled_from(Restriction),
    moments,
    moments,
    st.sampled_from(Screening),
    st.one_of(st.none(), st.just(bytes(range(32)))),
    st.one_of(st.none(), st.sampled_from([date(2026, 11, 19), date(2026, 11, 20), date(2030, 1, 31)])),
    st.dictionaries(st.sampled_from(["large_deposit", "velocity"]), st.just(NOW), max_size=2),
)
limits = st.builds(
    Limit,
    st.sampled_from(LimitKind),
    st.sampled_from(Window),
    st.integers(0, 10**6),
    st.sampled_from(Source),
).filter(lambda limit: limit.kind is not LimitKind.WITHDRAWAL or limit.source is Source.TIER)
standings = st.builds(
    Standing,
    st.tuples(*[st.integers(0, 10**6)] * len(NOTHING)),
    st.lists(limits, max_size=4).map(lowest),
    st.integers(0, 9),
    st.booleans(),
)


def stakes(staked, limit):
    """Return a standing: what was staked, and the most within a day."""
    found = Standing(NOTHING, (Limit(LimitKind.STAKE, Window.DAY, limit, Source.OWN),), 1)
    return found.plus(Measure.STAKE, staked)


@st.composite
def situations(draw):
    has_recipient = draw(st.booleans())
    return Situation(
        kind=draw(st.sampled_from(EventKind)),
        at=NOW,
        amount=draw(st.integers(0, 10**12)),
        stake=draw(st.integers(0, 100)),
        customer=draw(st.one_of(st.none(), views)),
        has_recipient=has_recipient,
        recipient=draw(st.one_of(st.none(), views)) if has_recipient else None,
        geography=draw(st.sampled_from([None, Reason.COUNTRY_BLOCKED, Reason.COUNTRY_UNKNOWN])),
        standing=draw(st.one_of(st.none(), standings)),
        is_check_due=draw(st.booleans()),
    )


@st.composite
def verdicts(draw):
    findings = draw(
        st.lists(
            st.builds(
                Finding,
                key=st.sampled_from(["large_deposit", "velocity", "round_sums"]),
                digest=st.just(bytes(32)),
                family=st.sampled_from(["flow", "amounts"]),
                outcome=st.sampled_from(Outcome),
                score=st.integers(0, 100),
                effect=st.sampled_from(Effect),
                opens_case=st.booleans(),
            ),
            max_size=3,
            unique_by=lambda finding: finding.key,
        )
    )
    return combine(sorted(findings, key=lambda finding: finding.key), (), THRESHOLDS)
