"""What the use cases of identity checks stand on, and how a claim is sealed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal
from uuid import UUID

import orjson

from customer_stack.customers.domain import DocumentType, Profile
from customer_stack.customers.sealing import PersonCipher
from customer_stack.customers.service import CustomersService
from customer_stack.documents.nic import Sex
from customer_stack.kyc.configuration import Routes
from customer_stack.kyc.domain.claims import Claim
from customer_stack.kyc.domain.routing import Route
from customer_stack.kyc.domain.sessions import Session
from customer_stack.kyc.errors import SessionNotFound
from customer_stack.kyc.providers.contract import IdentityVendor
from customer_stack.kyc.store import sessions as store
from customer_stack.tenancy.service import TenancyService
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.errors import invariant
from shared.ids import Ids

_TABLE: Final = "kyc_session"


@dataclass(frozen=True, slots=True)
class Ground:
    """What every use case needs. `vendors` by the names that routes call them."""

    database: Database
    tenancy: TenancyService
    customers: CustomersService
    vendors: Mapping[str, IdentityVendor]
    routes: Routes
    clock: Clock
    ids: Ids


def seal_claim(cipher: PersonCipher, session_id: UUID, claim: Claim) -> bytes:
    """Return a claim sealed for its session."""
    fields = {
        "full_name": claim.full_name,
        "date_of_birth": claim.date_of_birth.isoformat(),
        "residency": claim.residency,
        "document_type": claim.document_type.value,
        "document_country": claim.document_country,
        "document_number": claim.document_number,
        "sex": None if claim.sex is None else claim.sex.value,
        "mrz": claim.mrz,
    }
    return cipher.seal_bytes((_TABLE, "claim_sealed", session_id), orjson.dumps(fields))


def open_sealed_claim(cipher: PersonCipher, session_id: UUID, sealed: bytes) -> Claim:
    """Return the claim that was sealed for this session. Raises SealBroken."""
    fields = orjson.loads(cipher.open_bytes((_TABLE, "claim_sealed", session_id), sealed))
    return Claim(
        full_name=fields["full_name"],
        date_of_birth=date.fromisoformat(fields["date_of_birth"]),
        residency=fields["residency"],
        document_type=DocumentType(fields["document_type"]),
        document_country=fields["document_country"],
        document_number=fields["document_number"],
        sex=None if fields["sex"] is None else Sex(fields["sex"]),
        mrz=fields["mrz"],
    )


def place_of_text(
    which: Literal["public", "private"], session_id: UUID, number: int
) -> tuple[str, str, UUID]:
    """Return what a person's text about a result is sealed for."""
    return ("kyc_step_result", f"{which}_sealed {number}", session_id)


def claim_of(profile: Profile) -> Claim:
    """Return what somebody claimed when they registered."""
    return Claim(
        full_name=profile.full_name,
        date_of_birth=profile.date_of_birth,
        residency=profile.residency,
        document_type=profile.document_type,
        document_country=profile.document_country,
        document_number=profile.document_number,
    )


async def open_claim(ground: Ground, tx: Transaction, session: Session) -> Claim:
    """Return a session's claim. Raises CustomerNotFound when the person was erased."""
    sealed = await store.load_claim(tx, session.id)
    return await _open(ground, tx, session.customer_id, session.id, sealed)


async def open_known_claim(ground: Ground, tx: Transaction, session: Session) -> Claim:
    """Return the claim by which a customer was known before: as last approved, else as registered."""
    session_id, sealed = await store.load_known_claim(tx, session)
    return await _open(ground, tx, session.customer_id, session_id, sealed)


async def _open(
    ground: Ground, tx: Transaction, customer_id: UUID, session_id: UUID, sealed: bytes | None
) -> Claim:
    if sealed is None:  # of before there were sessions: the profile is the claim
        return claim_of(await ground.customers.open_profile(tx, customer_id))
    return open_sealed_claim(await ground.customers.cipher_of(tx, customer_id), session_id, sealed)


async def route_of(ground: Ground, tx: Transaction, session: Session) -> Route:
    """Return the route of a submitted session, in the version that it was submitted under."""
    digest = session.configuration
    invariant(digest is not None and session.route is not None, "a submitted session has a route")
    configuration = ground.routes.find(digest or b"")
    if configuration is None:
        text = await store.load_configuration(tx, digest or b"")
        invariant(text is not None, "every version that a session has is kept")
        configuration = ground.routes.read_kept(text or b"")
    return configuration.named(session.route or "")


async def require_session(tx: Transaction, session_id: UUID, department_id: UUID | None = None) -> Session:
    """Return a session within reach. Raises SessionNotFound."""
    session = await store.load_session(tx, session_id)
    if session is None or department_id not in (None, session.department_id):
        raise SessionNotFound("There is no such session. Check the id.")
    return session
