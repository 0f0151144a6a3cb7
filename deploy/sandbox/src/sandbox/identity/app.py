"""The identity vendor as a program: a verification is pending for a short time, then answered for good.

The answer is a function of what was asked, so the journal keeps only the questions.
"""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, FastAPI, Request
from pydantic import BaseModel, ConfigDict, Field

from sandbox.http_edge import BearerKey, Refused, now_ms, refuse_in_json
from sandbox.identity.documents import Claim, DocumentType, Extracted, ReasonCode, read_document
from sandbox.journal import Journal
from sandbox.settings import IdentitySettings


@dataclass(frozen=True, slots=True)
class VerificationAsked:
    """The only fact: a question, and when it will be answered."""

    verification_id: str
    claim: Claim
    asked_ms: int
    answer_ms: int


class Vendor:
    """All verifications by id."""

    def __init__(self, journal: Journal, *, delay_ms: int, randomness: random.Random) -> None:
        self._journal = journal
        self._delay_ms = delay_ms
        self._random = randomness
        self._asked: dict[str, VerificationAsked] = {fact.verification_id: fact for fact in journal.replay()}

    def ask(self, verification_id: str, claim: Claim, asked_ms: int) -> None:
        """Take a question; the same one again is nothing new. Raises Refused when it differs."""
        known = self._asked.get(verification_id)
        if known is not None:
            if known.claim != claim:
                raise Refused(
                    409, "verification_mismatch", "This verification_id was used for another person."
                )
            return
        answer_ms = asked_ms + self._random.randint(self._delay_ms // 4, self._delay_ms)
        asked = VerificationAsked(verification_id, claim, asked_ms, answer_ms)
        self._journal.append([asked])
        self._asked[verification_id] = asked

    def answer(self, verification_id: str, at_ms: int) -> Extracted | ReasonCode | None:
        """Return the answer, or None while it is pending. Raises Refused."""
        asked = self._asked.get(verification_id)
        if asked is None:
            raise Refused(404, "verification_not_found", "There is no such verification.")
        if at_ms < asked.answer_ms:
            return None
        return read_document(asked.claim, datetime.fromtimestamp(asked.asked_ms // 1000, tz=UTC).date())


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
    journal = Journal(settings.journal_path("identity"), [VerificationAsked])
    randomness = random.Random(settings.seed)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        journal.close()

    app = FastAPI(title="Sandbox identity vendor", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.vendor = Vendor(journal, delay_ms=settings.identity_delay_ms, randomness=randomness)
    app.include_router(router, dependencies=[Depends(BearerKey(settings.identity_api_key))])
    refuse_in_json(app)

    @app.get("/health")
    async def health() -> dict[str, str | bool]:
        return {"status": "ok", "durable": journal.is_durable}

    return app
