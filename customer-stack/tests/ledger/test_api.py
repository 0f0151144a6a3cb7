"""Wallet, deals, staff's view, corrections and reversals by two people, over HTTP."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from customer_stack.ledger import service as ledger
from customer_stack.ledger.corrections import Clerk
from customer_stack.ledger.domain import Account, SixRates, TransferSource
from customer_stack.ledger.errors import ProposerCannotApprove
from shared.ledger import store as kernel
from shared.ledger.domain import Movement

STAFF = "/staff/ledger"


@pytest.fixture
def people(staff):
    """Return a function that gives the headers of who proposes and who approves."""

    async def do():
        return await staff("treasurer"), await staff("controller")

    return do


async def ok(awaited, status=200):
    answer = await awaited
    assert answer.status_code == status, answer.text
    return answer.json()


async def refused(awaited):
    answer = await awaited
    return answer.status_code, answer.json()["code"]


# ---- the customer


async def test_an_entry_says_what_it_was_what_stood_and_where_it_came_from(served, client):
    made = served.transfer(served.sender, Account.COLLECTION, Account.WALLET, 500)
    rates = SixRates(*(each * 10**8 for each in (300, 297, 303, 298, 303)))
    quote_id = served.ids.new()
    source = TransferSource(
        served.tenant_id, served.sender, made.id, "bank", "R-77", quote_id=quote_id, rates=rates
    )
    async with served.transaction() as tx:
        await kernel.lock_books(tx, [served.sender])
        await kernel.post(tx, Movement(transfers=(made,)))
        await ledger.record_sources(tx, [source])
    page = await ok(client.get("/v1/wallet/entries", params={"currency": "LKR"}, headers=served.headers))
    newest, first = page["items"]
    assert (newest["balance_before"], newest["amount"], newest["balance_after"]) == (
        "100.00",
        "5.00",
        "105.00",
    )
    assert (newest["provider"], newest["provider_reference"], newest["quote_id"]) == (
        "bank",
        "R-77",
        str(quote_id),
    )
    assert newest["rates"] == {
        "mid": "300.00000000",
        "buy": "297.00000000",
        "sell": "303.00000000",
        "agreed": "303.00000000",
    }
    assert (first["balance_before"], first["provider"], first["rates"]) == ("0.00", None, None)
    assert not {"cost", "profit"} & set(newest)


async def test_a_wallet_can_be_read_at_any_moment(served, client):
    between = served.services.clock.now()
    late = served.transfer(
        served.sender, Account.COLLECTION, Account.WALLET, 500, effective_at=datetime(2026, 1, 1, tzinfo=UTC)
    )
    await served.post(late)

    async def lkr(at, by):
        answer = await ok(
            client.get("/v1/wallet/at", params={"at": at.isoformat(), "by": by}, headers=served.headers)
        )
        return next(each["posted"] for each in answer["balances"] if each["currency"] == "LKR")

    assert await lkr(between, "recorded") == "100.00"
    assert await lkr(between, "business") == "105.00"
    assert await lkr(datetime(2026, 1, 2, tzinfo=UTC), "business") == "5.00"
    assert await lkr(datetime(2025, 1, 2, tzinfo=UTC), "recorded") == "0.00"
    without_zone = client.get("/v1/wallet/at", params={"at": "2026-01-01T00:00:00"}, headers=served.headers)
    assert await refused(without_zone) == (422, "request.invalid")


async def test_a_customer_sees_own_deals_and_nobody_elses(served, client, active_customer):
    deal_id = await served.deal(250)
    deal = await ok(client.get(f"/v1/deals/{deal_id}", headers=served.headers))
    assert (deal["state"], [each["state"] for each in deal["states"]]) == ("settled", ["created", "settled"])
    (version,) = deal["versions"]
    assert (version["version"], version["state"], version["give"]["amount"]) == (1, "active", "2.50")
    assert "made_by" not in version
    _, stranger = await active_customer()
    assert await refused(client.get(f"/v1/deals/{deal_id}", headers=stranger)) == (
        404,
        "ledger.deal_not_found",
    )


# ---- staff looks


async def test_only_who_may_read_the_ledger_sees_it(served, client, staff):
    paths = [
        "/chart",
        f"/books/{served.sender}/accounts",
        f"/books/{served.sender}/entries?account=wallet",
        f"/books/{served.sender}/balances?at=2026-11-20T00:00:00Z",
        f"/deals/{served.sender}",
        f"/movements/{served.sender}",
        "/corrections",
        "/reversals",
    ]
    compliance = await staff("compliance")
    for path in paths:
        assert await refused(client.get(STAFF + path, headers=compliance)) == (
            403,
            "access.permission_missing",
        )
        assert (await client.get(STAFF + path, headers=served.headers)).status_code == 401


async def test_the_auditor_sees_the_chart_accounts_entries_and_movements(served, client, staff):
    headers, deal_id = await staff("auditor"), await served.deal(250)
    chart = await ok(client.get(f"{STAFF}/chart", headers=headers))
    assert len({line["kind"] for line in chart["accounts"]}) == 14
    accounts = await ok(client.get(f"{STAFF}/books/{served.sender}/accounts", headers=headers))
    standing = {
        each["account"]: (each["posted"], each["available"], each["version"]) for each in accounts["items"]
    }
    assert standing == {
        "wallet": ("97.50", "97.50", 2),
        "collection": ("-100.00", None, None),
        "desk": ("2.50", None, None),
    }

    async def entries(account, **params):
        return await ok(
            client.get(
                f"{STAFF}/books/{served.sender}/entries",
                params={"account": account, **params},
                headers=headers,
            )
        )

    page = await entries("wallet", limit=1)
    assert [(each["version"], each["balance_after"]) for each in page["items"]] == [(2, "97.50")]
    rest = await entries("wallet", limit=1, cursor=page["next_cursor"])
    assert ([each["version"] for each in rest["items"]], rest["next_cursor"]) == ([1], None)
    (leg,) = (await entries("desk"))["items"]
    assert (leg["amount"], leg["balance_after"], leg["movement_id"]) == ("2.50", None, str(deal_id))
    movement = await ok(client.get(f"{STAFF}/movements/{deal_id}", headers=headers))
    assert {each["book_id"] for each in movement["transfers"]} == {str(served.sender), str(served.receiver)}
    assert [each["state"] for each in movement["transfers"][0]["lifecycle"]] == ["created", "settled"]
    unknown = client.get(f"{STAFF}/movements/{served.sender}", headers=headers)
    assert await refused(unknown) == (404, "ledger.movement_not_found")
    nobody = client.get(f"{STAFF}/books/{deal_id}/accounts", headers=headers)
    assert await refused(nobody) == (404, "ledger.book_not_found")


async def test_accounts_and_balances_come_in_pages_in_the_order_of_the_chart(served, client, staff):
    headers, _ = await staff("auditor"), await served.deal(250)
    at = {"at": served.services.clock.now().isoformat()}
    for path, params in (("accounts", {}), ("balances", at)):
        seen, cursor = [], None
        while True:
            asked = {**params, "limit": 1} | ({} if cursor is None else {"cursor": cursor})
            page = await ok(
                client.get(f"{STAFF}/books/{served.sender}/{path}", params=asked, headers=headers)
            )
            seen += [each["account"] for each in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert seen == ["wallet", "collection", "desk"]
        for wrong in ("wallet", "nothing.1", "wallet.-1", f"wallet.{2**40}"):
            asked = {**params, "cursor": wrong}
            answer = client.get(f"{STAFF}/books/{served.sender}/{path}", params=asked, headers=headers)
            assert await refused(answer) == (400, "request.cursor_unknown")


async def test_a_book_can_be_read_at_any_moment(served, client, staff):
    headers, between = await staff("auditor"), served.services.clock.now()
    await served.deal(250)

    async def balances(by):
        answer = await ok(
            client.get(
                f"{STAFF}/books/{served.sender}/balances",
                params={"at": between.isoformat(), "by": by},
                headers=headers,
            )
        )
        return {each["account"]: each["posted"] for each in answer["items"]}

    assert await balances("recorded") == {"wallet": "100.00", "collection": "-100.00"}
    now = await ok(
        client.get(
            f"{STAFF}/books/{served.sender}/balances",
            params={"at": served.services.clock.now().isoformat()},
            headers=headers,
        )
    )
    assert {each["account"]: each["posted"] for each in now["items"]}["wallet"] == "97.50"


# ---- corrections


async def test_a_correction_is_proposed_by_one_approved_by_another_and_told_afterwards(
    served, client, people
):
    proposer, approver = await people()
    deal_id = await served.deal(2500)
    assert await served.wallets() == (7_500, 2_500)
    body = {"give": "30.00", "get": "30.00"}
    draft = await ok(
        client.post(f"{STAFF}/deals/{deal_id}/corrections", json=body, headers=proposer), status=201
    )
    assert (draft["version"], draft["state"], draft["movement_id"]) == (2, "draft", None)
    assert await served.wallets() == (7_500, 2_500)
    waiting = await ok(client.get(f"{STAFF}/corrections", headers=approver))
    assert [each["item_id"] for each in waiting["items"]] == [draft["item_id"]]
    before = served.services.clock.now()
    approval = f"{STAFF}/corrections/{draft['item_id']}/approval"
    approved = await ok(client.post(approval, headers=approver))
    assert (approved["state"], approved["give"]["amount"]) == ("active", "30.00")
    assert await served.wallets() == (7_000, 3_000)
    assert await refused(client.post(approval, headers=approver)) == (409, "ledger.already_decided")

    movement = await ok(client.get(f"{STAFF}/movements/{approved['movement_id']}", headers=approver))
    original = await ok(client.get(f"{STAFF}/movements/{deal_id}", headers=approver))
    assert {each["corrects"] for each in movement["transfers"]} == {
        each["transfer_id"] for each in original["transfers"]
    }
    assert all(each["reversed_by"] for each in original["transfers"])
    assert [each["state"] for each in original["transfers"][0]["lifecycle"]] == [
        "created",
        "settled",
        "reversed",
    ]

    now = await ok(client.get(f"{STAFF}/deals/{deal_id}", headers=approver))
    assert [(each["version"], each["state"]) for each in now["versions"]] == [
        (1, "superseded"),
        (2, "active"),
    ]
    first = now["versions"][0]
    assert (first["replaced_by"], first["replaced_actor"]) == (draft["item_id"], approved["activated_by"])
    then = await ok(
        client.get(f"{STAFF}/deals/{deal_id}", params={"at": before.isoformat()}, headers=approver)
    )
    assert (then["standing"]["version"], then["standing"]["give"]["amount"]) == (1, "25.00")
    assert now["standing"]["version"] == 2
    own = await ok(client.get(f"/v1/deals/{deal_id}", headers=served.headers))
    assert [each["give"]["amount"] for each in own["versions"]] == ["25.00", "30.00"]


async def test_who_proposes_never_approves_not_even_with_both_roles(served, client, staff):
    headers = await staff("treasurer")
    deal_id = await served.deal(2500)
    draft = await ok(
        client.post(f"{STAFF}/deals/{deal_id}/corrections", json={"reference": "R-2"}, headers=headers), 201
    )
    approval = f"{STAFF}/corrections/{draft['item_id']}/approval"
    assert await refused(client.post(approval, headers=headers)) == (403, "access.permission_missing")
    corrections = served.services.corrections
    me = await ok(client.get("/staff/me", headers=headers))
    with pytest.raises(ProposerCannotApprove):
        await corrections.approve_correction(
            Clerk(served.tenant_id, UUID(me["staff_id"])), UUID(draft["item_id"])
        )


async def test_a_rejected_correction_changes_nothing_and_makes_room_for_the_next(served, client, people):
    proposer, approver = await people()
    path = f"{STAFF}/deals/{await served.deal(2500)}/corrections"
    draft = await ok(client.post(path, json={"reference": "R-2"}, headers=proposer), 201)
    again = client.post(path, json={"reference": "R-3"}, headers=proposer)
    assert await refused(again) == (409, "ledger.correction_pending")
    rejection = f"{STAFF}/corrections/{draft['item_id']}/rejection"
    assert (await ok(client.post(rejection, headers=approver)))["state"] == "cancelled"
    assert await refused(client.post(rejection, headers=approver)) == (409, "ledger.already_decided")
    following = await ok(client.post(path, json={"reference": "R-3"}, headers=proposer), 201)
    assert following["version"] == 3
    assert await served.wallets() == (7_500, 2_500)


async def test_a_correction_that_cannot_be_carried_is_refused(served, client, people):
    proposer, approver = await people()
    path = f"{STAFF}/deals/{await served.deal(2500)}/corrections"
    for body, code in (
        ({}, "ledger.correction_empty"),
        ({"fee": "1.00"}, "ledger.correction_empty"),
        ({"give": "1.001"}, "money.inexact_amount"),
    ):
        assert (await refused(client.post(path, json=body, headers=proposer)))[1] == code
    body = {"give": "100.01", "get": "100.01"}
    draft = await ok(client.post(path, json=body, headers=proposer), 201)
    approval = f"{STAFF}/corrections/{draft['item_id']}/approval"
    assert await refused(client.post(approval, headers=approver)) == (422, "ledger.correction_not_covered")
    assert await served.wallets() == (7_500, 2_500)
    await ok(client.post(f"{STAFF}/corrections/{draft['item_id']}/rejection", headers=approver))
    other = await ok(client.post(path, json={"give": "1.00"}, headers=proposer), 201)
    uneven = client.post(f"{STAFF}/corrections/{other['item_id']}/approval", headers=approver)
    assert await refused(uneven) == (422, "ledger.correction_not_possible")


# ---- reversals


async def test_a_movement_is_reversed_by_two_people_and_once(served, client, people):
    proposer, approver = await people()
    deal_id = await served.deal(2500)
    path, body = f"{STAFF}/movements/{deal_id}/reversals", {"reason": "wrong_book"}
    first = await ok(client.post(path, json=body, headers=proposer), 201)
    second = await ok(client.post(path, json=body, headers=proposer), 201)
    approval = f"{STAFF}/reversals/{first['reversal_id']}/approval"
    assert await refused(client.post(approval, headers=proposer)) == (403, "access.permission_missing")
    approved = await ok(client.post(approval, headers=approver))
    assert (approved["outcome"], await served.wallets()) == ("approved", (10_000, 0))
    deal = await ok(client.get(f"/v1/deals/{deal_id}", headers=served.headers))
    assert (deal["state"], deal["versions"][0]["state"]) == ("reversed", "cancelled")
    assert await refused(client.post(approval, headers=approver)) == (409, "ledger.already_decided")
    late = client.post(f"{STAFF}/reversals/{second['reversal_id']}/approval", headers=approver)
    assert await refused(late) == (409, "ledger.movement_reversed")
    assert (await ok(client.post(f"{STAFF}/reversals/{second['reversal_id']}/rejection", headers=approver)))[
        "outcome"
    ] == "rejected"
    mirror = client.post(
        f"{STAFF}/movements/{approved['reversed_by']}/reversals", json=body, headers=proposer
    )
    assert await refused(mirror) == (409, "ledger.movement_reversed")
    listed = await ok(client.get(f"{STAFF}/reversals", headers=approver))
    assert [each["outcome"] for each in listed["items"]] == ["rejected", "approved"]


@pytest.mark.parametrize("body", [{"rate": "0"}, {"rate": "300.00"}, {"fee": "1.00"}])
async def test_a_correction_changes_only_what_the_deal_has(served, client, people, body):
    proposer, _ = await people()
    deal_id = await served.deal(2500)
    answer = client.post(f"{STAFF}/deals/{deal_id}/corrections", json=body, headers=proposer)
    assert await refused(answer) == (400, "ledger.correction_empty")


async def test_what_is_spent_is_not_taken_back_by_a_reversal(served, client, people):
    proposer, approver = await people()
    deal_id = await served.deal(2500)
    await served.post(served.transfer(served.receiver, Account.WALLET, Account.COLLECTION, 1))
    path = f"{STAFF}/movements/{deal_id}/reversals"
    made = await ok(client.post(path, json={"reason": "fraud"}, headers=proposer), 201)
    approval = client.post(f"{STAFF}/reversals/{made['reversal_id']}/approval", headers=approver)
    assert await refused(approval) == (422, "ledger.correction_not_covered")


async def test_a_pay_in_is_not_reversed_here(served, client, people):
    proposer, _ = await people()
    made = served.transfer(served.sender, Account.COLLECTION, Account.WALLET, 5)
    await served.post(made)
    path = f"{STAFF}/movements/{made.movement_id}/reversals"
    answer = client.post(path, json={"reason": "fraud"}, headers=proposer)
    assert await refused(answer) == (422, "ledger.reversal_not_possible")
