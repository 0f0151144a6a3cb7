"""A withdrawal that leaves by file: ordered, filed, and settled by what the bank gives back."""

import pytest

from shared.ledger import store as ledger
from shared.ledger.domain import LKR, USD

from ..payouts.test_api import TERMS, keyed, lkr, withdraw  # noqa: TID252 - test folders are no packages


@pytest.fixture(autouse=True)
def configured(configured, monkeypatch):
    monkeypatch.setenv("CUSTOMER_PAYOUT_PROVIDER", "bank-file")


@pytest.fixture
async def filed(client, ready, department, active_customer, quote, notify, services):
    """Somebody who deposited and withdrew, with the payout in a file: headers and the payout's id."""
    terms = {"department_id": department, **TERMS}
    assert (await client.post("/staff/payouts/terms", json=terms, headers=ready)).status_code == 201
    _, customer = await active_customer()
    await notify((await quote(customer))["pay_reference"])
    asked = await withdraw(client, customer)
    assert asked.status_code == 201, asked.text
    await services.payouts.settlement.send_due()
    made = await client.post("/staff/payouts/files", headers=keyed(ready, "file"))
    assert (made.status_code, made.json()["control_sum"]) == (201, "14750.00"), made.text
    return customer, asked.json()["id"], made.json()["id"]


async def state(client, customer, payout_id):
    return (await client.get(f"/v1/withdrawals/{payout_id}", headers=customer)).json()["state"]


async def take(client, services, headers, raw):
    answer = await client.post("/staff/bank-files", content=raw, headers=headers)
    assert answer.status_code == 201, answer.text
    while await services.channels.bank_files.apply_due():
        pass


def debit(bank, payout_id):
    end_to_end = payout_id.replace("-", "")
    return bank.line("OUT1", "14750.00", side="DBIT", end_to_end=end_to_end)


async def test_the_debit_pays_and_the_credit_returns(client, services, ready, bank, filed, tenant):
    customer, payout_id, _ = filed
    assert await state(client, customer, payout_id) not in ("paid", "refused")
    assert await lkr(client, customer) == ("14850.00", "14850.00")
    await take(client, services, ready, bank.statement([debit(bank, payout_id)]))
    assert await state(client, customer, payout_id) == "paid"
    assert await lkr(client, customer) == ("0.00", "0.00")
    end_to_end = payout_id.replace("-", "")
    back = bank.line("BACK1", "14750.00", end_to_end=end_to_end, reversal=True, reason="AC04")
    await take(client, services, ready, bank.statement([back], message="STMT-2"))
    assert await state(client, customer, payout_id) == "returned"
    assert await lkr(client, customer) == ("14850.00", "0.00")
    async with services.database.transaction(tenant.id) as tx:
        assert await ledger.trial_balance(tx) == [(LKR, 0), (USD, 0)]


async def test_a_report_that_refuses_frees_the_money_at_once(client, services, ready, bank, filed):
    customer, payout_id, _ = filed
    await take(client, services, ready, bank.report([(payout_id.replace("-", ""), "RJCT", "")]))
    assert await state(client, customer, payout_id) == "refused"
    assert await lkr(client, customer) == ("14850.00", "0.00")


async def test_a_file_that_came_twice_or_is_on_its_way_frees_nothing(client, services, ready, bank, filed):
    customer, payout_id, file_id = filed
    original = file_id.replace("-", "")
    raw = bank.report([], original=original, group="RJCT").replace(
        b"<GrpSts>RJCT</GrpSts>",
        b"<GrpSts>RJCT</GrpSts><StsRsnInf><Rsn><Cd>DU01</Cd></Rsn></StsRsnInf>",
    )
    await take(client, services, ready, raw)
    await take(client, services, ready, bank.report([], original=original, group="ACCP", message="R2"))
    assert await lkr(client, customer) == ("14850.00", "14850.00")
    await take(client, services, ready, bank.statement([debit(bank, payout_id)]))
    assert await state(client, customer, payout_id) == "paid"
