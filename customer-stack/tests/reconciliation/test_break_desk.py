"""Breaks on a real database and over HTTP: found, seen again, taken, ended by one person or two."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from customer_stack.reconciliation.domain.breaks import BreakType, Link, LinkKind, NewBreak, Unit
from customer_stack.reconciliation.service.breaks import open_breaks
from customer_stack.tenancy.service import root_department_of
from shared.ledger import store as ledger
from shared.ledger.domain import LKR, Movement, Posting, Transfer

PATH = "/staff/reconciliation/breaks"
BANK_SAYS_TWICE = "The bank confirms that it credited twice."


class Case:
    """A difference with the bank, and the staff who meet it."""

    def __init__(self, client, services, tenant, headers):
        self.client, self.services, self.tenant, self.headers = client, services, tenant, headers

    def difference(self, **changes):
        """Return a credit of LKR 30,000 that the bank booked and we did not."""
        values = {
            "tenant_id": self.tenant.id,
            "department_id": None,
            "check": "bank-lkr",
            "type": BreakType.MISSING_OURS,
            "subject": "reference BOC-2026-118",
            "unit": Unit.LKR_CENT,
            "ours": None,
            "theirs": 30_000_00,
            "evidence": (Link(LinkKind.BANK_REFERENCE, "BOC-2026-118"),),
            "at": self.services.clock.now(),
        }
        return NewBreak(**{**values, **changes})

    async def find(self, *breaks):
        async with self.services.database.transaction(self.tenant.id) as tx:
            return await open_breaks(tx, breaks)

    async def post(self, role, break_id, what, body=None):
        answer = await self.client.post(
            f"{PATH}/{break_id}/{what}", json=body or {}, headers=self.headers[role]
        )
        return answer.json() if answer.is_success else answer.json()["code"]

    async def get(self, path):
        answer = await self.client.get(path, headers=self.headers["auditor"])
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def open_ids(self, query=""):
        return [each["id"] for each in (await self.get(f"{PATH}?{query}"))["items"]]

    async def audited(self):
        async with self.services.database.transaction(self.tenant.id) as tx:
            rows = await tx.fetch(
                "SELECT kind FROM audit_record WHERE kind LIKE 'reconciliation.break%' ORDER BY txid, id"
            )
        return [row["kind"].removeprefix("reconciliation.break_") for row in rows]

    async def book(self):
        """Post what treasury would: the credit that was missing. Return the transfer's id."""
        ids, now = self.services.ids, self.services.clock.now()
        async with self.services.database.transaction(self.tenant.id) as tx:
            department = (await root_department_of(tx, self.tenant.id)).id
            posting = Posting(LKR, "collection", "suspense", 30_000_00, "inflow")
            transfer = Transfer(ids.new(), ids.new(), self.tenant.id, department, "pay_in", now, (posting,))
            await ledger.post(tx, Movement(transfers=(transfer,)))
        return str(transfer.id)


@pytest.fixture
async def case(client, services, tenant, staff):
    roles = ("treasurer", "controller", "auditor", "settlement_proposer")
    return Case(client, services, tenant, {role: await staff(role) for role in roles})


async def test_the_same_difference_is_one_break_until_it_ends(case):
    found = case.difference()
    (first,), (again,) = await case.find(found), await case.find(found)
    assert first == again
    both = await asyncio.gather(*(case.find(case.difference(subject="reference BOC-7")) for _ in range(4)))
    assert len({break_id for (break_id,) in both}) == 1
    later = case.difference(theirs=500_00, at=found.at + timedelta(days=1))
    assert await case.find(later, case.difference(subject="reference BOC-8"), later) == (
        first,
        (await case.find(case.difference(subject="reference BOC-8")))[0],
        first,
    )
    shown = await case.get(f"{PATH}/{first}")
    assert (shown["found"]["theirs"], shown["found"]["is_material"]) == ("500.00", False)
    assert [each["theirs"] for each in shown["sightings"]] == ["500.00"]
    assert shown["evidence"] == [{"kind": "bank_reference", "reference": "BOC-2026-118"}]
    assert await case.audited() == ["found", "found", "moved", "found"]
    await case.post("treasurer", first, "owner")
    await case.post("treasurer", first, "proposal", {"how": "explained", "reason": BANK_SAYS_TWICE})
    assert str(first) not in await case.open_ids()
    (other,) = await case.find(found)
    assert other != first
    assert await case.open_ids("is_material=true&type=missing_ours&check=bank-lkr&limit=1") == [str(other)]


async def test_a_material_break_ends_by_two_persons_and_a_transfer_that_is_in_the_books(case):
    (break_id,) = await case.find(case.difference())
    end = {"how": "corrected", "reason": "Booked into suspense.", "transfer_id": str(case.services.ids.new())}
    assert await case.post("auditor", break_id, "owner") == "access.permission_missing"
    assert await case.post("treasurer", break_id, "proposal", end) == "reconciliation.transfer_mismatch"
    end["transfer_id"] = await case.book()
    assert await case.post("treasurer", break_id, "proposal", end) == "reconciliation.break_not_yours"
    for _ in range(2):
        assert (await case.post("treasurer", break_id, "owner"))["state"] == "owned"
    assert await case.post("treasurer", break_id, "notes", {"note": "a\x00bc"}) == "request.invalid"
    await case.post("treasurer", break_id, "notes", {"note": BANK_SAYS_TWICE})
    for _ in range(2):
        assert (await case.post("treasurer", break_id, "proposal", end))["state"] == "proposed"
    assert await case.post("settlement_proposer", break_id, "owner") == "reconciliation.proposal_stands"
    assert await case.post("treasurer", break_id, "approval") == "access.permission_missing"
    # The bank says more meanwhile: nobody approves what was proposed on other values.
    await case.find(case.difference(theirs=60_000_00))
    assert await case.post("controller", break_id, "approval") == "reconciliation.difference_moved"
    assert (await case.post("controller", break_id, "rejection", {"note": "It moved."}))["state"] == "owned"
    await case.post("treasurer", break_id, "proposal", end)
    ended = await case.post("controller", break_id, "approval")
    assert (ended["state"], ended["ending"]["transfer_id"]) == ("ended", end["transfer_id"])
    assert await case.post("controller", break_id, "approval") == "reconciliation.break_ended"
    kinds = [step["kind"] for step in (await case.get(f"{PATH}/{break_id}"))["steps"]]
    assert kinds == ["taken", "noted", "proposed", "rejected", "proposed", "approved"]
    (adjustment,) = (await case.get("/staff/reconciliation/adjustments"))["items"]
    assert adjustment["corrected"]["id"] == str(break_id)
    assert adjustment["moved"] == [
        {"source": "collection", "target": "suspense", "asset": "LKR", "amount": "30000.00"}
    ]
    assert await case.open_ids("state=ended") == [str(break_id)]
    assert await case.audited() == [
        *("found", "taken", "noted", "end_proposed", "moved", "end_rejected", "end_proposed", "ended")
    ]


async def test_the_database_refuses_one_pair_of_eyes_a_second_end_and_a_transfer_of_nobody(case):
    (break_id,) = await case.find(case.difference())
    person, other, tenant = case.services.ids.new(), case.services.ids.new(), case.tenant.id
    step = (
        "INSERT INTO reconciliation_break_step (tenant_id, break_id, number, kind, taken_by, sighting, note, "
        "how, book_id, transfer_id, answers, proposed_by, taken_at) VALUES ($1, $2, $3, $4, $5, 1, $6, $7, "
        "$8, $8, $9, $10, now())"
    )
    end = (
        "INSERT INTO reconciliation_break_end (tenant_id, break_id, step, how, ended_at) "
        "VALUES ($1, $2, $3, 'explained', now())"
    )
    proposed = (step, tenant, break_id, 1, "proposed", person, "why", "explained", None, None, None)
    approved = (step, tenant, break_id, 2, "approved", other, None, None, None, 1, person)
    refused = [
        (step, tenant, break_id, 2, "approved", person, None, None, None, 1, person),
        (step, tenant, break_id, 2, "proposed", person, "why", "corrected", other, None, None),
        (step, tenant, break_id, 2, "ended", person, None, "explained", None, None, None),
        (step, tenant, break_id, 2, "approved", other, None, None, None, None, None),
    ]

    async def write(*statements):
        async with case.services.database.transaction(tenant) as tx:
            for statement in statements:
                await tx.execute(*statement)

    await write(proposed)
    for statement in refused:
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            await write(statement)
    await write(approved, (end, tenant, break_id, 2))
    with pytest.raises(asyncpg.UniqueViolationError, match="end_pk"):
        await write((end, tenant, break_id, 1))
    with pytest.raises(asyncpg.UniqueViolationError, match="decided_once"):
        await write((step, tenant, break_id, 3, "rejected", other, "no", None, None, 1, person))
