"""Charges of cards as the gate counts them; on a real database, with the sandbox's acquirer."""

from datetime import timedelta

from .conftest import CardDesk


async def test_a_capture_is_a_deposit_by_a_card_that_is_found_again(desk: CardDesk):
    for _ in range(2):
        await desk.captured("tok_approve")
    await desk.captured("tok_chargeback")
    assert await desk.counted("deposit") == (3, 90_000_00)
    cards = await desk.rows("SELECT product::text, count(*) FROM aml_event GROUP BY product, instrument_id")
    assert sorted(cards) == [("card", 1), ("card", 2)]
    assert "tok" not in str(await desk.rows("SELECT * FROM aml_event"))


async def test_what_is_declined_counts_nowhere(desk: CardDesk):
    await desk.captured("tok_decline")
    assert await desk.rows("SELECT count(*) FROM aml_event") == [(0,)]


async def test_a_refund_takes_its_part_out_of_its_deposit(desk: CardDesk):
    row = await desk.charge("tok_approve")
    desk.clock.advance(timedelta(minutes=5))
    await desk.poll()
    await desk.charges.refund(desk.refund_request(row, 10_000_00))
    assert await desk.counted("deposit") == (1, 30_000_00)
    await desk.poll()
    assert await desk.counted("deposit") == (1, 20_000_00)
    assert await desk.rows("SELECT count(DISTINCT counted_at) FROM aml_event") == [(1,)]


async def test_a_chargeback_is_counted_as_one_and_no_deposit_any_more_until_it_is_won(desk: CardDesk):
    await desk.captured("tok_chargeback_won")
    (opened,) = [one for one in desk.envelopes() if one.kind == "chargeback.opened"]
    for _ in range(2):
        await desk.handle(opened)
    assert (await desk.counted("deposit"))[1] == 0
    assert await desk.counted("chargeback") == (1, 30_000_00)
    desk.advance()
    (won,) = [one for one in desk.envelopes() if one.kind == "chargeback.won"]
    for _ in range(2):
        await desk.handle(won)
    assert (await desk.counted("deposit"))[1] == 30_000_00
    assert await desk.counted("chargeback") == (0, 0)
