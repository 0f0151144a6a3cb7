"""The transfers' part of a decision record gives the same answer again, or tells that it does not."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_stack.transfers.domain.gate import Facts, QrFacts, Reason, decide
from customer_stack.transfers.domain.records import reason_code, reasons_of, write
from customer_stack.wiring.gate import open_replaying
from shared.money import Currency

AMOUNTS = st.integers(0, 2**62)
KNOWN = st.none() | st.booleans()
FACTS = st.builds(
    Facts,
    amount=AMOUNTS,
    sender_active=KNOWN,
    is_capable=st.booleans(),
    qr=st.none() | st.builds(QrFacts, st.booleans(), st.booleans(), st.booleans()),
    recipient_active=KNOWN,
    is_to_sender=st.booleans(),
    maximum=AMOUNTS,
    debt=AMOUNTS,
    funds=AMOUNTS,
)


@given(FACTS)
def test_what_was_written_gives_the_same_reasons_again(facts):
    reason = decide(facts)
    body = orjson.loads(write(facts, reason))
    assert reasons_of(body) == (() if reason is None else (reason_code(reason),))


@given(FACTS, st.none() | st.sampled_from(Reason))
def test_another_answer_than_the_facts_give_does_not_come_out_again(facts, said):
    agrees = reasons_of(orjson.loads(write(facts, said))) is not None
    assert agrees == (said is decide(facts))


def test_what_is_no_wish_of_a_customer_has_no_reason():
    assert reasons_of(None) == ()


@pytest.mark.parametrize("amount", [1_00, 10**12])
async def test_a_transfer_that_was_made_or_refused_is_replayed(counter, amount):
    nimal, kamala = await counter.add(), await counter.add()
    await counter.move(counter.want(nimal, kamala, amount, Currency.LKR))
    ((decision_id, answer, reason),) = await counter.rows(
        "SELECT id, answer::text, reason FROM gate_decision"
    )
    assert (answer, reason) in {("allow", None), ("deny", "transfers.amount_over_limit")}
    run = await open_replaying(counter.database).replay_one(decision_id)
    assert (run.replayed, run.differing) == (1, ())
