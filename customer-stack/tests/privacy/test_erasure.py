"""From the end of a relationship to its erasure, over a real database and all that is kept of somebody."""

import asyncio
import json
from datetime import timedelta

import pytest

from customer_stack.cases.domain.opening import NewCase
from customer_stack.cases.service import open_cases
from customer_stack.checks import run_checks
from customer_stack.customers.domain import Status
from customer_stack.customers.errors import CustomerNotFound
from customer_stack.customers.sealing import FieldErased, SealBroken
from customer_stack.facts import service as facts
from customer_stack.facts.domain import Changes
from customer_stack.privacy.configuration import load_inventory
from customer_stack.privacy.domain.inventory import Keeping
from customer_stack.privacy.errors import RegisterUnusable
from customer_stack.privacy.providers.register_file import RegisterFile
from customer_stack.privacy.store import sweeping
from customer_stack.replaying import run_replay
from customer_stack.restrictions.domain import Cause, CauseKind, Kind
from customer_stack.restrictions.service import place
from shared.audit.checkpoints import Signer
from shared.audit.keys import origin_of
from shared.audit.sealer import Pace, Sealer
from shared.audit.verify import verify


@pytest.fixture
def leave(privacy, tenant, spend):
    """Close an account that was emptied."""

    async def do(person):
        await spend(person.id)
        return await privacy.leaving.close(tenant.id, person.id, "staff:someone")

    return do


@pytest.fixture
def readable(services, tenant, records):
    """Return `table.column` of every sealed field of somebody that opens, with what was in it."""

    async def do(customer_id, cipher):
        found = {}
        async with services.database.transaction(tenant.id) as tx:
            for table in load_inventory().of_customers:
                for column in table.kept(Keeping.PERSON, Keeping.RECORD):
                    if table.seal is None and table.name not in ("bank_file_entry", "bank_file_payout"):
                        continue
                    rows = await tx.fetch(f"SELECT * FROM {table.name} WHERE {table.customer}", customer_id)
                    for row in rows:
                        name = f"{table.name}.{column}"
                        bound = table.seal or ("id" if "id" in row else "payout_id")
                        place = (table.name, table.places.get(column, column).format_map(row), row[bound])
                        opener = cipher if table.columns[column] is Keeping.PERSON else records
                        if row[column] is None or opener is None:
                            continue
                        try:
                            found[name] = opener.open(place, row[column])
                        except (FieldErased, SealBroken):
                            continue
        return found

    return do


async def test_an_erasure_leaves_nothing_that_opens_and_all_that_verifies(  # noqa: PLR0917 - a whole story
    services, privacy, tenant, person, leave, later, readable, records, settings, customer_database, client
):
    async with services.database.transaction(tenant.id) as tx:
        cipher = await services.customers.cipher_of(tx, person.id)
    before = await readable(person.id, cipher)
    sealed = {
        f"{table.name}.{column}"
        for table in load_inventory().of_customers
        for column in table.kept(Keeping.RECORD)
        if table.name != "webhook_message"
    }
    assert sealed - {"payment_bank_event.payer_text_sealed"} <= set(before)
    assert before["transfer_order.note_sealed"] == "rent for the canary"
    connection = await customer_database.connect("superuser")
    assert len(await sealed_as_records(connection)) > 10
    await leave(person)
    later(5)
    assert await privacy.erasing.erase_due() == 0
    assert await privacy.erasing.empty_old() == 1  # the bank's message
    later(1)
    assert await privacy.erasing.erase_due() == 1
    assert await privacy.erasing.erase_due() == 0
    # The old key itself, kept here, shows that fields under it are gone only by its destruction.
    after = await readable(person.id, None)
    assert after == {}
    async with services.database.transaction(tenant.id) as tx:
        assert await sweeping.count_full(tx, load_inventory(), person.id) == {}
        with pytest.raises(CustomerNotFound):
            await services.customers.cipher_of(tx, person.id)
    assert await sealed_as_records(connection) == set()
    for table in ("customer_data_key", "customer_profile", "customer_credential", "customer_registration"):
        assert (
            await connection.fetchval(f"SELECT count(*) FROM {table} WHERE customer_id = $1", person.id) == 0
        )
    assert (await client.get("/v1/me", headers=person.headers)).status_code == 401
    account = await services.customers.read_account(tenant.id, person.id)
    assert account.status is Status.CLOSED
    note = await services.transfers.list_orders(tenant.id, person.other, None, 10)
    assert [view.note for view in note] == [None]
    await connection.close()
    assert await audit_is_good(customer_database)


async def sealed_as_records(connection):
    """Return `table.column` of all bytes that begin as a record's seal does, whatever the inventory says."""
    columns = await connection.fetch(
        "SELECT c.relname AS name, a.attname AS field FROM pg_attribute a "
        "JOIN pg_class c ON c.oid = a.attrelid "
        "WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0 "
        "AND a.atttypid = 'bytea'::regtype AND NOT a.attisdropped"
    )
    found = set()
    for name, field in columns:
        if await connection.fetchval(
            f"SELECT EXISTS (SELECT FROM {name} WHERE substring({field} FOR 2) = '\\x0001'::bytea "
            f"AND octet_length({field}) > 32)"
        ):
            found.add(f"{name}.{field}")
    return found


async def audit_is_good(database):
    """Seal what was written, and verify all of it."""
    stop = asyncio.Event()
    signer = Signer.generate(origin_of("sandbox", "customer"))
    sealer = asyncio.create_task(Sealer(database.dsn("sealer"), signer, Pace(interval_ms=5)).run(stop))
    auditor = await database.connect("auditor")
    unsealed = "SELECT (SELECT count(*) FROM audit_record) - (SELECT coalesce(max(size), 0) FROM audit_seal)"
    while await auditor.fetchval(unsealed):  # noqa: ASYNC110 - another process' work is waited for
        await asyncio.sleep(0.01)
    stop.set()
    await sealer
    return (await verify(database.dsn("auditor"))).is_good


async def test_every_book_and_counter_still_agrees(
    services, privacy, tenant, person, settings, customer_database
):
    """Money stays in the book: an early erasure of somebody whose money is gone changes no book at all."""
    before = {check["name"]: check["held"] for check in await run_checks(settings, books_only=True)}
    other = (await privacy.leaving.close(tenant.id, person.other, "staff:someone")).id
    connection = await customer_database.connect("superuser")
    await connection.execute(
        "UPDATE customer_account SET changed_at = now() - interval '7 years' WHERE id = $1", other
    )
    assert await privacy.erasing.erase_due() == 1
    assert {check["name"]: check["held"] for check in await run_checks(settings, books_only=True)} == before
    assert all(before.values())


async def test_a_hold_keeps_and_two_people_lift_it(privacy, door, tenant, person, staff, leave, later):
    await leave(person)
    later(7)
    operator, approver = await staff("compliance"), await staff("compliance_approver")
    path = f"/staff/privacy/customers/{person.id}"
    body = {"wish": "hold", "basis": "court_order", "reference": "DC/COL/1234/2026"}
    hold = (await door.post(f"{path}/proposals", json=body, headers=operator)).json()
    assert (await door.get(path, headers=operator)).json()["keeping"] == "held"
    assert await privacy.erasing.erase_due() == 0
    own = await door.post(
        f"/staff/privacy/proposals/{hold['id']}/decision", json={"outcome": "approved"}, headers=operator
    )
    assert own.json()["code"] == "access.permission_missing"
    decided = await door.post(
        f"/staff/privacy/proposals/{hold['id']}/decision", json={"outcome": "approved"}, headers=approver
    )
    assert decided.json()["outcome"] == "approved"
    lift = {"wish": "lift_hold", "basis": "order_ended", "reference": "DC/COL/1234/2026"}
    lifted = (await door.post(f"{path}/proposals", json=lift, headers=operator)).json()
    assert await privacy.erasing.erase_due() == 0
    await door.post(
        f"/staff/privacy/proposals/{lifted['id']}/decision", json={"outcome": "approved"}, headers=approver
    )
    assert await privacy.erasing.erase_due() == 1
    shown = (await door.get(path, headers=operator)).json()
    assert (shown["keeping"], shown["erasure"]["cause"], shown["held"]) == ("erased", "due", False)


async def test_two_people_erase_early_and_one_cannot(privacy, door, person, staff, leave, clock):
    operator, approver = await staff("compliance"), await staff("compliance_approver")
    path = f"/staff/privacy/customers/{person.id}/proposals"
    body = {"wish": "erase_early", "basis": "authority_order", "reference": "DPA/77"}
    early = await door.post(path, json=body, headers=operator)
    assert (early.status_code, early.json()["code"]) == (409, "privacy.proposal_not_possible")
    await leave(person)
    proposed = (await door.post(path, json=body, headers=operator)).json()
    listed = (await door.get("/staff/privacy/proposals?open=true", headers=approver)).json()["items"]
    assert [each["id"] for each in listed] == [proposed["id"]]
    assert await privacy.erasing.erase_due() == 0
    decision = f"/staff/privacy/proposals/{proposed['id']}/decision"
    first = await door.post(decision, json={"outcome": "approved"}, headers=approver)
    again = await door.post(decision, json={"outcome": "approved"}, headers=approver)
    other = await door.post(decision, json={"outcome": "rejected"}, headers=approver)
    assert (first.json(), other.json()["code"]) == (again.json(), "privacy.proposal_decided")
    assert await privacy.erasing.erase_due() == 0  # what providers sent in the last days names them still
    clock.advance(timedelta(days=91))
    assert await privacy.erasing.erase_due() == 1
    erasures = (await door.get("/staff/privacy/erasures", headers=approver)).json()["items"]
    assert [(each["customer_id"], each["cause"]) for each in erasures] == [(str(person.id), "early")]


async def test_money_that_came_late_keeps_somebody(privacy, tenant, person, leave, later, customer_database):
    await leave(person)
    later(7)
    connection = await customer_database.connect("superuser")
    await connection.execute("SET session_replication_role = replica")
    await connection.execute("UPDATE ledger_balance SET posted = 5 WHERE book_id = $1", person.id)
    assert await privacy.erasing.erase_due() == 0
    await connection.execute("UPDATE ledger_balance SET posted = 0 WHERE book_id = $1", person.id)
    assert await privacy.erasing.erase_due() == 1


@pytest.mark.parametrize("what", ["case", "restriction", "exclusion"])
async def test_an_open_case_or_a_restriction_keeps_somebody_and_only_staff_is_told(  # noqa: PLR0917
    services, privacy, tenant, person, leave, later, door, staff, what
):
    await leave(person)
    later(7)
    now = services.clock.now()
    async with services.database.transaction(tenant.id) as tx:
        if what == "case":
            await open_cases(tx, [NewCase(tenant.id, person.id, "structuring", 500, now)])
        elif what == "exclusion":
            until = now + timedelta(days=36500)
            await facts.change(tx, person.id, now, Changes(excluded_until=until))
        else:
            cause = Cause(CauseKind.ORDER, services.ids.new())
            await place(
                tx, person.id, Kind.DEBIT_ONLY, cause=cause, reason="order.court", actor="staff:1", at=now
            )
    assert await privacy.erasing.erase_due() == 0
    operator, path = await staff("compliance"), f"/staff/privacy/customers/{person.id}"
    shown = (await door.get(path, headers=operator)).json()
    assert (shown["keeping"], shown["blockers"]) == ("held", [what])
    told = await door.post(f"{path}/erasure-requests", headers=operator)
    assert (told.json()["answer"], what in told.text) == ("retained", False)


async def test_an_account_with_money_is_not_closed_and_a_closed_one_opens_nothing(
    door, client, person, spend, clock
):
    refused = await door.post("/v1/privacy/closure", headers=person.headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "privacy.account_not_empty")
    asked = (await door.post("/v1/privacy/erasure-requests", headers=person.headers)).json()
    assert (asked["answer"], "FTRA" in asked["because"]) == ("account_open", True)
    await spend(person.id)
    closed = await door.post("/v1/privacy/closure", headers=person.headers)
    assert (closed.status_code, closed.json()["status"]) == (200, "closed")
    assert closed.json()["kept_until"] == asked["kept_until"]
    assert closed.json()["kept_until"].startswith(str(clock.now().year + 6))
    assert (await client.get("/v1/me", headers=person.headers)).status_code == 401


async def test_the_desk_takes_requests_and_says_until_when(door, person, staff, leave, privacy, later):
    operator = await staff("compliance")
    path = f"/staff/privacy/customers/{person.id}/erasure-requests"
    await leave(person)
    kept = (await door.post(path, headers=operator)).json()
    later(7)
    await privacy.erasing.erase_due()
    erased = (await door.post(path, headers=operator)).json()
    assert (kept["answer"], erased["answer"], erased["kept_until"]) == ("retained", "erased", None)
    listed = (await door.get(path, headers=operator)).json()["items"]
    assert [each["answer"] for each in listed] == ["retained", "erased"]


async def test_what_a_restore_brings_back_is_erased_again(
    services, privacy, tenant, person, leave, later, customer_database, settings
):
    connection = await customer_database.connect("superuser")
    tables = ("customer_data_key", "customer_profile", "customer_credential")
    kept = {
        name: await connection.fetch(f"SELECT * FROM {name} WHERE customer_id = $1", person.id)
        for name in tables
    }
    await leave(person)
    later(7)
    assert await privacy.erasing.erase_due() == 1
    await connection.execute("SET session_replication_role = replica")
    for name, rows in kept.items():
        for row in rows:
            marks = ", ".join(f"${number}" for number in range(1, len(row) + 1))
            await connection.execute(f"INSERT INTO {name} VALUES ({marks})", *row)
    await connection.execute("DELETE FROM privacy_erasure")
    await connection.execute("UPDATE customer_account SET status = 'active' WHERE id = $1", person.id)
    # The row is back, and opens nothing: the person's own secret was never in the database.
    with pytest.raises(FieldErased):
        await services.customers.read_profile(tenant.id, person.id)
    await connection.execute(
        "INSERT INTO privacy_erasure VALUES ($1, $2, 'due', 0, now())", tenant.id, person.id
    )
    assert await privacy.erasing.find_undone() == (1, [person.id])
    await connection.execute("DELETE FROM privacy_erasure")
    assert await run_replay(settings) == {"lines": 1, "erased_again": 1, "unknown": 0}
    assert await privacy.erasing.find_undone() == (1, [])
    assert await run_replay(settings) == {"lines": 1, "erased_again": 0, "unknown": 0}
    with pytest.raises(CustomerNotFound):
        await services.customers.read_profile(tenant.id, person.id)
    assert await connection.fetchval("SELECT cause::text FROM privacy_erasure") == "replayed"
    assert (await services.customers.read_account(tenant.id, person.id)).status is Status.CLOSED


async def test_without_a_register_nobody_is_erased(services, privacy, tenant, person, leave, later, settings):
    await leave(person)
    later(7)
    privacy.erasing._ground.register._path.parent.joinpath("gone").mkdir()
    broken = RegisterFile(settings.erasure_register_file.parent / "missing" / "file")
    object.__setattr__(privacy.erasing._ground, "register", broken)
    with pytest.raises(RegisterUnusable):
        await privacy.erasing.erase_due()
    assert (await services.customers.read_profile(tenant.id, person.id)).full_name == "Nimal Perera"


async def test_a_register_is_there_before_anybody_is_erased_and_never_made_anew(
    privacy, person, leave, later, settings
):
    file = settings.erasure_register_file
    file.unlink(missing_ok=True)
    for _ in range(2):
        await privacy.erasing.make_register()
        assert (file.read_bytes(), file.stat().st_mode & 0o077) == (b"", 0)
    assert await run_replay(settings) == {"lines": 0, "erased_again": 0, "unknown": 0}
    await leave(person)
    later(7)
    assert await privacy.erasing.erase_due() == 1
    await privacy.erasing.make_register()
    assert len(file.read_bytes().splitlines()) == 1
    file.unlink()
    await privacy.erasing.make_register()
    assert not file.exists()


async def test_the_register_stands_a_torn_line_and_refuses_a_foreign_one(
    privacy, person, leave, later, settings
):
    file = settings.erasure_register_file
    file.write_bytes(b'{"tenant":"0')
    await leave(person)
    later(7)
    assert await privacy.erasing.erase_due() == 1
    assert [line.customer_id for line in RegisterFile(file).read()] == [person.id]
    assert file.stat().st_mode & 0o077 == 0 or file.stat().st_size
    with file.open("ab") as opened:
        opened.write(json.dumps({"somebody": "else"}).encode() + b"\n")
    with pytest.raises(RegisterUnusable):
        list(RegisterFile(file).read())


async def test_old_texts_of_nobody_are_emptied_by_their_age(
    privacy, services, tenant, person, clock, bank_says
):
    async with services.database.transaction(tenant.id) as tx:
        full = await tx.fetch_value("SELECT count(*) FROM webhook_message WHERE body_sealed <> ''")
    assert full == 1
    assert await privacy.erasing.empty_old() == 0
    clock.advance(timedelta(days=91))
    assert await privacy.erasing.empty_old() == 1
    clock.advance(timedelta(days=6 * 366))
    assert await privacy.erasing.empty_old() == 2
    assert await privacy.erasing.empty_old() == 0
    async with services.database.transaction(tenant.id) as tx:
        assert (
            await tx.fetch_value("SELECT count(*) FROM payment_bank_event WHERE payer_account_sealed <> ''")
            == 0
        )
