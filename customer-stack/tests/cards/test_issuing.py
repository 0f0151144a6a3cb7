"""Cards of ours on a real database: shadow decisions post nothing, live ones reserve and capture in parts."""

import asyncio
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from customer_stack.cards.errors import (
    AuthorisationAltered,
    AuthorisationUnknown,
    CardTokenUsed,
    CardUnknown,
    ReportContradicts,
)
from customer_stack.webhooks.domain import Envelope
from customer_stack.webhooks.errors import MessageInvalid, SignatureInvalid
from shared.ledger.domain import USD

from ..restored import compare_with_banks, lose_records  # noqa: TID252 - test folders are no packages
from .conftest import CardDesk

CARD = "crd_kandy"
STAFF = "staff:01a1fbbe-6fa4-75fb-abc8-1a9faa3db1f5"


@pytest.fixture
async def issuer(desk: CardDesk) -> CardDesk:
    await desk.fund_usd(100_000000)
    await desk.issuing.register_card(desk.tenant, desk.customer, CARD, STAFF)
    return desk


async def ask(desk: CardDesk, name: str, amount: str = "40.00", **changes: Any) -> tuple[str, str]:
    body = {
        "event_id": f"e-{name}",
        "type": "authorisation.requested",
        "card_token": CARD,
        "authorisation_id": name,
        "amount": amount,
        "currency": "USD",
        "merchant_category": "5812",
    }
    return await desk.issuing.authorise(*desk.signed(**(body | changes)))


async def tell(desk: CardDesk, kind: str, name: str, **more: Any) -> None:
    raw, _ = desk.signed(
        event_id="e", type=kind, card_token=more.pop("card", CARD), authorisation_id=name, **more
    )
    await desk.issuing.handle(Envelope("issuer", "e", kind, raw))


async def clear(desk: CardDesk, name: str, clearing: str, amount: str, *, final: bool = False) -> None:
    more = {"clearing_id": clearing, "amount": amount, "currency": "USD", "is_final": final}
    await tell(desk, "clearing.presented", name, **more)


async def usd(desk: CardDesk) -> tuple[int, int]:
    return (await desk.balances())["wallet USD"]


async def test_a_live_authorisation_reserves_and_clearings_capture_it_in_parts(issuer: CardDesk):
    assert await ask(issuer, "a1") == ("approve", "approved")
    assert await usd(issuer) == (100_000000, 40_000000)
    await clear(issuer, "a1", "c1", "15.00")
    await clear(issuer, "a1", "c1", "15.00")
    assert await usd(issuer) == (85_000000, 25_000000)
    await clear(issuer, "a1", "c2", "25.00")
    assert await usd(issuer) == (60_000000, 0)
    assert await issuer.account("payable", USD) == 40_000000


async def test_a_final_clearing_frees_the_rest(issuer: CardDesk):
    await ask(issuer, "a1")
    await clear(issuer, "a1", "c1", "30.00", final=True)
    assert await usd(issuer) == (70_000000, 0)


async def test_a_clearing_above_what_is_left_captures_the_rest_and_is_a_break(issuer: CardDesk):
    await ask(issuer, "a1")
    await clear(issuer, "a1", "c1", "41.00")
    await clear(issuer, "a1", "c2", "5.00")
    assert await usd(issuer) == (60_000000, 0)
    breaks = (await issuer.issuing.list_breaks(issuer.tenant, 10, None)).clearings
    assert [(one.reference, one.captured, one.excess) for one in breaks] == [
        ("c2", 0, 5_000000),
        ("c1", 40_000000, 1_000000),
    ]
    first = await issuer.issuing.list_breaks(issuer.tenant, 1, None)
    assert first.next_cursor is not None


async def test_a_reversal_frees_what_is_left_once_and_nothing_is_captured_after_it(issuer: CardDesk):
    await ask(issuer, "a1")
    await clear(issuer, "a1", "c1", "10.00")
    await tell(issuer, "authorisation.reversed", "a1")
    await tell(issuer, "authorisation.reversed", "a1")
    assert await usd(issuer) == (90_000000, 0)
    await clear(issuer, "a1", "c2", "1.00")
    assert await usd(issuer) == (90_000000, 0)


async def test_an_authorisation_lapses_after_seven_days(issuer: CardDesk):
    await ask(issuer, "a1")
    assert await issuer.issuing.expire() == 0
    issuer.clock.advance(timedelta(days=7))
    assert await issuer.issuing.expire() == 1
    assert await issuer.issuing.expire() == 0
    assert await usd(issuer) == (100_000000, 0)


async def test_what_is_not_there_or_not_allowed_is_declined(issuer: CardDesk):
    assert await ask(issuer, "a1", "100.01") == ("decline", "not_enough_usd")
    assert await ask(issuer, "a2", "60.00") == ("approve", "approved")
    assert await ask(issuer, "a3", "60.00") == ("decline", "not_enough_usd")
    issuer.gate.barred.add(issuer.customer)
    assert await ask(issuer, "a4", "1.00") == ("decline", "customer_not_active")
    assert await ask(issuer, "a5", "1.00", card_token="crd_nobody") == ("decline", "unknown_card")


async def test_a_repeat_hears_the_first_answer_and_another_content_is_refused(issuer: CardDesk):
    answers = await asyncio.gather(*(ask(issuer, "a1") for _ in range(4)))
    assert answers == [("approve", "approved")] * 4
    assert await usd(issuer) == (100_000000, 40_000000)
    with pytest.raises(AuthorisationAltered):
        await ask(issuer, "a1", "41.00")
    await clear(issuer, "a1", "c1", "1.00")
    with pytest.raises(ReportContradicts):
        await clear(issuer, "a1", "c1", "2.00")


async def test_many_authorisations_at_once_never_reserve_more_than_there_is(issuer: CardDesk):
    answers = await asyncio.gather(*(ask(issuer, f"a{number}", "30.00") for number in range(8)))
    assert sum(decision == "approve" for decision, _ in answers) == 3
    assert await usd(issuer) == (100_000000, 90_000000)


async def test_in_shadow_mode_the_network_hears_no_and_nothing_is_reserved_or_posted(issuer: CardDesk):
    issuer.gate.issuing = False
    assert await ask(issuer, "a1", "60.00") == ("decline", "not_live")
    assert await ask(issuer, "a2", "60.00") == ("decline", "not_live")
    await clear(issuer, "a1", "c1", "70.00")
    assert await usd(issuer) == (100_000000, 0)
    assert await issuer.account("payable", USD) == 0
    page = await issuer.issuing.report_shadow(issuer.tenant, 10, None)
    assert [one.authorisation.reason for one in page.decisions] == ["not_enough_usd", "approved"]
    approved = page.decisions[1]
    assert approved.authorisation.would_post is not None
    assert '"60.000000"' in approved.authorisation.would_post
    assert (approved.captured, approved.ending) == (60_000000, "cleared")
    assert {(one.decision, one.count, one.amount) for one in page.tallies} == {
        ("approve", 1, 60_000000),
        ("decline", 1, 60_000000),
    }


async def test_what_was_decided_in_shadow_stays_shadow_when_issuing_goes_live(issuer: CardDesk):
    issuer.gate.issuing = False
    await ask(issuer, "a1", "60.00")
    issuer.gate.issuing = True
    assert await ask(issuer, "a2", "60.00") == ("approve", "approved")
    assert await ask(issuer, "a1", "60.00") == ("decline", "not_live")
    await clear(issuer, "a1", "c1", "60.00")
    await tell(issuer, "authorisation.reversed", "a1")
    assert await usd(issuer) == (100_000000, 60_000000)


async def test_shadow_authorisations_lapse_too(issuer: CardDesk):
    issuer.gate.issuing = False
    await ask(issuer, "a1", "60.00")
    issuer.clock.advance(timedelta(days=8))
    assert await issuer.issuing.expire() == 1
    await ask(issuer, "a2", "60.00")
    page = await issuer.issuing.report_shadow(issuer.tenant, 1, None)
    assert page.decisions[0].authorisation.reason == "approved"
    assert page.next_cursor is not None


async def test_messages_of_nobody_known_wait_for_a_person(issuer: CardDesk):
    with pytest.raises(CardUnknown):
        await tell(issuer, "authorisation.reversed", "a1", card="crd_nobody")
    with pytest.raises(AuthorisationUnknown):
        await clear(issuer, "a1", "c1", "1.00")
    with pytest.raises(CardTokenUsed):
        await issuer.issuing.register_card(issuer.tenant, issuer.customer, CARD, STAFF)


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": "0.00"},
        {"amount": "1"},
        {"currency": "LKR"},
        {"merchant_category": "58"},
        {"card_number": "4111111111111111"},
        {"type": "clearing.presented"},
    ],
)
async def test_a_question_of_another_form_is_refused(issuer: CardDesk, changes: dict[str, str]):
    with pytest.raises(MessageInvalid):
        await ask(issuer, "a1", **changes)


async def test_a_question_that_is_not_signed_is_refused(issuer: CardDesk):
    with pytest.raises(SignatureInvalid):
        await issuer.issuing.authorise(b"{}", {})
    raw, headers = issuer.signed("another secret", event_id="e", type="authorisation.requested")
    with pytest.raises(SignatureInvalid):
        await issuer.issuing.authorise(raw, headers)
    raw, headers = issuer.signed(event_id="e", type="authorisation.requested")
    issuer.clock.advance(timedelta(minutes=6))
    with pytest.raises(SignatureInvalid):
        await issuer.issuing.authorise(raw, headers)


BREAKS = {
    "more captured than authorised": (
        (
            "INSERT INTO cards_clearing SELECT tenant_id, id, gen_random_uuid(), provider, 'c9', amount + 1, "
            "amount + 1, 0, gen_random_uuid(), NULL, now() FROM cards_authorisation"
        ),
        "cards_clearing_within",
    ),
    "a second decision": (
        "INSERT INTO cards_authorisation SELECT * FROM cards_authorisation",
        "cards_authorisation_pk",
    ),
    "an edit": ("UPDATE cards_authorisation SET amount = 1", "append_only"),
}


@pytest.mark.parametrize("role", ["app", "owner"])
@pytest.mark.parametrize(("statement", "rule"), BREAKS.values(), ids=BREAKS)
async def test_the_database_refuses_what_would_break_an_authorisation(
    issuer: CardDesk, role: Any, statement: str, rule: str
):
    await ask(issuer, "a1")
    connection = await issuer.database.connect(role)
    await connection.execute(f"SET app.tenants = '{{{issuer.tenant}}}'")
    with pytest.raises(asyncpg.PostgresError) as refused:
        await connection.execute(statement)
    named = getattr(refused.value, "constraint_name", None)
    assert named == rule or isinstance(refused.value, asyncpg.InsufficientPrivilegeError)


async def test_after_a_restore_the_network_hears_no_until_a_person_has_compared(issuer: CardDesk):
    await lose_records(issuer.database.app, issuer.clock.now())
    assert await ask(issuer, "a1") == ("decline", "not_live")
    assert await usd(issuer) == (100_000000, 0)
    await compare_with_banks(issuer.database.app, issuer.clock.now())
    assert await ask(issuer, "a1") == ("decline", "not_live")
    assert await ask(issuer, "a2") == ("approve", "approved")
