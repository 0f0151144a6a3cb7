"""How a transfer that waits ends: rules of values."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_stack.facts.domain import CustomerFacts, Restriction, Screening
from customer_stack.transfers.domain.gate import Reason
from customer_stack.transfers.domain.held import HeldOutcome, ReleaseFacts, Wish, decide_end, find_obstacle
from customer_stack.transfers.domain.parties import may_receive, may_send
from customer_stack.transfers.errors import TransferEnded

NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)
OBSTACLES = st.none() | st.sampled_from(
    [
        Reason.CUSTOMER_NOT_ACTIVE,
        Reason.CAPABILITY_INACTIVE,
        Reason.RECIPIENT_NOT_ACTIVE,
        Reason.SENDER_IN_DEBT,
    ]
)
RELEASABLE = ReleaseFacts(sender_may_send=True, is_capable=True, recipient_may_receive=True, debt=0)


def facts(restriction=Restriction.NONE, cooling_until=None, excluded_until=None):
    return CustomerFacts(
        customer_id=UUID(int=1),
        tenant_id=UUID(int=2),
        version=1,
        restriction=restriction,
        cooling_until=cooling_until,
        excluded_until=excluded_until,
        screening=Screening.CLEAR,
        screening_version=None,
        screened_at=None,
        tier=None,
        document_expires_on=None,
        expected_turnover=None,
        risk=None,
        flags=frozenset(),
        country="LK",
        registered_at=NOW,
        snoozes={},
    )


@given(st.lists(st.tuples(st.sampled_from(Wish), OBSTACLES), max_size=12))
def test_whatever_is_wished_in_whatever_order_a_transfer_ends_once_and_the_first_end_stays(wishes):
    ended, first = None, None
    for wish, obstacle in wishes:
        try:
            end = decide_end(ended, wish, obstacle)
        except TransferEnded:
            assert wish is Wish.CANCEL
            assert ended in (HeldOutcome.RELEASED, HeldOutcome.DENIED)
            continue
        if ended is not None:
            assert end is None
            continue
        assert end is not None
        ended, first = end.outcome, (wish, obstacle)
        assert (end.obstacle is not None) == (wish is Wish.RELEASE and obstacle is not None)
    if wishes:
        wish, obstacle = first
        expected = {Wish.DENY: HeldOutcome.DENIED, Wish.CANCEL: HeldOutcome.CANCELLED}.get(
            wish, HeldOutcome.RELEASED if obstacle is None else HeldOutcome.DENIED
        )
        assert (first, ended) == (wishes[0], expected)


@given(st.booleans(), st.booleans(), st.booleans(), st.integers(0, 10**12))
def test_a_release_has_no_obstacle_only_when_everything_is_still_in_order(sender, capable, recipient, debt):
    found = find_obstacle(ReleaseFacts(sender, capable, recipient, debt))
    assert (found is None) == (sender and capable and recipient and debt == 0)


@pytest.mark.parametrize(
    ("known", "receives", "sends"),
    [
        (facts(), True, True),
        (facts(Restriction.DEBIT_ONLY), True, False),
        (facts(Restriction.FULL), False, False),
        (facts(cooling_until=NOW + timedelta(seconds=1)), False, False),
        (facts(cooling_until=NOW), True, True),
        (facts(excluded_until=NOW + timedelta(days=180)), False, False),
        (facts(excluded_until=NOW), True, True),
    ],
)
def test_who_is_restricted_excluded_or_cooling_off_takes_no_part(known, receives, sends):
    assert (may_receive(known, NOW), may_send(known, NOW)) == (receives, sends)
