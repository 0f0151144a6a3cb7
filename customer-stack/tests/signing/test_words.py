"""Words of enrolment: who gives them, to whom, and what no longer counts; wrong codes that stay counted."""

import base64
from datetime import timedelta

import pytest
from fido2.utils import websafe_decode

from customer_stack.access.domain import Officer
from customer_stack.signing.errors import (
    ColleagueNotFound,
    EnrolmentWordNotFound,
    FactorMissing,
    FactorStands,
    OwnEnrolmentWord,
    PasskeyRequired,
    ProofWrong,
    TooManyAttempts,
)
from customer_stack.signing.service import Evidence

from .authenticator import Authenticator
from .test_signing import DIGEST, IDS, RIGHT, Person

WRONG = Evidence(password="right", code="000000")


@pytest.fixture
def person(customer_database, field_keys_file):
    return Person(customer_database, field_keys_file)


async def guess(person, times):
    for _ in range(times):
        with pytest.raises(ProofWrong):
            await person.service.verify(person.officer, DIGEST, WRONG)


async def test_wrong_codes_are_counted_on_whatever_the_password_alone_does(person):
    secret, newcomer = await person.codes(), person.hire()
    await guess(person, 4)
    with pytest.raises(ProofWrong):  # who has codes shows one
        await person.service.give_word(person.officer, newcomer.staff_id, RIGHT)
    with pytest.raises(TooManyAttempts):
        await person.service.verify(person.officer, DIGEST, WRONG)
    person.clock.advance(timedelta(minutes=15))
    await guess(person, 4)
    shown = Evidence(password="right", code=person.code(secret))
    await person.service.give_word(person.officer, newcomer.staff_id, shown)
    with pytest.raises(ProofWrong):  # once
        await person.service.give_word(person.officer, newcomer.staff_id, shown)
    await guess(person, 4)
    with pytest.raises(TooManyAttempts):
        await person.service.verify(person.officer, DIGEST, WRONG)


async def test_the_password_alone_takes_back_its_own_attempt_and_no_other(person):
    newcomer = person.hire()
    for _ in range(4):
        with pytest.raises(ProofWrong):
            await person.service.give_word(person.colleague, newcomer.staff_id, Evidence(password="no"))
    for _ in range(6):  # what was right is not counted
        await person.service.give_word(person.colleague, newcomer.staff_id, RIGHT)
    with pytest.raises(ProofWrong):
        await person.service.give_word(person.colleague, newcomer.staff_id, Evidence(password="no"))
    with pytest.raises(TooManyAttempts):
        await person.service.give_word(person.colleague, newcomer.staff_id, RIGHT)


async def test_to_begin_the_end_of_a_passkey_clears_no_wrong_attempt(person):
    key, spare = Authenticator(), Authenticator(number=2)
    first = await person.enrol(key)
    await person.enrol(spare, assertion_by=key)
    for _ in range(4):
        with pytest.raises(ProofWrong):
            await person.sign(Authenticator(number=3).sign(DIGEST))
    for _ in range(6):
        await person.service.begin_end(person.officer, first, "right")
    with pytest.raises(ProofWrong):
        await person.sign(Authenticator(number=3).sign(DIGEST))
    with pytest.raises(TooManyAttempts):
        await person.service.begin_end(person.officer, first, "right")


async def test_who_has_a_passkey_gives_a_word_with_it_for_exactly_this_person(person):
    newcomer, other, key = person.hire(), person.hire(), Authenticator()
    with pytest.raises(FactorMissing):
        await person.service.begin_word(person.officer, newcomer.staff_id, "right")
    await person.enrol(key)
    service, officer = person.service, person.officer
    with pytest.raises(PasskeyRequired):
        await service.give_word(officer, newcomer.staff_id, RIGHT)

    async def give(to, begun_for, signer):
        challenge_id, options = await service.begin_word(officer, begun_for.staff_id, "right")
        signed = Evidence(assertion=signer.sign(websafe_decode(options["publicKey"]["challenge"])))
        return await service.give_word(officer, to.staff_id, signed, challenge_id)

    with pytest.raises(ProofWrong):
        await give(newcomer, other, key)
    with pytest.raises(ProofWrong):
        await give(newcomer, newcomer, Authenticator(number=2))
    assert (await give(newcomer, newcomer, key)).word.given_by == officer.staff_id


async def test_a_word_is_for_a_colleague_who_works_here_and_has_no_factor(person):
    service, colleague = person.service, person.colleague
    with pytest.raises(ColleagueNotFound):
        await service.give_word(colleague, IDS.new(), RIGHT)
    with pytest.raises(ColleagueNotFound):
        await service.words.give_at_machine(colleague, IDS.new())
    with pytest.raises(OwnEnrolmentWord):
        await service.words.give_at_machine(colleague, colleague.staff_id)
    await person.codes()
    with pytest.raises(FactorStands):
        await service.give_word(colleague, person.officer.staff_id, RIGHT)
    with pytest.raises(FactorStands):
        await service.words.give_at_machine(colleague, person.officer.staff_id)


async def test_a_word_counts_while_its_giver_may_give_words(person):
    shown = await person.evidence()
    made = await person.service.begin_codes(person.officer, shown)
    person.permissions[person.colleague.staff_id] = frozenset({"tenant.access.use"})
    with pytest.raises(ProofWrong):
        await person.service.begin_codes(person.officer, shown)
    code = person.code(base64.b32decode(made.base32))
    with pytest.raises(ProofWrong):  # begun before
        await person.service.finish_codes(person.officer, made.id, code)


async def test_a_word_ends_once_and_lets_nobody_in_after_it(person):
    service, officer = person.service, person.officer
    given = await service.give_word(person.colleague, officer.staff_id, RIGHT)
    shown = Evidence(password="right", word=given.text)
    made = await service.begin_codes(officer, shown)
    with pytest.raises(EnrolmentWordNotFound):  # of another operator
        await service.words.end(Officer(IDS.new(), IDS.new()), given.word.id)
    ender = person.hire()
    await service.words.end(ender, given.word.id)
    with pytest.raises(EnrolmentWordNotFound):
        await service.words.end(ender, given.word.id)
    with pytest.raises(ProofWrong):
        await service.begin_codes(officer, shown)
    with pytest.raises(ProofWrong):
        await service.finish_codes(officer, made.id, person.code(base64.b32decode(made.base32)))
    async with person.database.transaction(officer.tenant_id) as tx:
        rows = await tx.fetch(
            "SELECT kind, body FROM audit_record WHERE kind LIKE 'signing.word%' ORDER BY id"
        )
    assert [kind for kind, _ in rows] == ["signing.word_given", "signing.word_ended"]
    for (_, body), who in zip(rows, (person.colleague, ender), strict=True):
        assert who.actor.encode() in body


async def test_a_word_that_let_somebody_in_does_not_end(person):
    given = await person.service.give_word(person.colleague, person.officer.staff_id, RIGHT)
    made = await person.service.begin_codes(person.officer, Evidence(password="right", word=given.text))
    await person.service.finish_codes(person.officer, made.id, person.code(base64.b32decode(made.base32)))
    with pytest.raises(EnrolmentWordNotFound):
        await person.service.words.end(person.colleague, given.word.id)


async def test_the_word_at_the_machine_names_who_gave_it(person):
    operator = Officer(person.officer.tenant_id, IDS.new())
    given = await person.service.words.give_at_machine(operator, person.officer.staff_id)
    async with person.database.transaction(operator.tenant_id) as tx:
        body = await tx.fetch_value("SELECT body FROM audit_record WHERE kind = 'signing.word_given'")
    assert operator.actor.encode() in body
    assert given.word.given_by is None


async def test_words_over_http(client, staff):
    headers, giver = await staff("settlement_approver"), await staff("controller")
    me = (await client.get("/staff/me", headers=headers)).json()["staff_id"]
    wanted = {"password": "a long password", "staff_id": str(IDS.new())}
    path = "/staff/signing/enrolment-words"
    unknown = await client.post(path, json=wanted, headers=giver)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "signing.colleague_not_found")
    given = (await client.post(path, json={**wanted, "staff_id": me}, headers=giver)).json()
    refused = await client.post(f"{path}/{given['id']}/end", headers=headers)
    assert refused.json()["code"] == "access.permission_missing"
    assert (await client.post(f"{path}/{given['id']}/end", headers=giver)).status_code == 204
    shown = {"password": "a long password", "word": given["word"]}
    ended = await client.post("/staff/signing/codes", json=shown, headers=headers)
    assert ended.json()["code"] == "signing.proof_wrong"
