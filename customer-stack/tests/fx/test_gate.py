"""Quotes and conversions through the gate: allowed, denied, never counted; on a real database."""

from datetime import timedelta

import pytest

from customer_stack.facts.domain import Restriction, Screening
from customer_stack.gate.errors import (
    CoolingOff,
    DepositLimitReached,
    DocumentExpired,
    Excluded,
    NotPossible,
    TierLimitReached,
)
from customer_stack.protection.domain.counting import Window
from customer_stack.protection.domain.limits import Limit, LimitKind, Source

OWN = Limit(LimitKind.DEPOSIT, Window.DAY, 20_000_00, Source.OWN)
TIER = Limit(LimitKind.DEPOSIT, Window.MONTH, 20_000_00, Source.TIER)


async def decisions(desk):
    return await desk.rows(
        "SELECT lane, kind::text, answer::text, reason FROM gate_decision ORDER BY decided_at, id"
    )


async def converted(desk, amount=10_000_00):
    """Convert LKR that waits."""
    quote = await desk.quote(amount, "conversion")
    return await desk.service.accept_quote(
        desk.tenant, desk.department, desk.customer, quote.id, desk.claim(str(quote.id))
    )


async def test_a_quote_is_decided_and_counts_nothing_since_no_money_came(desk):
    quote = await desk.quote()
    assert await decisions(desk) == [("quote", "deposit", "allow", None)]
    assert await desk.rows("SELECT subject_id FROM gate_decision") == [(quote.id,)]
    assert await desk.counted("deposit") == (0, 0)


async def test_rules_judge_the_money_that_comes_and_not_its_quote(desk):
    await desk.publish(applies_to=["deposit"], when={"flag": True}, effect="deny")
    await desk.quote()
    await desk.publish(key="other", applies_to=["deposit"], when={"flag": True}, effect="hold")
    await desk.quote()
    assert await desk.rows("SELECT count(*) FROM cases_case") == [(0,)]


@pytest.mark.parametrize(
    ("changes", "refusal", "reason"),
    [
        ({"restriction": Restriction.FULL}, NotPossible, "gate.restricted"),
        ({"screening": Screening.CONFIRMED}, NotPossible, "gate.screening_pending"),
        ({"excluded_until": timedelta(days=180)}, Excluded, "gate.excluded"),
        ({"cooling_until": timedelta(hours=1)}, CoolingOff, "gate.cooling_off"),
        ({"document_expires_on": timedelta(days=-1)}, DocumentExpired, "gate.document_expired"),
    ],
)
@pytest.mark.parametrize("purpose", ["deposit", "conversion"])
async def test_who_may_not_deposit_gets_no_quote_and_the_record_stays(
    desk, purpose, changes, refusal, reason
):
    await desk.add_lkr(50_000_00)
    now = desk.clock.now()
    values = {name: now + value if isinstance(value, timedelta) else value for name, value in changes.items()}
    if "document_expires_on" in values:
        values["document_expires_on"] = values["document_expires_on"].date()
    await desk.know(**values)
    before = await desk.balances()
    with pytest.raises(refusal):
        await desk.quote(purpose=purpose)
    assert await decisions(desk) == [("quote", "deposit", "deny", reason)]
    assert await desk.balances() == before
    assert await desk.rows("SELECT count(*) FROM fx_quote") == [(0,)]


async def test_who_may_only_not_take_money_out_still_deposits(desk):
    await desk.know(restriction=Restriction.DEBIT_ONLY)
    await desk.quote()


@pytest.mark.parametrize(("limit", "refusal"), [(OWN, DepositLimitReached), (TIER, TierLimitReached)])
async def test_limits_over_time_are_those_of_what_came(desk, limit, refusal):
    desk.limits = (limit,)
    for _ in range(3):  # a quote is no money yet
        await desk.quote(20_000_00)
    with pytest.raises(refusal):
        await desk.quote(20_000_01)


async def test_lkr_that_waits_was_counted_when_it_came_and_its_conversion_is_not_limited(desk):
    await desk.add_lkr(50_000_00)
    desk.limits = (Limit(LimitKind.DEPOSIT, Window.DAY, 0, Source.OWN),)
    await converted(desk)
    assert await desk.counted("deposit") == (0, 0)
    assert [answer for _, _, answer, _ in await decisions(desk)] == ["allow", "allow"]


async def test_who_was_excluded_after_the_quote_does_not_convert(desk):
    await desk.add_lkr(50_000_00)
    quote = await desk.quote(10_000_00, "conversion")
    await desk.know(excluded_until=desk.clock.now() + timedelta(days=180))
    with pytest.raises(Excluded):
        await desk.service.accept_quote(
            desk.tenant, desk.department, desk.customer, quote.id, desk.claim("one")
        )
    assert await desk.outcome(quote) is None
    assert (await desk.balances())["wallet LKR"] == (50_000_00, 0)
    assert (await decisions(desk))[-1] == ("quote", "deposit", "deny", "gate.excluded")


async def test_a_quote_to_withdraw_is_asked_about_when_the_money_is(desk):
    await desk.add_usd(100_000000)
    await desk.know(restriction=Restriction.DEBIT_ONLY)
    await desk.quote(50_000000, "withdrawal")
    assert await decisions(desk) == []
