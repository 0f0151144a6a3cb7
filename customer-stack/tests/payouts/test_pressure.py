"""What operations sees of payouts."""

from datetime import timedelta

from prometheus_client import REGISTRY

from customer_stack.payouts.service.pressure import STATES, measure_payouts

from .teller import Teller


async def shown(teller: Teller) -> dict[str, tuple[float | None, float | None]]:
    await measure_payouts(teller.database.app, teller.tenants, teller.clock)
    return {
        state: (
            REGISTRY.get_sample_value("payouts_open", {"state": state}),
            REGISTRY.get_sample_value("payouts_oldest_seconds", {"state": state}),
        )
        for state in STATES
    }


async def test_payouts_are_shown_by_what_they_wait_for(teller: Teller) -> None:
    assert await shown(teller) == dict.fromkeys(STATES, (0, 0))
    await teller.deposit()
    await teller.withdraw()
    teller.clock.advance(timedelta(seconds=70))
    assert await shown(teller) == {"to_send": (1, 70), "sent": (0, 0), "held": (0, 0)}
    assert await teller.settlement.send_due() == 1
    teller.clock.advance(timedelta(seconds=10))
    assert await shown(teller) == {"to_send": (0, 0), "sent": (1, 80), "held": (0, 0)}
