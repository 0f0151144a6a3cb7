"""The acquirer as a program: settings -> journal -> acquirer -> routes, and the courier of its webhooks."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Literal
from uuid import uuid4

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from sandbox.acquirer.acquirer import CENTS, Acquirer, Charge, Part
from sandbox.acquirer.facts import FACT_KINDS, SettlementMade, Status
from sandbox.acquirer.tokens import Token
from sandbox.bank.bank import at
from sandbox.bank.webhooks import Courier
from sandbox.fixed_point import format_fixed, parse_fixed
from sandbox.http_edge import BearerKey, now_ms, refuse_in_json
from sandbox.journal import Journal
from sandbox.settings import AcquirerSettings

ADVANCE_SECONDS = 0.05
SIGNATURE = "acquirer-signature"

log = logging.getLogger("sandbox.acquirer")


def _positive(text: str) -> str:
    if parse_fixed(text, CENTS) == 0:
        raise ValueError("an amount is more than zero")
    return text


Amount = Annotated[str, AfterValidator(_positive)]
Name = Annotated[str, Field(pattern="^[A-Za-z0-9_-]{1,64}$")]


class Body(BaseModel):
    """Base of everything that arrives: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class ChargeBody(Body):
    """Ask for money from the card behind a token."""

    charge_id: Name
    token: Name
    amount: Amount
    currency: Literal["LKR"]


class CaptureBody(Body):
    """Take what was authorised."""

    amount: Amount


class RefundBody(Body):
    """Give back what was captured."""

    refund_id: Name
    amount: Amount


class PartView(BaseModel):
    """A capture, a refund or a chargeback."""

    id: str
    reference: str
    status: Status
    reason: str | None
    amount: str


class ChargeView(BaseModel):
    """A charge and everything that became of it. `redirect_url`: where the cardholder has to go."""

    charge_id: str
    reference: str
    status: Status
    reason: str | None
    amount: str
    currency: str
    redirect_url: str | None
    capture: PartView | None
    refunds: list[PartView]
    chargebacks: list[PartView]


class SettlementView(BaseModel):
    """What was paid to the merchant's bank account: net = gross - fee."""

    settlement_id: str
    bank_reference: str
    gross: str
    fee: str
    net: str
    settled_at: str


router = APIRouter(prefix="/v1")


def _acquirer(request: Request) -> Acquirer:
    acquirer: Acquirer = request.app.state.acquirer
    return acquirer


TheAcquirer = Annotated[Acquirer, Depends(_acquirer)]


@router.post("/charges", status_code=202)
async def charge(body: ChargeBody, acquirer: TheAcquirer, request: Request, response: Response) -> ChargeView:
    """Ask for an authorisation: 202 while it is pending, 200 when it is decided."""
    found = acquirer.charge(
        charge_id=body.charge_id,
        token=body.token,
        amount=parse_fixed(body.amount, CENTS),
        currency=body.currency,
        now_ms=now_ms(),
    )
    if found.status is not Status.PENDING:
        response.status_code = 200
    return _charge_view(found, request)


@router.get("/charges/{charge_id}")
async def get_charge(charge_id: str, acquirer: TheAcquirer, request: Request) -> ChargeView:
    """Show a charge."""
    return _charge_view(acquirer.find(charge_id), request)


@router.post("/charges/{charge_id}/capture", status_code=202)
async def capture(charge_id: str, body: CaptureBody, acquirer: TheAcquirer, request: Request) -> ChargeView:
    """Take an authorised amount, once."""
    amount = parse_fixed(body.amount, CENTS)
    return _charge_view(acquirer.capture(charge_id=charge_id, amount=amount, now_ms=now_ms()), request)


@router.post("/charges/{charge_id}/refunds", status_code=202)
async def refund(charge_id: str, body: RefundBody, acquirer: TheAcquirer) -> PartView:
    """Give back a part of what was captured; an id counts once."""
    amount = parse_fixed(body.amount, CENTS)
    part = acquirer.refund(charge_id=charge_id, refund_id=body.refund_id, amount=amount, now_ms=now_ms())
    return _part_view(part)


@router.post("/settlements", status_code=201)
async def settle(acquirer: TheAcquirer) -> SettlementView:
    """Pay the merchant what is owed since the last settlement, less the fee."""
    return _settlement_view(acquirer.settle(now_ms()))


@router.get("/settlements")
async def list_settlements(acquirer: TheAcquirer) -> list[SettlementView]:
    """Show all settlements, oldest first."""
    return [_settlement_view(made) for made in acquirer.settlements]


def create_app(settings: AcquirerSettings) -> FastAPI:
    """Build the acquirer and fold its past. Raises JournalBroken."""
    journal = Journal(settings.journal_path("acquirer"), FACT_KINDS)
    randomness = random.Random(settings.seed)
    acquirer = Acquirer(journal, delay_ms=settings.acquirer_delay_ms, randomness=randomness, new_id=uuid4)
    acquirer.open()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        courier = _courier(settings, acquirer, randomness)
        clock = asyncio.create_task(_advance_forever(acquirer, courier))
        yield
        clock.cancel()
        if courier is not None:
            await courier.close()
        journal.close()

    app = FastAPI(title="Sandbox acquirer", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.acquirer = acquirer
    app.include_router(router, dependencies=[Depends(BearerKey(settings.acquirer_api_key))])
    refuse_in_json(app)

    @app.get("/challenge/{charge_id}")
    async def challenge(
        charge_id: str, answer: Literal["approve", "decline"], acquirer: TheAcquirer
    ) -> dict[str, str]:
        """Answer for the cardholder, who was sent here by the card's bank."""
        acquirer.answer_challenge(charge_id, approve=answer == "approve")
        return {"status": acquirer.find(charge_id).status.value}

    @app.get("/health")
    async def health() -> dict[str, str | bool | int]:
        return {"status": "ok", "durable": journal.is_durable, "undelivered": len(acquirer.outbox)}

    return app


def _courier(settings: AcquirerSettings, acquirer: Acquirer, randomness: random.Random) -> Courier | None:
    if settings.acquirer_webhook_url is None or settings.acquirer_webhook_secret is None:
        return None
    return Courier(
        settings.acquirer_webhook_url,
        settings.acquirer_webhook_secret.get_secret_value().encode(),
        jitter_ms=settings.acquirer_webhook_jitter_ms,
        randomness=randomness,
        now_ms=now_ms,
        delivered=acquirer.delivered,
        header=SIGNATURE,
    )


async def _advance_forever(acquirer: Acquirer, courier: Courier | None) -> None:
    while True:
        try:
            acquirer.advance(now_ms())
            if courier is not None:
                courier.pick_up(acquirer.outbox)
        except Exception:
            log.exception("the acquirer could not advance; it tries again")
        await asyncio.sleep(ADVANCE_SECONDS)


def _charge_view(found: Charge, request: Request) -> ChargeView:
    taken = found.taken
    waits = taken.token == Token.REDIRECT and found.status is Status.PENDING
    return ChargeView(
        charge_id=taken.charge_id,
        reference=taken.reference,
        status=found.status,
        reason=found.reason or None,
        amount=format_fixed(taken.amount, CENTS),
        currency=taken.currency,
        redirect_url=f"{request.base_url}challenge/{taken.charge_id}" if waits else None,
        capture=_part_view(found.capture) if found.capture else None,
        refunds=[_part_view(part) for part in found.refunds],
        chargebacks=[_part_view(part) for part in found.chargebacks],
    )


def _part_view(part: Part) -> PartView:
    return PartView(
        id=part.id,
        reference=part.reference or part.id,
        status=part.status,
        reason=part.reason or None,
        amount=format_fixed(part.amount, CENTS),
    )


def _settlement_view(made: SettlementMade) -> SettlementView:
    return SettlementView(
        settlement_id=made.settlement_id,
        bank_reference=made.bank_reference,
        gross=format_fixed(made.gross, CENTS),
        fee=format_fixed(made.fee, CENTS),
        net=format_fixed(made.gross - made.fee, CENTS),
        settled_at=at(made.at_ms),
    )
