"""WebAuthn, as far as we need it: enrol a credential, verify an assertion. The library is Yubico's `fido2`.

Attestation is not asked for: which device a person has is not what we decide by. The person is always
verified by the device (a finger, a PIN): a passkey that only was touched signs nothing.

Guaranteed: type, origin, name of the relying party, challenge, presence, verification and signature are
checked; whatever a browser sends, the answer is a value or None.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from customer_stack.signing.domain import Assertion, Passkey

VERIFIED: Final = UserVerificationRequirement.REQUIRED
_SIZE_LIMIT: Final = 4096


class WebAuthn:
    """The relying party `rp_id`, whose pages come from `origins`."""

    def __init__(self, rp_id: str, origins: frozenset[str]) -> None:
        """Take assertions that were made on one of `origins` for `rp_id`."""
        entity = PublicKeyCredentialRpEntity(name="Bulkhead", id=rp_id)
        self._server = Fido2Server(entity, verify_origin=lambda origin: origin in origins)

    def creation_options(
        self, staff_id: UUID, challenge: bytes, passkeys: Sequence[Passkey]
    ) -> dict[str, Any]:
        """Return what a browser hands to `navigator.credentials.create`. Names are ids: no personal data."""
        user = PublicKeyCredentialUserEntity(
            name=str(staff_id), id=staff_id.bytes, display_name=str(staff_id)
        )
        options, _ = self._server.register_begin(
            user,
            [AttestedCredentialData(each.credential) for each in passkeys],
            resident_key_requirement=ResidentKeyRequirement.PREFERRED,
            user_verification=VERIFIED,
            challenge=challenge,
        )
        return dict(options)

    def request_options(self, challenge: bytes, passkeys: Sequence[Passkey]) -> dict[str, Any]:
        """Return what a browser hands to `navigator.credentials.get`."""
        options, _ = self._server.authenticate_begin(
            [AttestedCredentialData(each.credential) for each in passkeys], VERIFIED, challenge
        )
        return dict(options)

    def read_creation(self, challenge: bytes, answer: Mapping[str, Any]) -> tuple[bytes, int] | None:
        """Return the attested credential data and its counter, or None for what proves nothing."""
        try:
            data = self._server.register_complete(_state(challenge), answer)
        except Exception:  # noqa: BLE001 - the library raises many kinds for bytes of strangers
            return None
        credential = data.credential_data
        if credential is None or len(credential) > _SIZE_LIMIT:
            return None
        return bytes(credential), data.counter

    def read_assertion(
        self, challenge: bytes, passkeys: Sequence[Passkey], answer: Mapping[str, Any]
    ) -> Assertion | None:
        """Return the verified assertion of one of `passkeys`, or None for what proves nothing."""
        by_id = {each.credential_id: each for each in passkeys}
        credentials = [AttestedCredentialData(each.credential) for each in passkeys]
        try:
            self._server.authenticate_complete(_state(challenge), credentials, answer)
            parsed = AuthenticationResponse.from_dict(answer)
            signed = parsed.response
            passkey = by_id[parsed.raw_id]
        except Exception:  # noqa: BLE001 - as above
            return None
        return Assertion(
            passkey.id,
            bytes(signed.client_data),
            bytes(signed.authenticator_data),
            bytes(signed.signature),
            signed.authenticator_data.counter,
        )


def _state(challenge: bytes) -> dict[str, Any]:
    return {"challenge": websafe_encode(challenge), "user_verification": VERIFIED}


def credential_id_of(credential: bytes) -> bytes:
    """Return the id of attested credential data."""
    return bytes(AttestedCredentialData(credential).credential_id)
