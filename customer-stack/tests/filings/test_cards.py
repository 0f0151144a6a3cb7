"""Money from cards and back to them is found, on a real database with an acquirer."""

from datetime import timedelta

import pytest

from customer_stack.cards.service.outside import load_captures
from customer_stack.customers.sealing import FieldKeys, RecordSealing
from customer_stack.filings.domain.movements import Channel, Direction, Source, Waiting
from customer_stack.filings.service.filing import Filings
from customer_stack.filings.service.finding import Finding
from customer_stack.filings.service.ground import Ground, Person
from customer_stack.working_days.catalogue import load_calendar
from shared.ids import SystemIds

from ..cards.conftest import desk  # noqa: F401, TID252 - a fixture

IDS = SystemIds()
MILLION = 1_000_000_00


@pytest.fixture
def office(desk, field_keys_file):  # noqa: F811 - the fixture
    records = RecordSealing(FieldKeys.read(field_keys_file))
    ground = Ground(desk.database.app, None, records, None, None, load_calendar(), desk.clock, IDS)
    finding, threshold = Finding(ground), Filings(ground, is_suspicion=False)

    async def look():
        await finding.scan(desk.tenant)
        person = Person(desk.tenant, IDS.new())
        return [each.posted for each in await threshold.list_waiting(person, Waiting.OPEN, None, 50)]

    return look


async def test_a_card_s_deposit_and_its_refund_are_found(desk, office):  # noqa: F811 - the fixture
    row = await desk.charge("tok_approve", amount=MILLION)
    desk.clock.advance(timedelta(minutes=5))
    await desk.poll()
    (found,) = await office()
    assert (found.source, found.channel, found.direction) == (Source.CARD_CAPTURE, Channel.CARD, Direction.IN)
    assert (found.source_id, found.customer_id) == (row.standing.charge.id, desk.customer)
    await desk.charges.refund(desk.refund_request(row, MILLION))
    await desk.poll()
    assert {each.source for each in await office()} == {Source.CARD_CAPTURE, Source.CARD_REFUND}


async def test_a_charge_that_was_taken_back_is_not_reported_and_one_that_was_won_is(desk, office):  # noqa: F811
    row = await desk.charge("tok_chargeback_won", amount=MILLION)
    await desk.poll()
    assert len(await office()) == 1
    (opened,) = [each for each in desk.envelopes() if each.kind == "chargeback.opened"]
    await desk.handle(opened)
    assert await office() == []
    desk.clock.advance(timedelta(days=5))
    assert await office() == []
    desk.advance()
    (won,) = [each for each in desk.envelopes() if each.kind == "chargeback.won"]
    await desk.handle(won)
    async with desk.database.app.transaction(desk.tenant) as tx:
        (capture,) = await load_captures(tx, [row.standing.charge.id])
    assert capture.reversed_at is None
    assert len(await office()) == 1
