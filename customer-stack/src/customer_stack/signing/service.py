"""Use cases of signing: enrol factors, sign a digest.

A signature is made in two steps. `verify` looks at the proof outside the act's transaction, since a
password takes tens of milliseconds; `keep` writes the signature in the act's transaction, where a code or
a counter that was used meanwhile is refused.
"""

import base64
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol
from uuid import UUID

from customer_stack.access.domain import Officer
from customer_stack.signing import store
from customer_stack.signing.domain import (
    ATTEMPTS,
    PAUSE,
    SECRET_BYTES,
    Assertion,
    Challenge,
    CodeProof,
    CodeSecret,
    Passkey,
    Shown,
    Signature,
    counter_grows,
    digest_end,
    digest_word,
    is_enough,
    is_fresh,
    is_young,
    match_code,
)
from customer_stack.signing.errors import (
    FactorMissing,
    LastPasskey,
    PasskeyNotFound,
    PasskeyRequired,
    PasskeysOff,
    ProofWrong,
    TooManyAttempts,
)
from customer_stack.signing.webauthn import WebAuthn, credential_id_of
from customer_stack.signing.words import EnrolmentWords, GivenWord, People
from shared.audit import AuditRecord, append
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.ids import Ids

CHALLENGE_BYTES: Final = 32


class Secrets(Protocol):
    """Encrypts secrets of codes, bound to their rows."""

    def seal(self, place: tuple[str, str, UUID], text: str) -> bytes:
        """Return a text encrypted for a place."""
        ...

    def open(self, place: tuple[str, str, UUID], sealed: bytes) -> str:
        """Return the text that was sealed for a place."""
        ...


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a person shows: an assertion of a passkey, or password and code.

    `word`: of a colleague, with the password, by who has no factor yet.
    """

    assertion: Mapping[str, Any] | None = None
    password: str | None = None
    code: str | None = None
    word: str | None = None


@dataclass(frozen=True, slots=True)
class NewSecret:
    """A secret to scan; it counts once a code of it was shown."""

    id: UUID
    base32: str


class SigningService:
    """Factors of staff, and signatures."""

    def __init__(
        self,
        database: Database,
        people: People,
        secrets: Secrets,
        webauthn: WebAuthn | None,
        clock: Clock,
        ids: Ids,
    ) -> None:
        """Without `webauthn`, passkeys are off and codes stand for them."""
        self._database = database
        self._people = people
        self._secrets = secrets
        self._webauthn = webauthn
        self._clock = clock
        self._ids = ids
        self.words = EnrolmentWords(database, people, clock, ids)

    async def request_options(self, officer: Officer, digest: bytes) -> dict[str, Any] | None:
        """Return what a browser needs to sign `digest`; None for a person without a passkey."""
        async with self._database.transaction(officer.tenant_id) as tx:
            passkeys = await store.load_passkeys(tx, officer.staff_id)
        if not passkeys:
            return None
        return self._require_webauthn().request_options(digest, passkeys)

    async def verify(self, officer: Officer, digest: bytes, evidence: Evidence) -> Signature:
        """Return the signature that `evidence` proves, to be kept in the transaction of the act.

        Raises ProofWrong, TooManyAttempts, FactorMissing, PasskeyRequired.
        """
        await self._begin(officer)
        passkeys, secret = await self._load_factors(officer)
        if not passkeys and secret is None:
            raise FactorMissing("Enrol a passkey or one-time codes first, then sign.")
        unsigned = Signature(self._ids.new(), officer.tenant_id, officer.staff_id, digest, self._clock.now())
        if passkeys:
            return replace(unsigned, assertion=self._assert(digest, passkeys, evidence))
        return replace(unsigned, code=await self._show_code(officer, secret, evidence))

    async def keep(self, tx: Transaction, signature: Signature) -> None:
        """Write a verified signature in the transaction of what it approves. Raises ProofWrong."""
        await store.lock_staff(tx, signature.staff_id)
        if signature.assertion is not None:
            standing = {one.id: one for one in await store.load_passkeys(tx, signature.staff_id)}
            passkey = standing.get(signature.assertion.passkey_id)
            if passkey is None or not counter_grows(passkey.counter, signature.assertion.counter):
                raise _wrong()
        elif signature.code is not None and not await store.insert_code_use(
            tx, signature.tenant_id, signature.code.secret_id, signature.code.step, signature.signed_at
        ):
            raise _wrong()
        await store.insert_signature(tx, signature)
        await store.insert_pass(tx, (signature.tenant_id, signature.staff_id), self._clock.now())

    async def begin_passkey(self, officer: Officer, evidence: Evidence) -> tuple[UUID, dict[str, Any]]:
        """Return a challenge's id and what a browser needs to make a passkey.

        Beside the password: who has codes and no passkey shows a code, who has neither a colleague's word.
        Raises ProofWrong, TooManyAttempts, EnrolmentWordMissing.
        """
        webauthn = self._require_webauthn()
        number = await self._begin(officer)
        passkeys, secret = await self._load_factors(officer)
        proof = None
        if secret is not None and not passkeys:
            proof = await self._show_code(officer, secret, evidence)
        else:
            await self._require_password(officer, evidence)
        async with self._database.transaction(officer.tenant_id) as tx:
            needs_word = not passkeys and proof is None
            shown = await self._look_at_word(tx, officer, evidence) if needs_word else Shown()
            await self._use(tx, officer, number, proof)
            shown = Shown(secret_id=proof.secret_id) if proof is not None else shown
            challenge = replace(self._make_challenge(officer), shown=shown)
            await store.insert_challenge(tx, officer.tenant_id, challenge)
            await self._record(tx, officer, "signing.passkey_begun", {"challenge": challenge.id})
        return challenge.id, webauthn.creation_options(officer.staff_id, challenge.challenge, passkeys)

    async def finish_passkey(
        self,
        officer: Officer,
        challenge_id: UUID,
        answer: Mapping[str, Any],
        assertion: Mapping[str, Any] | None,
    ) -> UUID:
        """Keep a new passkey; who has one signs the challenge with it too.

        What is needed is what the factors that stand now ask for. Raises ProofWrong, PasskeyRequired.
        """
        webauthn, now = self._require_webauthn(), self._clock.now()
        challenge = await self._use_challenge(officer, challenge_id)
        made = webauthn.read_creation(challenge.challenge, answer)
        if made is None:
            raise _wrong()
        credential, counter = made
        passkey = Passkey(
            id=self._ids.new(),
            tenant_id=officer.tenant_id,
            staff_id=officer.staff_id,
            credential_id=credential_id_of(credential),
            credential=credential,
            counter=counter,
            enrolled_at=now,
        )
        async with self._database.transaction(officer.tenant_id) as tx:
            await store.lock_staff(tx, officer.staff_id)
            known = await store.load_passkeys(tx, officer.staff_id)
            if known:
                self._assert(challenge.challenge, known, Evidence(assertion=assertion))
            else:
                await self._require_enough(tx, officer, challenge.shown)
            if not await store.insert_passkey(tx, passkey):
                raise _wrong()
            await self._record(tx, officer, "signing.passkey_enrolled", {"passkey": passkey.id})
        return passkey.id

    async def list_passkeys(self, officer: Officer) -> tuple[Passkey, ...]:
        """Return a person's passkeys that stand."""
        async with self._database.transaction(officer.tenant_id) as tx:
            return await store.load_passkeys(tx, officer.staff_id)

    async def begin_end(
        self, officer: Officer, passkey_id: UUID, password: str
    ) -> tuple[UUID, dict[str, Any]]:
        """Return a challenge's id and what a browser needs to sign that a passkey ends.

        Raises PasskeyNotFound, LastPasskey, ProofWrong, TooManyAttempts.
        """
        webauthn = self._require_webauthn()
        number = await self._begin(officer)
        await self._require_password(officer, Evidence(password=password))
        challenge = self._make_challenge(officer)
        async with self._database.transaction(officer.tenant_id) as tx:
            await self._use(tx, officer, number, None)
            passkeys = await self._require_another(tx, officer, passkey_id)
            await store.insert_challenge(tx, officer.tenant_id, challenge)
            body = {"challenge": challenge.id, "passkey": passkey_id}
            await self._record(tx, officer, "signing.passkey_end_begun", body)
        return challenge.id, webauthn.request_options(digest_end(challenge, passkey_id), passkeys)

    async def end_passkey(
        self, officer: Officer, passkey_id: UUID, challenge_id: UUID, assertion: Mapping[str, Any]
    ) -> None:
        """End one of your passkeys, signed for by one that stands; the last one stays.

        Raises PasskeyNotFound, LastPasskey, ProofWrong, TooManyAttempts.
        """
        await self._begin(officer)
        now = self._clock.now()
        challenge = await self._use_challenge(officer, challenge_id)
        digest = digest_end(challenge, passkey_id)
        async with self._database.transaction(officer.tenant_id) as tx:
            await store.lock_staff(tx, officer.staff_id)
            passkeys = await self._require_another(tx, officer, passkey_id)
            signed = self._assert(digest, passkeys, Evidence(assertion=assertion))
            unsigned = Signature(self._ids.new(), officer.tenant_id, officer.staff_id, digest, now)
            await self.keep(tx, replace(unsigned, assertion=signed))
            await store.insert_passkey_end(tx, officer.tenant_id, passkey_id, now)
            body = {"passkey": passkey_id, "signed_with": signed.passkey_id}
            await self._record(tx, officer, "signing.passkey_ended", body)

    async def begin_codes(self, officer: Officer, evidence: Evidence) -> NewSecret:
        """Return a new secret of codes. Who has codes shows one, who has none a colleague's word.

        Raises ProofWrong, TooManyAttempts, PasskeyRequired, EnrolmentWordMissing.
        """
        number = await self._begin(officer)
        async with self._database.transaction(officer.tenant_id) as tx:
            if await store.load_passkeys(tx, officer.staff_id):
                raise PasskeyRequired("You sign with a passkey, which is stronger than codes.")
            secret = await self._load_secret(tx, officer.staff_id)
        proof = None
        if secret is None:
            await self._require_password(officer, evidence)
        else:
            proof = await self._show_code(officer, secret, evidence)
        async with self._database.transaction(officer.tenant_id) as tx:
            shown = Shown(secret_id=proof.secret_id) if proof is not None else None
            shown = shown or await self._look_at_word(tx, officer, evidence)
            await self._use(tx, officer, number, proof)
            made = await self._insert_secret(tx, officer, os.urandom(SECRET_BYTES), shown)
            await self._record(tx, officer, "signing.codes_begun", {"secret": made.id})
            return made

    async def finish_codes(self, officer: Officer, secret_id: UUID, code: str) -> None:
        """Let a new secret count, with a code of it, while it is young and no passkey stands.

        What was shown at its beginning has to be what is needed now. Raises PasskeyRequired, ProofWrong,
        TooManyAttempts.
        """
        await self._begin(officer)
        now = self._clock.now()
        async with self._database.transaction(officer.tenant_id) as tx:
            await store.lock_staff(tx, officer.staff_id)
            if await store.load_passkeys(tx, officer.staff_id):
                raise PasskeyRequired("You sign with a passkey, which is stronger than codes.")
            found = await store.load_new_secret(tx, officer.staff_id, secret_id)
            if found is None or not is_young(found[1], now):
                raise _wrong()
            sealed, _, shown = found
            step = match_code(CodeSecret(secret_id, self._open(secret_id, sealed), None), code, now)
            if step is None:
                raise _wrong()
            await self._require_enough(tx, officer, shown)
            await store.insert_code_use(tx, officer.tenant_id, secret_id, step, now)
            await store.insert_pass(tx, (officer.tenant_id, officer.staff_id), now)
            await self._record(tx, officer, "signing.codes_enrolled", {"secret": secret_id})

    async def begin_word(
        self, officer: Officer, staff_id: UUID, password: str
    ) -> tuple[UUID, dict[str, Any]]:
        """Return a challenge's id and what a browser needs to sign that a colleague is given a word.

        Raises OwnEnrolmentWord, ColleagueNotFound, FactorStands, FactorMissing, ProofWrong, TooManyAttempts.
        """
        webauthn = self._require_webauthn()
        await self.words.require_enrollable(officer, staff_id)
        passkeys, _ = await self._load_factors(officer)
        if not passkeys:
            raise FactorMissing("You have no passkey: give the word with your password, and code if any.")
        number = await self._begin(officer)
        await self._require_password(officer, Evidence(password=password))
        challenge = self._make_challenge(officer)
        async with self._database.transaction(officer.tenant_id) as tx:
            await self._use(tx, officer, number, None)
            await store.insert_challenge(tx, officer.tenant_id, challenge)
            body = {"challenge": challenge.id, "staff_id": staff_id}
            await self._record(tx, officer, "signing.word_begun", body)
        return challenge.id, webauthn.request_options(digest_word(challenge, staff_id), passkeys)

    async def give_word(
        self, officer: Officer, staff_id: UUID, evidence: Evidence, challenge_id: UUID | None = None
    ) -> GivenWord:
        """Let a colleague enrol a first factor: return a word for them, which counts once, for a day.

        Who has a passkey signs the challenge with it, who has codes shows one with the password, who has
        neither the password. Raises OwnEnrolmentWord, ColleagueNotFound, FactorStands, PasskeyRequired,
        ProofWrong, TooManyAttempts.
        """
        await self.words.require_enrollable(officer, staff_id)
        number = await self._begin(officer)
        passkeys, secret = await self._load_factors(officer)
        signature, proof = None, None
        if passkeys:
            signature = await self._sign_word(officer, staff_id, passkeys, evidence, challenge_id)
        elif secret is not None:
            proof = await self._show_code(officer, secret, evidence)
        else:
            await self._require_password(officer, evidence)
        async with self._database.transaction(officer.tenant_id) as tx:
            if signature is not None:
                await self.keep(tx, signature)
            else:
                await self._use(tx, officer, number, proof)
            return await self.words.give(tx, officer, staff_id, at_machine=False)

    async def ensure_codes(self, tenant_id: UUID, staff_id: UUID, secret: bytes) -> None:
        """Give a person this secret of codes if it is not theirs yet: for development data."""
        officer = Officer(tenant_id, staff_id)
        async with self._database.transaction(tenant_id) as tx:
            await store.lock_staff(tx, staff_id)
            standing = await self._load_secret(tx, staff_id)
            if standing is not None and standing.secret == secret:
                return
            made = await self._insert_secret(tx, officer, secret, Shown())
            await store.insert_code_use(tx, tenant_id, made.id, 0, self._clock.now())
            await self._record(tx, officer, "signing.codes_enrolled", {"secret": made.id})

    async def _begin(self, officer: Officer) -> int:
        """Write an attempt down before it is judged; return its number. Raises TooManyAttempts."""
        now = self._clock.now()
        async with self._database.transaction(officer.tenant_id) as tx:
            await store.lock_staff(tx, officer.staff_id)
            if await store.count_attempts(tx, officer.staff_id, now - PAUSE) >= ATTEMPTS:
                raise TooManyAttempts("Too many attempts went wrong. Wait a quarter of an hour.")
            return await store.insert_attempt(tx, officer.tenant_id, officer.staff_id, now)

    async def _use(self, tx: Transaction, officer: Officer, number: int, proof: CodeProof | None) -> None:
        """Use up the code that was shown and let the attempt pass; without a code it clears itself only."""
        await store.lock_staff(tx, officer.staff_id)
        now = self._clock.now()
        if proof is not None and not await store.insert_code_use(
            tx, officer.tenant_id, proof.secret_id, proof.step, now
        ):
            raise _wrong()
        owner = (officer.tenant_id, officer.staff_id)
        await store.insert_pass(tx, owner, now, number if proof is None else None)

    def _assert(self, digest: bytes, passkeys: tuple[Passkey, ...], evidence: Evidence) -> Assertion:
        if evidence.assertion is None:
            raise PasskeyRequired("You have a passkey: sign with it.")
        assertion = self._require_webauthn().read_assertion(digest, passkeys, evidence.assertion)
        if assertion is None:
            raise _wrong()
        return assertion

    async def _require_another(
        self, tx: Transaction, officer: Officer, passkey_id: UUID
    ) -> tuple[Passkey, ...]:
        """Return the passkeys that stand, among them this one and another."""
        passkeys = await store.load_passkeys(tx, officer.staff_id)
        if passkey_id not in {one.id for one in passkeys}:
            raise PasskeyNotFound("You have no such passkey. Look at your list.")
        if len(passkeys) == 1:
            raise LastPasskey("This is your only passkey. Enrol another first, then end this one.")
        return passkeys

    async def _sign_word(
        self,
        officer: Officer,
        staff_id: UUID,
        passkeys: tuple[Passkey, ...],
        evidence: Evidence,
        challenge_id: UUID | None,
    ) -> Signature:
        """Return the signature that a passkey gives to letting a colleague in."""
        if challenge_id is None:
            raise PasskeyRequired("You have a passkey: ask for options, sign with it and name the challenge.")
        digest = digest_word(await self._use_challenge(officer, challenge_id), staff_id)
        signed = self._assert(digest, passkeys, evidence)
        now = self._clock.now()
        return Signature(self._ids.new(), officer.tenant_id, officer.staff_id, digest, now, assertion=signed)

    async def _use_challenge(self, officer: Officer, challenge_id: UUID) -> Challenge:
        """Use a challenge up that is this person's and young. Raises ProofWrong."""
        now = self._clock.now()
        async with self._database.transaction(officer.tenant_id) as tx:
            challenge = await store.use_challenge(tx, challenge_id, now)
        if challenge is None or not is_fresh(challenge, officer.staff_id, now):
            raise _wrong()
        return challenge

    async def _load_factors(self, officer: Officer) -> tuple[tuple[Passkey, ...], CodeSecret | None]:
        """Return a person's passkeys and secret of codes that stand."""
        async with self._database.transaction(officer.tenant_id) as tx:
            passkeys = await store.load_passkeys(tx, officer.staff_id)
            return passkeys, await self._load_secret(tx, officer.staff_id)

    async def _look_at_word(self, tx: Transaction, officer: Officer, evidence: Evidence) -> Shown:
        """Return which word was shown. Raises EnrolmentWordMissing, ProofWrong."""
        shown = await self.words.look_at(tx, officer, evidence.word)
        if shown is None:
            raise _wrong()
        return shown

    def _make_challenge(self, officer: Officer) -> Challenge:
        return Challenge(self._ids.new(), officer.staff_id, os.urandom(CHALLENGE_BYTES), self._clock.now())

    async def _require_password(self, officer: Officer, evidence: Evidence) -> None:
        if not await self._people.has_password(officer.tenant_id, officer.staff_id, evidence.password or ""):
            raise _wrong()

    async def _show_code(self, officer: Officer, secret: CodeSecret | None, evidence: Evidence) -> CodeProof:
        """Return which code was shown with the right password. Both are looked at, whichever is wrong."""
        step = None if secret is None else match_code(secret, evidence.code or "", self._clock.now())
        await self._require_password(officer, evidence)
        if secret is None or step is None:
            raise _wrong()
        return CodeProof(secret.id, step)

    async def _load_secret(self, tx: Transaction, staff_id: UUID) -> CodeSecret | None:
        found = await store.load_code_secret(tx, staff_id)
        if found is None:
            return None
        secret_id, sealed, last_step = found
        return CodeSecret(secret_id, self._open(secret_id, sealed), last_step)

    async def _insert_secret(
        self, tx: Transaction, officer: Officer, secret: bytes, shown: Shown
    ) -> NewSecret:
        made = NewSecret(self._ids.new(), base64.b32encode(secret).decode())
        sealed, owner = (
            self._secrets.seal(_place(made.id), made.base32),
            (officer.tenant_id, officer.staff_id),
        )
        await store.insert_code_secret(tx, owner, (made.id, sealed), shown, self._clock.now())
        return made

    async def _require_enough(self, tx: Transaction, officer: Officer, shown: Shown) -> None:
        """Go on only when what was shown is enough as factors stand now; a word is used up by it."""
        standing = await store.load_code_secret(tx, officer.staff_id)
        if not is_enough(shown, None if standing is None else standing[0]):
            raise _wrong()
        if standing is None and (shown.word_id is None or not await self.words.use(tx, shown.word_id)):
            raise _wrong()

    def _open(self, secret_id: UUID, sealed: bytes) -> bytes:
        return base64.b32decode(self._secrets.open(_place(secret_id), sealed))

    def _require_webauthn(self) -> WebAuthn:
        if self._webauthn is None:
            raise PasskeysOff("Passkeys need CUSTOMER_STAFF_ORIGINS and CUSTOMER_STAFF_RP_ID.")
        return self._webauthn

    async def _record(self, tx: Transaction, officer: Officer, kind: str, body: Mapping[str, Any]) -> None:
        record = AuditRecord(officer.tenant_id, kind, body, self._clock.now(), officer.actor)
        await append(tx, [record])


def _place(secret_id: UUID) -> tuple[str, str, UUID]:
    return ("signing_code_secret", "secret_encrypted", secret_id)


def _wrong() -> ProofWrong:
    return ProofWrong("This does not prove that you mean it. Check what you sign with, and try again.")
