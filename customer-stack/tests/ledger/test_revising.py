"""States of deals, versions, mirrors and corrections, in random shapes. No database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_stack.ledger.domain import (
    LEGAL_MOVES,
    Account,
    Action,
    Amount,
    DealState,
    DealStep,
    Item,
    ItemState,
    TransferKind,
    build_debt_clearance,
    decide_debt_clearance,
    mirror,
    number_steps,
)
from customer_stack.ledger.errors import CorrectionEmpty, CorrectionNotCovered, CorrectionNotPossible
from customer_stack.ledger.revising import (
    Changes,
    Correction,
    draft_correction,
    net_of_checked,
    require_cover,
    reshape,
)
from customer_stack.ledger.views import DealView
from shared.errors import InvariantViolated
from shared.ids import CountingIds
from shared.ledger.domain import LKR, USD, Balance, Posting, Transfer

NOW = datetime(2026, 11, 21, 14, 0, tzinfo=UTC)
ids = CountingIds()
TENANT, BOOK, OTHER, DEAL = (ids.new() for _ in range(4))
ACTIONS = [action for action in Action if not action.endswith("_revert")]

postings = st.builds(
    lambda asset, ends, amount, action, cost: Posting(asset, *ends, amount, action, cost, cost),
    st.sampled_from([int(LKR), int(USD)]),
    st.permutations(list(Account)).map(lambda accounts: tuple(accounts[:2])),
    st.integers(1, 10**12),
    st.sampled_from(ACTIONS),
    st.one_of(st.none(), st.integers(-(10**12), 10**12)),
)


def transfer_of(made, **changes):
    fields = {
        "id": ids.new(),
        "movement_id": DEAL,
        "tenant_id": TENANT,
        "book_id": BOOK,
        "kind": TransferKind.CUSTOMER_TRANSFER,
        "effective_at": NOW,
        "postings": made,
    }
    return Transfer(**{**fields, **changes})


transfers = st.lists(
    st.lists(postings, min_size=1, max_size=2, unique_by=lambda posting: posting.asset).map(
        lambda made: transfer_of(tuple(made))
    ),
    min_size=1,
    max_size=4,
)


@given(st.lists(st.sampled_from(DealState), max_size=6))
def test_a_deal_takes_exactly_the_legal_moves(states):
    steps = [DealStep(TENANT, BOOK, DEAL, state, NOW, "system") for state in states]
    legal = all(after in LEGAL_MOVES[before] for before, after in pairwise([None, *states]))
    if not legal:
        with pytest.raises(InvariantViolated):
            number_steps({}, steps)
        return
    assert [each.number for each in number_steps({}, steps)] == list(range(1, len(states) + 1))
    if states:
        latest = {(BOOK, DEAL): (1, states[0])}
        assert [each.number for each in number_steps(latest, steps[1:])] == list(range(2, len(states) + 1))


@given(transfers)
def test_a_mirror_takes_back_exactly_what_was_posted(made):
    reversed_by = mirror(made, movement_id=ids.new(), now=NOW, ids=ids).transfers
    assert {each.reverses for each in reversed_by} == {each.id for each in made}
    assert all(each.kind is TransferKind.REVERSAL for each in reversed_by)
    legs = [
        (each.book_id, posting.asset, account, sign * posting.amount)
        for each in (*made, *reversed_by)
        for posting in each.postings
        for account, sign in ((posting.source, -1), (posting.target, 1))
    ]
    totals = {}
    for book, asset, account, amount in legs:
        totals[book, asset, account] = totals.get((book, asset, account), 0) + amount
    assert set(totals.values()) == {0}
    costs = [posting.cost or 0 for each in (*made, *reversed_by) for posting in each.postings]
    assert sum(costs) == 0
    assert not any(net_of_checked((*made, *reversed_by)).values())


def test_a_mirror_is_not_mirrored_again():
    made = [transfer_of((Posting(LKR, "wallet", "desk", 5, Action.TRANSFER),))]
    again = mirror(made, movement_id=DEAL, now=NOW, ids=ids).transfers
    with pytest.raises(InvariantViolated):
        mirror(again, movement_id=DEAL, now=NOW, ids=ids)


@pytest.mark.parametrize("action", ACTIONS)
def test_every_action_has_its_revert(action):
    assert action.revert.value == f"{action.value}_revert"


@given(st.integers(0, 10**12), st.integers(0, 10**12), st.integers(0, 10**12))
def test_a_debt_is_cleared_by_what_is_free_and_never_beyond_itself(owed, posted, held):
    cleared = decide_debt_clearance(owed, Balance(posted, min(held, posted)))
    assert 0 <= cleared <= owed
    assert cleared == owed or cleared == posted - min(held, posted)


def test_a_clearance_moves_wallet_to_debt():
    made = build_debt_clearance(
        tenant_id=TENANT,
        book_id=BOOK,
        transfer_id=ids.new(),
        movement_id=DEAL,
        asset=LKR,
        amount=7,
        at=NOW,
    )
    assert (made.kind, made.postings) == (
        TransferKind.DEBT_CLEARANCE,
        (Posting(LKR, "wallet", "debt", 7, "debt_clearance"),),
    )


def item(**changes):
    fields = {
        "id": ids.new(),
        "tenant_id": TENANT,
        "book_id": BOOK,
        "deal_id": DEAL,
        "version": 1,
        "state": ItemState.ACTIVE,
        "kind": TransferKind.CUSTOMER_TRANSFER,
        "give": Amount(LKR, 500),
        "get": Amount(LKR, 500),
        "rate_e8": None,
        "fee": None,
        "reference": None,
        "movement_id": DEAL,
        "effective_at": NOW,
        "made_by": "system",
        "made_at": NOW,
        "activated_by": "system",
        "activated_at": NOW,
    }
    return Item(**{**fields, **changes})


moments = st.integers(0, 40).map(lambda minutes: NOW + timedelta(minutes=minutes))


@given(st.lists(moments, min_size=3, max_size=9, unique=True).map(sorted), moments)
def test_at_every_moment_one_version_stands_and_it_is_the_one_that_was_approved_last(times, moment):
    """Version 1 stands from the first moment; each next one is made, then put in force."""
    versions = [item(made_at=times[0], activated_at=times[0])]
    for made_at, active_at in zip(times[1::2], times[2::2], strict=False):
        following = item(version=len(versions) + 1, made_at=made_at, activated_at=active_at)
        versions[-1] = replace(
            versions[-1],
            state=ItemState.SUPERSEDED,
            replaced_by=following.id,
            replaced_at=active_at,
            replaced_actor="system",
        )
        versions.append(following)
    deal = DealView(DEAL, (), tuple(versions))
    expected = [version for version in versions if version.activated_at <= moment]
    assert deal.standing(moment) == (expected[-1] if expected else None)
    assert deal.standing() == versions[-1]
    seen = deal.at(moment).items
    assert all(version.made_at <= moment for version in seen)
    states = [version.state_at(moment) for version in seen]
    assert states.count(ItemState.ACTIVE) == (1 if expected else 0)
    assert states.count(ItemState.DRAFT) <= 1


def test_a_cancelled_draft_was_a_draft_before():
    cancelled = item(
        state=ItemState.CANCELLED,
        activated_at=None,
        activated_by=None,
        replaced_at=NOW + timedelta(minutes=5),
        replaced_actor="system",
    )
    assert cancelled.state_at(NOW + timedelta(minutes=4)) is ItemState.DRAFT
    assert cancelled.state_at(NOW + timedelta(minutes=5)) is ItemState.CANCELLED
    assert cancelled.state_at(NOW - timedelta(seconds=1)) is None


def halves(amount):
    return (
        transfer_of((Posting(LKR, "wallet", "desk", amount, Action.TRANSFER),)),
        transfer_of((Posting(LKR, "desk", "wallet", amount, Action.TRANSFER),), book_id=OTHER),
    )


@given(st.integers(1, 10**9), st.integers(1, 10**9))
def test_a_reshaped_movement_is_the_same_with_other_amounts(before, after):
    old = item(give=Amount(LKR, before), get=Amount(LKR, before))
    new = replace(old, version=2, give=Amount(LKR, after), get=Amount(LKR, after))
    posted = halves(before)
    made = reshape(Correction(old, new, posted, OTHER, NOW), ids)
    assert [each.corrects for each in made] == [each.id for each in posted]
    assert [(each.book_id, each.kind, each.movement_id) for each in made] == [
        (each.book_id, each.kind, OTHER) for each in posted
    ]
    assert [each.postings for each in made] == [each.postings for each in halves(after)]


@pytest.mark.parametrize(
    ("new", "posted"),
    [
        ({"give": Amount(LKR, 600)}, halves(500)),
        ({"give": Amount(LKR, 0), "get": Amount(LKR, 0)}, halves(500)),
        ({"give": Amount(LKR, 600), "get": Amount(LKR, 600)}, halves(499)),
        (
            {"give": Amount(LKR, 600), "get": Amount(LKR, 600)},
            (*halves(500), transfer_of((Posting(LKR, "wallet", "debt", 5, "fee"),), kind="debt_clearance")),
        ),
        (
            {"give": Amount(LKR, 600), "get": Amount(LKR, 600)},
            (transfer_of((Posting(LKR, "stock", "desk", 500, "stock_out", cost=5),)),),
        ),
    ],
    ids=["half of an equal pair", "zero", "an unknown amount", "another kind", "a cost"],
)
def test_what_does_not_follow_from_the_deal_is_not_corrected(new, posted):
    old = item()
    with pytest.raises(CorrectionNotPossible):
        reshape(Correction(old, replace(old, **new), posted, OTHER, NOW), ids)


@pytest.mark.parametrize("changes", [Changes(), Changes(give=500), Changes(fee=3), Changes(rate_e8=3)])
def test_a_correction_changes_something_that_the_deal_has(changes):
    with pytest.raises(CorrectionEmpty):
        draft_correction(item(), 1, changes, item_id=ids.new(), actor="system", now=NOW)


def test_a_draft_is_the_next_version_and_nothing_is_posted_for_it():
    draft = draft_correction(item(), 4, Changes(give=1), item_id=ids.new(), actor="staff:x", now=NOW)
    assert (draft.version, draft.state, draft.movement_id, draft.give) == (
        5,
        ItemState.DRAFT,
        None,
        Amount(LKR, 1),
    )
    assert (draft.activated_at, draft.made_by) == (None, "staff:x")


@given(st.integers(-50, 50), st.integers(0, 50), st.integers(0, 50))
def test_a_revision_needs_cover_on_every_checked_account(change, posted, held):
    key = (BOOK, int(LKR), "wallet")
    held = min(held, posted)
    if posted - held + change < 0:
        with pytest.raises(CorrectionNotCovered):
            require_cover({key: change}, {key: Balance(posted, held)})
    else:
        require_cover({key: change}, {key: Balance(posted, held)})
