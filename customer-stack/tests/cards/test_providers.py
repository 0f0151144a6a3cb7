"""Conformance of card acquirers: what every adapter keeps to. The sandbox's is spoken to over its wire."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx
import orjson
import pytest
from pydantic import SecretStr

from customer_stack.cards.domain.reports import CardState, ChargebackState, ChargeReport, RefundState
from customer_stack.cards.errors import AcquirerUnavailable
from customer_stack.cards.providers.contract import CardAcquirer, ChargeOrder, RefundOrder
from customer_stack.cards.providers.sandbox import SandboxAcquirer, read_report
from customer_stack.webhooks.domain import Envelope
from customer_stack.webhooks.errors import MessageInvalid
from sandbox.acquirer.app import create_app
from sandbox.settings import AcquirerSettings

KEY = "the key of the acquirer"


@dataclass
class Subject:
    """An adapter, what makes its acquirer decide, and the test tokens that mean yes, no and so on."""

    acquirer: CardAcquirer
    decide: Callable[[], None]
    outbox: Any


@pytest.fixture(params=["sandbox"])
async def subject(request: Any) -> Any:
    app = create_app(AcquirerSettings(acquirer_api_key=SecretStr(KEY), acquirer_delay_ms=0))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app)) as client:
        sandbox = app.state.acquirer
        yield Subject(
            SandboxAcquirer("http://acquirer.test/", KEY, client),
            lambda: sandbox.advance(2**50),
            sandbox.outbox,
        )


def order(token: str, amount: int = 30_000_00) -> ChargeOrder:
    return ChargeOrder(uuid4(), amount, token)


async def captured(subject: Subject, token: str) -> UUID:
    wanted = order(token)
    await subject.acquirer.authorise(wanted)
    subject.decide()
    await subject.acquirer.capture(wanted.charge_id, wanted.amount)
    subject.decide()
    return wanted.charge_id


async def test_nothing_is_a_yes_before_the_acquirer_said_yes(subject: Subject):
    wanted = order("tok_approve")
    assert (await subject.acquirer.authorise(wanted)).state is CardState.PENDING
    subject.decide()
    answer = await subject.acquirer.authorise(wanted)
    assert (answer.state, answer.amount) == (CardState.AUTHORISED, 30_000_00)
    assert (await subject.acquirer.capture(wanted.charge_id, wanted.amount)).state is CardState.AUTHORISED
    subject.decide()
    taken = await subject.acquirer.capture(wanted.charge_id, wanted.amount)
    assert (taken.state, taken.amount) == (CardState.CAPTURED, 30_000_00)
    assert taken.reference
    assert (await subject.acquirer.look_up(wanted.charge_id)).charge == taken


@pytest.mark.parametrize(
    ("token", "reason"), [("tok_decline", "do_not_honour"), ("tok_none", "unknown_token")]
)
async def test_an_explicit_no_is_a_decline_with_its_reason(subject: Subject, token: str, reason: str):
    wanted = order(token)
    await subject.acquirer.authorise(wanted)
    subject.decide()
    answer = await subject.acquirer.authorise(wanted)
    assert (answer.state, answer.reason) == (CardState.DECLINED, reason)


async def test_a_capture_that_failed_is_a_decline(subject: Subject):
    charge_id = await captured(subject, "tok_capture_fails")
    assert (await subject.acquirer.look_up(charge_id)).charge.state is CardState.DECLINED


async def test_what_is_not_known_is_pending(subject: Subject):
    charge_id = uuid4()
    assert await subject.acquirer.look_up(charge_id) == ChargeReport(charge_id)
    wanted = order("tok_pending")
    await subject.acquirer.authorise(wanted)
    subject.decide()
    assert (await subject.acquirer.authorise(wanted)).state is CardState.PENDING


async def test_a_refund_is_made_once_and_may_be_refused(subject: Subject):
    for token, state in (("tok_approve", RefundState.REFUNDED), ("tok_refund_fails", RefundState.REFUSED)):
        charge_id = await captured(subject, token)
        wanted = RefundOrder(uuid4(), charge_id, 10_000_00)
        assert (await subject.acquirer.refund(wanted)).state is RefundState.PENDING
        subject.decide()
        assert (await subject.acquirer.refund(wanted)).state is state
        (refund,) = (await subject.acquirer.look_up(charge_id)).refunds
        assert (refund.refund_id, refund.state) == (wanted.refund_id, state)


async def test_a_chargeback_is_reported_and_then_won(subject: Subject):
    charge_id = await captured(subject, "tok_chargeback_won")
    subject.decide()
    (opened,) = (await subject.acquirer.look_up(charge_id)).chargebacks
    assert (opened.state, opened.amount) == (ChargebackState.OPEN, 30_000_00)
    subject.decide()
    (won,) = (await subject.acquirer.look_up(charge_id)).chargebacks
    assert (won.chargeback_id, won.state) == (opened.chargeback_id, ChargebackState.WON)


async def test_messages_say_what_looking_up_says(subject: Subject):
    charge_id = await captured(subject, "tok_chargeback")
    subject.decide()
    whole = await subject.acquirer.look_up(charge_id)
    reports = []
    for event in subject.outbox.values():
        body = orjson.loads(event.body)
        reports.append(read_report(Envelope("acquirer", body["event_id"], body["type"], event.body.encode())))
    assert [one.charge.state for one in reports if one] == ["authorised", "captured", "pending"]
    assert reports[1] is not None
    assert reports[1].charge == whole.charge
    assert reports[2] is not None
    assert reports[2].chargebacks == whole.chargebacks


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500),
        httpx.Response(200, text="no JSON"),
        httpx.Response(200, json={"charge_id": str(uuid4()), "status": "authorised"}),
        httpx.Response(409, json={"error": {"code": "charge_mismatch", "message": "x"}}),
    ],
)
async def test_anything_else_is_unavailable_and_never_a_no(answer: httpx.Response):
    transport = httpx.MockTransport(lambda _: answer)
    async with httpx.AsyncClient(transport=transport) as client:
        acquirer = SandboxAcquirer("http://acquirer.test", KEY, client)
        wanted = order("tok_approve")
        with pytest.raises(AcquirerUnavailable) as refused:
            await acquirer.authorise(wanted)
        assert refused.value.__context__ is None or refused.value.__suppress_context__
        with pytest.raises(AcquirerUnavailable):
            await acquirer.capture(wanted.charge_id, 1)
        with pytest.raises(AcquirerUnavailable):
            await acquirer.refund(RefundOrder(uuid4(), wanted.charge_id, 1))
        with pytest.raises(AcquirerUnavailable):
            await acquirer.look_up(wanted.charge_id)


async def test_a_wrong_key_is_unavailable():
    app = create_app(AcquirerSettings(acquirer_api_key=SecretStr("another"), acquirer_delay_ms=0))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app)) as client:
        with pytest.raises(AcquirerUnavailable):
            await SandboxAcquirer("http://acquirer.test", KEY, client).authorise(order("tok_approve"))


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b'{"event_id":"e","type":"charge.captured","charge_id":"x"}',
        b'{"card_number":"4111111111111111"}',
    ],
)
def test_a_message_of_another_form_is_refused(body: bytes):
    with pytest.raises(MessageInvalid):
        read_report(Envelope("acquirer", "e", "charge.captured", body))
    assert read_report(Envelope("acquirer", "e", "something.else", body)) is None
