"""Bank files over HTTP: who may import and export, and what becomes of the entries."""

from shared.ledger import store as ledger
from shared.ledger.domain import LKR, USD

XML = {"Content-Type": "application/xml"}


async def take(client, headers, raw):
    return await client.post("/staff/bank-files", content=raw, headers={**headers, **XML})


async def apply(services):
    while await services.channels.bank_files.apply_due():
        pass


async def test_a_statement_settles_a_deposit_as_quoted_and_a_reversal_takes_it_back(
    client, ready, active_customer, quote, wallet, bank, services, tenant
):
    _, customer = await active_customer()
    locked = await quote(customer)
    line = bank.line("CEFT77", "30000.00", remittance=f"transfer {locked['pay_reference'].lower()}")
    taken = await take(client, ready, bank.notification([line]))
    assert (taken.status_code, taken.json()["kind"], taken.json()["entries"]) == (201, "notification", 1)
    await apply(services)
    assert (await wallet(customer)) == {"LKR": "0.00", "USD": "98.514851"}
    again = await take(client, ready, bank.statement([line, bank.line("CHARGES", "25.00", side="DBIT")]))
    await apply(services)
    assert len((await client.get("/v1/pay-ins", headers=customer)).json()["items"]) == 1
    entries = (await client.get(f"/staff/bank-files/{again.json()['id']}/entries", headers=ready)).json()
    assert [(one["meaning"], one["outcome"]) for one in entries["items"]] == [
        ("pay_in", "applied"),
        ("own", "own"),
    ]
    back = bank.line("RVSL", "30000.00", side="DBIT", reversal=True, original="CEFT77")
    await take(client, ready, bank.notification([back], message="NTFN-2"))
    await apply(services)
    (pay_in,) = (await client.get("/v1/pay-ins", headers=customer)).json()["items"]
    assert (pay_in["state"], pay_in["bank_reference"]) == ("taken_back", "CEFT77")
    async with services.database.transaction(tenant.id) as tx:
        assert await ledger.sum_account(tx, "debt") == {LKR: -30_000_00}
        assert await ledger.trial_balance(tx) == [(LKR, 0), (USD, 0)]


async def test_money_of_nobody_known_lies_in_suspense(client, ready, bank, services):
    await take(client, ready, bank.statement([bank.line("IN9", "5.00", remittance="rent november")]))
    await apply(services)
    listed = (await client.get("/staff/pay-ins/suspense", headers=ready)).json()["items"]
    assert [(one["bank_reference"], one["amount"]) for one in listed] == [("IN9", "5.00")]


async def test_files_are_listed_in_pages_and_a_bad_one_is_a_problem_with_a_code(client, ready, bank):
    for number in range(3):
        answer = await take(client, ready, bank.statement([], message=f"M{number}"))
        assert answer.status_code == 201, answer.text
    first = (await client.get("/staff/bank-files?limit=2", headers=ready)).json()
    rest = (
        await client.get(f"/staff/bank-files?limit=2&cursor={first['next_cursor']}", headers=ready)
    ).json()
    assert [one["message_id"] for one in (*first["items"], *rest["items"])] == ["M2", "M1", "M0"]
    for raw, status, code in (
        (b"<a>", 400, "bank_files.file_invalid"),
        (b" " * 5_000_001, 413, "request.too_large"),
        (b" " * 70_000, 400, "bank_files.file_invalid"),
        (bank.statement([], account="999"), 422, "bank_files.other_account"),
        (bank.statement([bank.line("X", "1.00")], closing=3), 422, "bank_files.balances_disagree"),
        (bank.statement([bank.line("X", "1.00")], message="M0"), 409, "bank_files.message_altered"),
    ):
        answer = await take(client, ready, raw)
        assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_staff_needs_the_permission_and_a_customer_none(client, ready, bank, staff, active_customer):
    auditor, compliance = await staff("auditor"), await staff("compliance")
    _, customer = await active_customer()
    assert (await take(client, auditor, bank.statement([]))).status_code == 403
    assert (await take(client, customer, bank.statement([]))).status_code == 401
    assert (await client.get("/staff/bank-files", headers=auditor)).status_code == 200
    assert (await client.get("/staff/bank-files", headers=compliance)).status_code == 403
    keyed = {**auditor, "Idempotency-Key": "k"}
    assert (await client.post("/staff/payouts/files", headers=keyed)).status_code == 403
    assert (await client.get("/staff/payouts/files", headers=auditor)).status_code == 403


async def test_a_file_of_payouts_is_made_once_per_key_and_fetched_as_xml(client, ready, services):
    from customer_stack.payouts.providers.contract import PayoutOrder  # noqa: PLC0415

    keyed = {**ready, "Idempotency-Key": "k1"}
    empty = await client.post("/staff/payouts/files", headers=keyed)
    assert (empty.status_code, empty.json()["code"]) == (422, "bank_files.nothing_to_send")
    provider = services.channels.file_payouts
    await provider.send(PayoutOrder(services.ids.new(), 14_750_00, "8009998887", "Withdrawal"))
    made = await client.post("/staff/payouts/files", headers=keyed)
    assert (made.status_code, made.json()["control_sum"], made.json()["payouts"]) == (201, "14750.00", 1)
    assert (await client.post("/staff/payouts/files", headers=keyed)).json() == made.json()
    unkeyed = await client.post("/staff/payouts/files", headers=ready)
    assert unkeyed.json()["code"] == "idempotency.key_missing"
    fetched = await client.get(f"/staff/payouts/files/{made.json()['id']}", headers=ready)
    assert fetched.headers["content-type"] == "application/xml"
    assert b"<CtrlSum>14750.00</CtrlSum>" in fetched.content
    listed = (await client.get("/staff/payouts/files", headers=ready)).json()["items"]
    assert [one["id"] for one in listed] == [made.json()["id"]]
    unknown = await client.get(f"/staff/payouts/files/{services.ids.new()}", headers=ready)
    assert unknown.json()["code"] == "bank_files.file_not_found"
