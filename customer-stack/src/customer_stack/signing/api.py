"""Routes on which members of staff enrol what they sign with.

Each works on their own factors only; a word lets a colleague without any enrol a first one.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from customer_stack.access.domain import Officer
from customer_stack.edge.authentication import require
from customer_stack.edge.principals import StaffPrincipal
from customer_stack.signing.schemas import (
    CodeBody,
    EnrolBody,
    PasskeyBody,
    PasskeyEndBody,
    PasskeyIdAnswer,
    PasskeyOptionsAnswer,
    PasskeysAnswer,
    PasswordBody,
    SecretAnswer,
    WordAnswer,
    WordBody,
    WordOptionsBody,
    show_passkeys,
    show_secret,
    show_word,
)
from customer_stack.signing.service import SigningService

Staff = Annotated[StaffPrincipal, require("tenant.access.use")]
Giver = Annotated[StaffPrincipal, require("tenant.signing.give_word", whole_tenant=True)]
Ender = Annotated[StaffPrincipal, require("tenant.signing.end_word", whole_tenant=True)]


def build_router(service: SigningService) -> APIRouter:
    """Return the routes of factors."""
    router = APIRouter(prefix="/staff/signing", tags=["signing"])

    @router.get("/passkeys")
    async def list_passkeys(staff: Staff) -> PasskeysAnswer:
        """Return your passkeys."""
        return show_passkeys(await service.list_passkeys(_officer(staff)))

    @router.post("/passkeys/options")
    async def begin_passkey(body: EnrolBody, staff: Staff) -> PasskeyOptionsAnswer:
        """Ask for what your browser needs to make a passkey."""
        challenge_id, options = await service.begin_passkey(_officer(staff), body.evidence)
        return PasskeyOptionsAnswer(challenge_id=challenge_id, options=options)

    @router.post("/passkeys", status_code=201)
    async def finish_passkey(body: PasskeyBody, staff: Staff) -> PasskeyIdAnswer:
        """Enrol the passkey that your browser made."""
        made = await service.finish_passkey(
            _officer(staff), body.challenge_id, body.credential, body.assertion
        )
        return PasskeyIdAnswer(id=made)

    @router.post("/passkeys/{passkey_id}/end/options")
    async def begin_end(passkey_id: UUID, body: PasswordBody, staff: Staff) -> PasskeyOptionsAnswer:
        """Ask for what your browser needs to sign that a passkey ends."""
        challenge_id, options = await service.begin_end(
            _officer(staff), passkey_id, body.password.get_secret_value()
        )
        return PasskeyOptionsAnswer(challenge_id=challenge_id, options=options)

    @router.post("/passkeys/{passkey_id}/end", status_code=204)
    async def end_passkey(passkey_id: UUID, body: PasskeyEndBody, staff: Staff) -> None:
        """End a passkey, such as one of a device that is lost; you keep one at least."""
        await service.end_passkey(_officer(staff), passkey_id, body.challenge_id, body.assertion)

    @router.post("/codes", status_code=201)
    async def begin_codes(body: EnrolBody, staff: Staff) -> SecretAnswer:
        """Ask for a secret of one-time codes for an authenticator app."""
        secret = await service.begin_codes(_officer(staff), body.evidence)
        return show_secret(secret, staff.staff_id)

    @router.post("/codes/{secret_id}/confirmation", status_code=204)
    async def finish_codes(secret_id: UUID, body: CodeBody, staff: Staff) -> None:
        """Let the secret count, with a code that your app shows."""
        await service.finish_codes(_officer(staff), secret_id, body.code)

    _add_words(router, service)
    return router


def _add_words(router: APIRouter, service: SigningService) -> None:
    @router.post("/enrolment-words/options")
    async def begin_word(body: WordOptionsBody, staff: Giver) -> PasskeyOptionsAnswer:
        """Ask for what your browser needs to sign that a colleague is let in, if you have a passkey."""
        challenge_id, options = await service.begin_word(
            _officer(staff), body.staff_id, body.password.get_secret_value()
        )
        return PasskeyOptionsAnswer(challenge_id=challenge_id, options=options)

    @router.post("/enrolment-words", status_code=201)
    async def give_word(body: WordBody, staff: Giver) -> WordAnswer:
        """Let a colleague enrol a first factor: hand them this word, whom you know, and nobody else."""
        return show_word(
            await service.give_word(_officer(staff), body.staff_id, body.evidence, body.challenge_id)
        )

    @router.post("/enrolment-words/{word_id}/end", status_code=204)
    async def end_word(word_id: UUID, staff: Ender) -> None:
        """End a word that nobody has enrolled with, such as one that was handed to the wrong person."""
        await service.words.end(_officer(staff), word_id)


def _officer(staff: StaffPrincipal) -> Officer:
    return Officer(staff.tenant_id, staff.staff_id, staff.department_id)
