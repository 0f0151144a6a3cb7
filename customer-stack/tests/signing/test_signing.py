"""Passkeys and one-time codes: what proves a person, and everything near it that does not."""

import base64
import copy
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest
from fido2.utils import websafe_decode
from hypothesis import given
from hypothesis import strategies as st

from customer_stack.access.domain import Officer
from customer_stack.customers.sealing import FieldKeys, RecordSealing
from customer_stack.signing.domain import (
    CodeSecret,
    Shown,
    code_of,
    counter_grows,
    is_enough,
    match_code,
    step_of,
)
from customer_stack.signing.errors import (
    EnrolmentWordMissing,
    FactorMissing,
    FactorStands,
    LastPasskey,
    OwnEnrolmentWord,
    PasskeyNotFound,
    PasskeyRequired,
    PasskeysOff,
    ProofWrong,
    TooManyAttempts,
)
from customer_stack.signing.service import Evidence, SigningService
from customer_stack.signing.webauthn import WebAuthn
from shared.clock import FixedClock
from shared.ids import SystemIds

from .authenticator import PRESENT, Authenticator

IDS = SystemIds()
DIGEST = bytes(range(32))
RFC_SECRET = b"12345678901234567890"
RIGHT = Evidence(password="right")
GIVER = frozenset({"tenant.access.use", "tenant.signing.give_word"})
ORIGINS = frozenset({"http://localhost:8000"})


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_rfc_6238(seconds, code):
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    assert code_of(RFC_SECRET, step_of(at)) == code


@given(st.integers(-3, 3), st.integers(0, 2**31))
def test_a_code_counts_one_step_around_now_and_never_again(away, step):
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=30 * step)
    wanted = step + away
    if wanted < 0:
        return
    code = code_of(RFC_SECRET, wanted)
    found = match_code(CodeSecret(UUID(int=1), RFC_SECRET, None), code, at)
    near = {one for one in (step - 1, step, step + 1) if one >= 0 and code_of(RFC_SECRET, one) == code}
    assert (found in near) if near else found is None
    assert match_code(CodeSecret(UUID(int=1), RFC_SECRET, step + 1), code, at) is None


def test_a_counter_grows_or_the_device_counts_nothing():
    assert counter_grows(0, 0)
    assert counter_grows(5, 6)
    assert not counter_grows(5, 5)
    assert not counter_grows(5, 0)


class Person:
    """Somebody who enrols and signs."""

    def __init__(self, database, field_keys_file):
        self.database = database.app
        self.clock = FixedClock(datetime(2026, 11, 20, 12, tzinfo=UTC))
        self.officer = Officer(IDS.new(), IDS.new())
        self.colleague = Officer(self.officer.tenant_id, IDS.new())
        self.permissions = {each.staff_id: GIVER for each in (self.officer, self.colleague)}
        self.records = RecordSealing(FieldKeys.read(field_keys_file))
        self.service = self.build(WebAuthn("localhost", ORIGINS))

    def build(self, webauthn):
        return SigningService(self.database, self, self.records, webauthn, self.clock, IDS)

    async def has_password(self, tenant_id, staff_id, password):
        return password == "right"

    async def load_permissions(self, tx, staff_id):
        return self.permissions.get(staff_id, frozenset())

    def hire(self):
        """Return somebody new who may give words."""
        officer = Officer(self.officer.tenant_id, IDS.new())
        self.permissions[officer.staff_id] = GIVER
        return officer

    async def evidence(self, **evidence):
        """Show the password, and a colleague's word where no factor stands."""
        try:
            given = await self.service.give_word(self.colleague, self.officer.staff_id, RIGHT)
        except FactorStands:
            return Evidence(password="right", **evidence)
        return Evidence(password="right", word=given.text, **evidence)

    async def enrol(self, authenticator, assertion_by=None, **evidence):
        given = await self.evidence(**evidence)
        challenge_id, options = await self.service.begin_passkey(self.officer, given)
        challenge = websafe_decode(options["publicKey"]["challenge"])
        assertion = assertion_by.sign(challenge) if assertion_by else None
        answer = authenticator.create(challenge)
        return await self.service.finish_passkey(self.officer, challenge_id, answer, assertion)

    async def sign(self, answer, digest=DIGEST):
        signature = await self.service.verify(self.officer, digest, Evidence(assertion=answer))
        async with self.database.transaction(self.officer.tenant_id) as tx:
            await self.service.keep(tx, signature)
        return signature

    async def end(self, passkey_id, signed_by, ends=None, waits=timedelta(0)):
        challenge_id, options = await self.service.begin_end(self.officer, ends or passkey_id, "right")
        self.clock.advance(waits)
        answer = signed_by.sign(websafe_decode(options["publicKey"]["challenge"]))
        await self.service.end_passkey(self.officer, passkey_id, challenge_id, answer)

    async def codes(self):
        made = await self.service.begin_codes(self.officer, await self.evidence())
        secret = base64.b32decode(made.base32)
        await self.service.finish_codes(self.officer, made.id, self.code(secret))
        return secret

    def code(self, secret):
        return code_of(secret, step_of(self.clock.now()))


@pytest.fixture
def person(customer_database, field_keys_file):
    return Person(customer_database, field_keys_file)


async def test_a_passkey_signs_exactly_the_digest_and_nothing_near_it_does(person):
    key = Authenticator()
    await person.enrol(key)
    signature = await person.sign(key.sign(DIGEST))
    assert (signature.method, signature.digest) == ("passkey", DIGEST)
    good = key.sign(DIGEST)
    wrong = [
        key.sign(bytes(32)),
        key.sign(DIGEST, origin="https://evil.example"),
        key.sign(DIGEST, rp_id="evil.example"),
        key.sign(DIGEST, flags=PRESENT),
        key.sign(DIGEST, type="webauthn.create"),
        Authenticator(number=2).sign(DIGEST),
        {},
        {**good, "response": {}},
        {**good, "rawId": "AAAA"},
    ]
    for each in ("signature", "authenticatorData", "clientDataJSON"):
        broken = copy.deepcopy(good)
        raw = bytearray(websafe_decode(broken["response"][each]))
        raw[len(raw) // 2] ^= 1
        broken["response"][each] = base64.urlsafe_b64encode(bytes(raw)).decode().rstrip("=")
        wrong.append(broken)
    for answer in wrong:
        person.clock.advance(timedelta(minutes=15))
        with pytest.raises(ProofWrong):
            await person.sign(answer)
    person.clock.advance(timedelta(minutes=15))
    assert (await person.sign(key.sign(DIGEST))).method == "passkey"


async def test_a_copied_passkey_is_found_out_by_its_counter(person):
    key = Authenticator()
    await person.enrol(key)
    first, second = key.sign(DIGEST, counter=7), key.sign(DIGEST, counter=7)
    await person.sign(first)
    with pytest.raises(ProofWrong):
        await person.sign(second)
    with pytest.raises(ProofWrong):
        await person.sign(key.sign(DIGEST, counter=6))
    assert (await person.sign(key.sign(DIGEST, counter=8))).assertion.counter == 8


async def test_who_has_a_passkey_signs_with_it_and_enrols_another_with_it(person):
    secret = await person.codes()
    key, spare = Authenticator(), Authenticator(number=2)
    with pytest.raises(ProofWrong):  # the password alone adds nothing to codes
        await person.enrol(key)
    person.clock.advance(timedelta(seconds=30))
    await person.enrol(key, code=person.code(secret))
    person.clock.advance(timedelta(seconds=30))
    shown = Evidence(password="right", code=person.code(secret))
    with pytest.raises(PasskeyRequired):
        await person.service.verify(person.officer, DIGEST, shown)
    with pytest.raises(PasskeyRequired):
        await person.service.begin_codes(person.officer, shown)
    with pytest.raises(PasskeyRequired):
        await person.enrol(spare)
    await person.enrol(spare, assertion_by=key)


async def test_a_passkey_ends_with_the_signature_of_one_that_stands_and_the_last_one_stays(person):
    key, spare = Authenticator(), Authenticator(number=2)
    first = await person.enrol(key)
    with pytest.raises(LastPasskey):
        await person.end(first, key)
    second = await person.enrol(spare, assertion_by=key)
    with pytest.raises(ProofWrong):
        await person.service.begin_end(person.officer, first, "wrong")
    with pytest.raises(ProofWrong):  # the password alone ends nothing
        await person.end(first, Authenticator(number=3))
    with pytest.raises(ProofWrong):  # what was signed is the end of another one
        await person.end(first, spare, ends=second)
    with pytest.raises(ProofWrong):
        await person.end(first, spare, waits=timedelta(minutes=5))
    person.clock.advance(timedelta(minutes=15))
    await person.end(first, spare)
    with pytest.raises(PasskeyNotFound):
        await person.end(first, spare)
    with pytest.raises(LastPasskey):
        await person.end(second, spare)
    with pytest.raises(ProofWrong):
        await person.sign(key.sign(DIGEST))
    assert (await person.sign(spare.sign(DIGEST))).method == "passkey"


async def test_codes_that_were_begun_count_only_while_young_and_without_a_passkey(person):
    made = await person.service.begin_codes(person.officer, await person.evidence())
    secret = base64.b32decode(made.base32)
    person.clock.advance(timedelta(minutes=5))
    with pytest.raises(ProofWrong):
        await person.service.finish_codes(person.officer, made.id, person.code(secret))
    made = await person.service.begin_codes(person.officer, await person.evidence())
    await person.enrol(Authenticator())
    code = person.code(base64.b32decode(made.base32))
    with pytest.raises(PasskeyRequired):
        await person.service.finish_codes(person.officer, made.id, code)


async def test_a_challenge_is_used_once_by_its_person_while_it_is_young(person):
    key = Authenticator()
    evidence = await person.evidence()
    challenge_id, options = await person.service.begin_passkey(person.officer, evidence)
    answer = key.create(websafe_decode(options["publicKey"]["challenge"]))
    stranger = Officer(person.officer.tenant_id, IDS.new())
    with pytest.raises(ProofWrong):
        await person.service.finish_passkey(stranger, challenge_id, answer, None)
    with pytest.raises(ProofWrong):
        await person.service.finish_passkey(person.officer, challenge_id, answer, None)
    challenge_id, options = await person.service.begin_passkey(person.officer, evidence)
    person.clock.advance(timedelta(minutes=5))
    answer = key.create(websafe_decode(options["publicKey"]["challenge"]))
    with pytest.raises(ProofWrong):
        await person.service.finish_passkey(person.officer, challenge_id, answer, None)


async def test_a_first_factor_needs_a_word_that_a_colleague_gave_this_person_and_counts_once(person):
    service, officer = person.service, person.officer
    for begin in (service.begin_codes, service.begin_passkey):
        with pytest.raises(EnrolmentWordMissing):  # the password alone enrols nothing
            await begin(officer, Evidence(password="right"))
        with pytest.raises(ProofWrong):
            await begin(officer, Evidence(password="right", word="GUESSED"))
    with pytest.raises(OwnEnrolmentWord):
        await service.give_word(officer, officer.staff_id, RIGHT)
    with pytest.raises(ProofWrong):
        await service.give_word(person.colleague, officer.staff_id, Evidence(password="wrong"))
    person.clock.advance(timedelta(minutes=15))
    shown = await person.evidence()
    with pytest.raises(ProofWrong):  # it is another person's
        await service.begin_codes(Officer(officer.tenant_id, IDS.new()), shown)
    made = await service.begin_codes(officer, shown)
    challenge_id, options = await service.begin_passkey(officer, shown)
    secret = base64.b32decode(made.base32)
    await service.finish_codes(officer, made.id, person.code(secret))
    # Begun with the word alone; now a code is needed, and was not shown.
    answer = Authenticator().create(websafe_decode(options["publicKey"]["challenge"]))
    with pytest.raises(ProofWrong):
        await service.finish_passkey(officer, challenge_id, answer, None)
    async with person.database.transaction(officer.tenant_id) as tx:
        used = await tx.fetch_value("SELECT count(*) FROM signing_enrolment_word_use")
        kinds = await tx.fetch("SELECT kind FROM audit_record WHERE kind = 'signing.word_given'")
    assert (used, len(kinds)) == (1, 1)


async def test_two_enrolments_begun_with_one_word_do_not_both_count(person):
    service, officer, shown = person.service, person.officer, await person.evidence()
    first, second = [await service.begin_codes(officer, shown) for _ in range(2)]
    await service.finish_codes(officer, first.id, person.code(base64.b32decode(first.base32)))
    with pytest.raises(ProofWrong):
        await service.finish_codes(officer, second.id, person.code(base64.b32decode(second.base32)))


async def test_a_word_is_of_one_day_and_the_first_of_all_is_given_at_the_machine(person):
    service, officer = person.service, person.officer
    shown = await person.evidence()
    person.clock.advance(timedelta(hours=24))
    with pytest.raises(ProofWrong):
        await service.begin_codes(officer, shown)
    given = await service.words.give_at_machine(person.colleague, officer.staff_id)
    del person.permissions[person.colleague.staff_id]  # at the machine it is the operator's
    made = await service.begin_codes(officer, Evidence(password="right", word=given.text.lower()))
    person.clock.advance(timedelta(minutes=4))
    await service.finish_codes(officer, made.id, person.code(base64.b32decode(made.base32)))


@given(st.booleans(), st.booleans(), st.booleans())
def test_what_was_shown_is_enough_only_for_the_factors_that_stand(has_word, showed_code, has_secret):
    standing, another = UUID(int=1), UUID(int=2)
    shown = Shown(UUID(int=9) if has_word else None, standing if showed_code else another)
    assert is_enough(shown, standing if has_secret else None) is (showed_code if has_secret else has_word)


async def test_a_code_signs_once_and_guesses_are_stopped(person):
    with pytest.raises(FactorMissing):
        await person.service.verify(person.officer, DIGEST, Evidence(password="right", code="123456"))
    secret = await person.codes()
    person.clock.advance(timedelta(seconds=30))
    shown = Evidence(password="right", code=person.code(secret))
    twice = [await person.service.verify(person.officer, DIGEST, shown) for _ in range(2)]
    async with person.database.transaction(person.officer.tenant_id) as tx:
        await person.service.keep(tx, twice[0])
    with pytest.raises(ProofWrong):
        async with person.database.transaction(person.officer.tenant_id) as tx:
            await person.service.keep(tx, twice[1])
    for _ in range(5):
        with pytest.raises(ProofWrong):
            await person.service.verify(person.officer, DIGEST, Evidence(password="right", code="000000"))
    person.clock.advance(timedelta(seconds=30))
    right = Evidence(password="right", code=person.code(secret))
    with pytest.raises(TooManyAttempts):
        await person.service.verify(person.officer, DIGEST, right)
    person.clock.advance(timedelta(minutes=15))
    right = Evidence(password="right", code=person.code(secret))
    assert (await person.service.verify(person.officer, DIGEST, right)).method == "password_and_code"


async def test_without_an_origin_passkeys_are_off(person):
    with pytest.raises(PasskeysOff):
        await person.build(None).begin_passkey(person.officer, Evidence(password="right"))


async def test_the_database_keeps_no_signature_without_its_proof(person, customer_database):
    connection = await customer_database.connect("owner")
    with pytest.raises(asyncpg.CheckViolationError):
        await connection.execute(
            "INSERT INTO signing_signature (tenant_id, id, staff_id, digest, method, signed_at) "
            "VALUES ($1, $2, $3, $4, 'passkey', now())",
            person.officer.tenant_id,
            IDS.new(),
            person.officer.staff_id,
            DIGEST,
        )


async def test_staff_enrols_over_http(client, staff):
    headers = await staff("settlement_approver")
    wrong = await client.post("/staff/signing/codes", json={"password": "no"}, headers=headers)
    assert (wrong.status_code, wrong.json()["code"]) == (403, "signing.proof_wrong")
    shown = {"password": "a long password"}
    alone = await client.post("/staff/signing/codes", json=shown, headers=headers)
    assert (alone.status_code, alone.json()["code"]) == (403, "signing.enrolment_word_missing")
    me = (await client.get("/staff/me", headers=headers)).json()["staff_id"]
    wanted = {**shown, "staff_id": me}
    refused = await client.post("/staff/signing/enrolment-words", json=wanted, headers=headers)
    assert refused.json()["code"] == "access.permission_missing"
    giver = await staff("controller")
    given = await client.post("/staff/signing/enrolment-words", json=wanted, headers=giver)
    assert given.status_code == 201
    shown["word"] = given.json()["word"]
    made = await client.post("/staff/signing/codes", json=shown, headers=headers)
    secret = base64.b32decode(made.json()["secret"])
    assert made.json()["uri"].startswith("otpauth://totp/Bulkhead")
    code = code_of(secret, step_of(datetime.now(UTC)))
    path = f"/staff/signing/codes/{made.json()['id']}/confirmation"
    assert (await client.post(path, json={"code": code}, headers=headers)).status_code == 204
    assert (await client.get("/staff/signing/passkeys", headers=headers)).json() == {"items": []}
    assert (await client.get("/staff/signing/passkeys")).status_code == 401
