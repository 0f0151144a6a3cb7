"""Businesses: who must be declared, who must be verified, and that two people decide."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_stack.access.domain import Officer
from customer_stack.customers.domain import Status
from customer_stack.kyc.domain.businesses import (
    WHOLE_BASIS,
    BusinessVerdict,
    Owner,
    decide,
    first_eyes,
    require_declared,
    require_room,
    require_verified,
)
from customer_stack.kyc.domain.checks import Outcome
from customer_stack.kyc.errors import OwnersIncomplete, OwnersUnverified, SamePerson
from customer_stack.screening.domain.alerts import Subject, Verdict
from customer_stack.screening.service.standing import are_clear

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
PEOPLE = [UUID(int=number) for number in range(1, 5)]


def owner(share=5000, *, director=True, customer=PEOPLE[0]):
    return Owner(uuid4(), UUID(int=9), share, director, NOW, customer)


def refuses(*owners, threshold=2500):
    try:
        require_declared(owners, threshold)
    except OwnersIncomplete:
        return True
    return False


@given(st.lists(st.integers(1, WHOLE_BASIS), max_size=8), st.integers(1, WHOLE_BASIS))
def test_what_is_not_declared_is_never_enough_to_have_to_be(shares, threshold):
    owners = [owner(share) for share in shares]
    undeclared = WHOLE_BASIS - sum(shares)
    assert refuses(*owners, threshold=threshold) is (not shares or undeclared >= threshold)


def test_a_director_and_everybodys_acceptance_are_needed():
    assert not refuses(owner(8000))
    assert refuses(owner(8000, director=False))
    assert refuses(owner(8000), owner(2000, customer=None))


@pytest.mark.parametrize(
    ("present", "share", "director", "fits"),
    [
        ([4000, 4000], 2000, False, True),
        ([4000, 4000], 2001, False, False),
        ([10000], 0, True, True),
        ([10000], 0, False, False),
        ([1] * 50, 1, True, False),
    ],
)
def test_shares_never_exceed_the_whole_and_nobody_is_declared_for_nothing(present, share, director, fits):
    owners = [owner(each) for each in present]
    if fits:
        require_room(owners, share, is_director=director)
    else:
        with pytest.raises(OwnersIncomplete):
            require_room(owners, share, is_director=director)


def test_everybody_declared_is_verified():
    people = [owner(5000), owner(5000, customer=PEOPLE[1])]
    require_verified(people, frozenset(PEOPLE[:2]))
    for verified in (frozenset(), frozenset(PEOPLE[:1])):
        with pytest.raises(OwnersUnverified):
            require_verified(people, verified)


@given(
    st.lists(st.tuples(st.sampled_from([Outcome.PASS, Outcome.REJECT]), st.sampled_from(PEOPLE)), max_size=12)
)
def test_only_two_people_who_agree_in_a_row_decide(wanted):
    verdicts, state = [], None
    for outcome, person in wanted:
        first = first_eyes(verdicts)
        if first is not None and first.staff_id == person:
            with pytest.raises(SamePerson):
                decide(verdicts, outcome, person)
            continue
        state = decide(verdicts, outcome, person)
        verdicts.append(BusinessVerdict(len(verdicts) + 1, outcome, person, NOW))
        if state is not None:
            one, other = verdicts[-2:]
            assert one.staff_id != other.staff_id
            assert one.outcome is other.outcome is outcome
            break
    if state is None:
        pairs = zip(verdicts[::2], verdicts[1::2], strict=False)
        assert all(one.outcome is not other.outcome for one, other in pairs)


BODY = {"name": "Lanka Spices (Pvt) Ltd", "number": "pv 123456", "country": "LK"}


@pytest.fixture
def declare(active_customer, client):
    """Declare a business: its path and the representative's headers."""

    async def do(**changes):
        _, headers = await active_customer()
        answer = await client.post("/v1/kyc/businesses", json=BODY | changes, headers=headers)
        assert answer.status_code == 201, answer.text
        return f"/v1/kyc/businesses/{answer.json()['business']['business_id']}", headers

    return do


@pytest.fixture
def invite(client):
    async def do(path, headers, share, *, director=False):
        body = {"share_basis": share, "is_director": director}
        return await client.post(f"{path}/owners", json=body, headers=headers)

    return do


async def code_of(answer):
    return answer.status_code, answer.json()["code"]


async def accept(client, invitation, headers):
    token = {"token": invitation.json()["token"]}
    return await client.post("/v1/kyc/business-invitations/accept", json=token, headers=headers)


async def test_a_business_is_declared_owned_submitted_and_approved_by_two_people(
    client, services, tenant, active_customer, declare, invite, staff
):
    path, headers = await declare()
    assert await code_of(await client.post(f"{path}/submit", headers=headers)) == (
        422,
        "kyc.owners_incomplete",
    )
    own = await invite(path, headers, 6000, director=True)
    assert (await accept(client, own, headers)).status_code == 204
    other_id, other = await active_customer()
    theirs = await invite(path, headers, 3000)
    assert await code_of(await client.post(f"{path}/submit", headers=headers)) == (
        422,
        "kyc.owners_incomplete",
    )
    for _ in range(2):
        assert (await accept(client, theirs, other)).status_code == 204
    _, stranger = await active_customer()
    assert await code_of(await accept(client, theirs, stranger)) == (404, "kyc.invitation_invalid")
    assert await code_of(await client.get(path, headers=stranger)) == (404, "kyc.business_not_found")
    for _ in range(2):
        submitted = await client.post(f"{path}/submit", headers=headers)
        assert (submitted.status_code, submitted.json()["business"]["state"]) == (200, "pending")
    assert await code_of(await invite(path, headers, 1000)) == (409, "kyc.business_conflict")
    place = path.replace("/v1/", "/staff/")
    one, two = await staff("compliance"), await second_officer(services, tenant)
    seen = (await client.get(place, headers=one)).json()
    assert (seen["name"], seen["number"]) == ("Lanka Spices (Pvt) Ltd", "PV 123456")
    assert str(other_id) in seen["customers"].values()
    officer = Officer(tenant.id, uuid4())
    await services.standing.restrictions.freeze(officer, other_id)
    verdict = {"json": {"outcome": "pass"}}
    answer = await client.post(f"{place}/verdict", headers=one, **verdict)
    assert await code_of(answer) == (409, "kyc.owners_unverified")
    await services.standing.restrictions.release(officer, other_id)
    answer = await client.post(f"{place}/verdict", headers=one, **verdict)
    assert await code_of(answer) == (409, "kyc.business_unscreened")
    await screen_all(
        services, tenant, [*map(UUID, seen["customers"].values())], UUID(path.rpartition("/")[2])
    )
    assert (await client.post(f"{place}/verdict", headers=one, **verdict)).json()["verdicts"] == 1
    assert await code_of(await client.post(f"{place}/verdict", headers=one, **verdict)) == (
        403,
        "kyc.same_person",
    )
    done = await client.post(f"{place}/verdict", headers=two, **verdict)
    assert done.json()["business"]["state"] == "approved"
    again = await client.post(f"{place}/verdict", headers=two, **verdict)
    assert await code_of(again) == (409, "kyc.business_conflict")


async def screen_all(services, tenant, owners, business_id):
    for owner_id in owners:
        await services.screening.subjects.screen(Subject(tenant.id, owner_id))
    async with services.database.transaction(tenant.id) as tx:
        assert not await are_clear(tx, business_id, owners)
    verdict = await services.screening.subjects.screen(Subject(tenant.id, owners[0], business_id))
    async with services.database.transaction(tenant.id) as tx:
        assert await are_clear(tx, business_id, owners) is (verdict is Verdict.CLEAR)
    return verdict


async def test_a_business_that_resembles_a_listed_one_waits_for_a_person(
    client, services, tenant, active_customer, declare, invite
):
    path, headers = await declare(name="Harrowgate Phantom Shipping Company")
    await accept(client, await invite(path, headers, 9000, director=True), headers)
    assert (await client.post(f"{path}/submit", headers=headers)).status_code == 200
    async with services.database.transaction(tenant.id) as tx:
        queued = await tx.fetch("SELECT payload FROM pgqueuer WHERE entrypoint = 'kyc.business_submitted'")
        (row,) = await tx.fetch("SELECT id, representative_id FROM kyc_business")
    assert [str(row["id"]) in each["payload"].decode() for each in queued] == [True]
    found = await screen_all(services, tenant, [row["representative_id"]], row["id"])
    assert found is Verdict.POSSIBLE
    account = await services.customers.read_account(tenant.id, row["representative_id"])
    assert account.status is Status.ACTIVE


async def second_officer(services, tenant):
    await services.access.ensure_staff(tenant.id, "second-officer", "compliance", "a long password")
    session = await services.access.sign_in(tenant.slug, "second-officer", "a long password")
    return {"Authorization": f"Bearer {session.token}"}


async def test_a_business_is_declared_once_and_its_name_is_sealed(
    client, services, tenant, declare, active_customer
):
    _, headers = await declare()
    _, other = await active_customer()
    twice = await client.post("/v1/kyc/businesses", json=BODY | {"number": "PV123456"}, headers=other)
    assert await code_of(twice) == (409, "kyc.business_conflict")
    async with services.database.transaction(tenant.id) as tx:
        row = await tx.fetch_row("SELECT name_sealed, number_sealed FROM kyc_business")
        audited = [each["body"] for each in await tx.fetch("SELECT body FROM audit_record")]
    assert b"Spices" not in row["name_sealed"]
    assert b"123456" not in row["number_sealed"] + b"".join(audited)
    listed = (await client.get("/v1/kyc/businesses", headers=headers)).json()["items"]
    assert [each["state"] for each in listed] == ["draft"]


async def test_owners_change_in_draft_only_and_never_by_hand(
    client, services, tenant, declare, invite, active_customer
):
    path, headers = await declare()
    first = await invite(path, headers, 9000, director=True)
    assert await code_of(await invite(path, headers, 2000)) == (422, "kyc.owners_incomplete")
    owner_id = first.json()["owner_id"]
    assert (await client.delete(f"{path}/owners/{owner_id}", headers=headers)).status_code == 204
    gone = await client.delete(f"{path}/owners/{owner_id}", headers=headers)
    assert await code_of(gone) == (404, "kyc.invitation_invalid")
    assert await code_of(await accept(client, first, headers)) == (404, "kyc.invitation_invalid")
    again = await invite(path, headers, 9000, director=True)
    await accept(client, again, headers)
    await client.post(f"{path}/submit", headers=headers)
    for change in ("UPDATE kyc_owner SET share_basis = 1", "DELETE FROM kyc_owner"):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            async with services.database.transaction(tenant.id) as tx:
                await tx.execute(change)


async def test_staff_sees_and_decides_only_as_far_as_roles_reach(client, declare, staff):
    path, _ = await declare()
    place = path.replace("/v1/", "/staff/")
    auditor, analyst = await staff("auditor"), await staff("kyc_analyst")
    listed = (await client.get("/staff/kyc/businesses", headers=auditor)).json()["items"]
    assert [each["state"] for each in listed] == ["draft"]
    assert (await client.get(place, headers=auditor)).status_code == 403
    verdict = await client.post(f"{place}/verdict", json={"outcome": "pass"}, headers=analyst)
    assert await code_of(verdict) == (403, "kyc.reviewer_unsuitable")
    wrong = await client.post(f"{place}/verdict", json={"outcome": "escalate"}, headers=analyst)
    assert await code_of(wrong) == (422, "request.invalid")


async def test_who_is_not_verified_declares_nothing(client, registration, sign_in):
    body = registration()
    await client.post("/v1/customers", json=body)
    headers = {"Authorization": f"Bearer {await sign_in(body)}"}
    assert await code_of(await client.post("/v1/kyc/businesses", json=BODY, headers=headers)) == (
        409,
        "kyc.business_conflict",
    )
