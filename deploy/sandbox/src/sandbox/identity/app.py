"""The identity vendor as a program: settings, journal, vendor, routes, and the courier of its callbacks."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, FastAPI, Request
from pydantic import BaseModel, ConfigDict, Field

from sandbox.bank.webhooks import Courier
from sandbox.http_edge import BearerKey, now_ms, refuse_in_json
from sandbox.identity.documents import Claim, DocumentType, Extracted, ReasonCode
from sandbox.identity.vendor import FACT_KINDS, Vendor
from sandbox.journal import Journal
from sandbox.settings import IdentitySettings

ADVANCE_SECONDS = 0.05
SIGNATURE = "identity-signature"

log = logging.getLogger("sandbox.identity")


class Body(BaseModel):
    """Base of everything that arrives: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class DocumentBody(Body):
    """The document shown. Its number may be ill-formed: the verification then says so."""

    type: DocumentType
    number: Annotated[str, Field(max_length=64)]
    country: Annotated[str, Field(pattern="^[A-Z]{2}$")]


class VerificationBody(Body):
    """A question."""

    verification_id: Annotated[str, Field(min_length=1, max_length=100)]
    full_name: Annotated[str, Field(min_length=1, max_length=200)]
    date_of_birth: date
    residency: Annotated[str, Field(pattern="^[A-Z]{2}$")]
    document: DocumentBody

    def to_claim(self) -> Claim:
        return Claim(
            full_name=self.full_name,
            date_of_birth=self.date_of_birth,
            residency=self.residency,
            document_type=self.document.type,
            document_number=self.document.number,
            document_country=self.document.country,
        )


class ExtractedView(BaseModel):
    """What the document says."""

    full_name: str
    date_of_birth: date
    document_number: str
    country: str
    residency: str


class VerificationView(BaseModel):
    """A verification; `extracted` only when verified, `reason_code` only when rejected."""

    verification_id: str
    status: Literal["pending", "verified", "rejected"]
    extracted: ExtractedView | None = None
    reason_code: ReasonCode | None = None


router = APIRouter(prefix="/v1")


def _vendor(request: Request) -> Vendor:
    vendor: Vendor = request.app.state.vendor
    return vendor


TheVendor = Annotated[Vendor, Depends(_vendor)]


@router.post("/verifications", status_code=202)
async def ask(body: VerificationBody, vendor: TheVendor) -> VerificationView:
    """Ask for a verification."""
    vendor.ask(body.verification_id, body.to_claim(), now_ms())
    return VerificationView(verification_id=body.verification_id, status="pending")


@router.get("/verifications/{verification_id}")
async def get_answer(verification_id: str, vendor: TheVendor) -> VerificationView:
    """Show a verification."""
    match vendor.answer(verification_id, now_ms()):
        case None:
            return VerificationView(verification_id=verification_id, status="pending")
        case ReasonCode() as reason:
            return VerificationView(verification_id=verification_id, status="rejected", reason_code=reason)
        case Extracted() as read:
            extracted = ExtractedView(
                full_name=read.full_name,
                date_of_birth=read.date_of_birth,
                document_number=read.document_number,
                country=read.country,
                residency=read.residency,
            )
            return VerificationView(verification_id=verification_id, status="verified", extracted=extracted)


def create_app(settings: IdentitySettings) -> FastAPI:
    """Build the vendor and fold its past. Raises JournalBroken."""
    journal = Journal(settings.journal_path("identity"), FACT_KINDS)
    randomness = random.Random(settings.seed)
    vendor = Vendor(journal, delay_ms=settings.identity_delay_ms, randomness=randomness)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        courier = _courier(settings, vendor, randomness)
        telling = asyncio.create_task(_tell_forever(vendor, courier))
        yield
        telling.cancel()
        if courier is not None:
            await courier.close()
        journal.close()

    app = FastAPI(title="Sandbox identity vendor", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.vendor = vendor
    app.include_router(router, dependencies=[Depends(BearerKey(settings.identity_api_key))])
    refuse_in_json(app)

    @app.get("/health")
    async def health() -> dict[str, str | bool | int]:
        return {"status": "ok", "durable": journal.is_durable, "undelivered": len(vendor.outbox(now_ms()))}

    return app


def _courier(settings: IdentitySettings, vendor: Vendor, randomness: random.Random) -> Courier | None:
    if settings.identity_webhook_url is None or settings.identity_webhook_secret is None:
        return None
    return Courier(
        settings.identity_webhook_url,
        settings.identity_webhook_secret.get_secret_value().encode(),
        jitter_ms=settings.identity_webhook_jitter_ms,
        randomness=randomness,
        now_ms=now_ms,
        delivered=vendor.told,
        header=SIGNATURE,
    )


async def _tell_forever(vendor: Vendor, courier: Courier | None) -> None:
    while courier is not None:
        try:
            courier.pick_up(vendor.outbox(now_ms()))
        except Exception:
            log.exception("the vendor could not tell its answers; it tries again")
        await asyncio.sleep(ADVANCE_SECONDS)
