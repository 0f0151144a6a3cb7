"""The bank as a program: settings -> journal -> bank -> routes, and the courier of its webhooks."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Literal
from uuid import uuid4

from fastapi import APIRouter, Depends, FastAPI, Query, Request, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from sandbox.bank.bank import CENTS, Account, Bank, Entry, PayoutRecord, at
from sandbox.bank.consent_facts import CONSENT_FACT_KINDS
from sandbox.bank.consent_routes import page_router as consent_page_router
from sandbox.bank.consent_routes import router as consent_router
from sandbox.bank.facts import FACT_KINDS, PayIn, PayoutStatus
from sandbox.bank.page import router as page_router
from sandbox.bank.webhooks import Courier
from sandbox.fixed_point import format_fixed, parse_fixed
from sandbox.http_edge import BearerKey, now_ms, refuse_in_json
from sandbox.journal import Journal
from sandbox.settings import BankSettings

ADVANCE_SECONDS = 0.05

log = logging.getLogger("sandbox.bank")


def _positive(text: str) -> str:
    if parse_fixed(text, CENTS) == 0:
        raise ValueError("an amount is more than zero")
    return text


Amount = Annotated[str, AfterValidator(_positive)]
Name = Annotated[str, Field(min_length=1, max_length=140)]
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$")]


class Body(BaseModel):
    """Base of everything that arrives: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class PayInBody(Body):
    """A person pays. Without `account` the money goes to the house account."""

    pay_reference: Annotated[str, Field(max_length=140)]
    amount: Amount
    currency: Currency
    payer_account: Name
    account: Name | None = None


class PayoutBody(Body):
    """We pay. Without `from_account` the money comes from the house account."""

    payout_id: Name
    amount: Amount
    currency: Currency
    account: Name
    reference: Annotated[str, Field(max_length=140)]
    from_account: Name | None = None


class TransferBody(Body):
    """Move our own money in or out. Without `account` it is the house account."""

    reference: Annotated[str, Field(min_length=1, max_length=64)]
    direction: Literal["in", "out"]
    amount: Amount
    currency: Currency
    counterparty: Name
    account: Name | None = None


class TransferView(BaseModel):
    """A booked transfer; `amount` is negative where money left."""

    bank_reference: str
    amount: str
    account: str
    counterparty: str
    booked_at: str


class PayInView(BaseModel):
    """A booked pay-in."""

    bank_reference: str
    pay_reference: str
    amount: str
    currency: str
    payer_account: str
    account: str
    booked_at: str


class TakeBackView(BaseModel):
    """A pay-in that the payer's bank took back."""

    bank_reference: str
    reversal_reference: str
    booked_at: str


class PayoutView(BaseModel):
    """A payout and what became of it."""

    payout_id: str
    bank_reference: str
    return_reference: str | None
    status: PayoutStatus
    reason: str | None
    amount: str
    currency: str
    account: str
    reference: str
    from_account: str


class EntryView(BaseModel):
    """One line of a statement; its id is the cursor of `after`."""

    entry_id: int
    booked_at: str
    type: str
    amount: str
    currency: str
    balance: str
    bank_reference: str
    reference: str
    counterparty: str


class StatementView(BaseModel):
    """A part of a statement, oldest first, with the account's present balance."""

    account: str
    currency: str
    balance: str
    entries: list[EntryView]
    has_more: bool


router = APIRouter(prefix="/v1")


def _bank(request: Request) -> Bank:
    bank: Bank = request.app.state.bank
    return bank


def _house_account(request: Request) -> str:
    account: str = request.app.state.house_account
    return account


TheBank = Annotated[Bank, Depends(_bank)]
HouseAccount = Annotated[str, Depends(_house_account)]


@router.post("/pay-ins", status_code=201)
async def pay_in(body: PayInBody, bank: TheBank, house: HouseAccount) -> PayInView:
    """Pay into an account, as a person does at the bank. Paying twice is two payments."""
    paid = bank.pay_in(
        pay_reference=body.pay_reference,
        amount=parse_fixed(body.amount, CENTS),
        currency=body.currency,
        payer_account=body.payer_account,
        account=body.account or house,
        now_ms=now_ms(),
    )
    return _pay_in_view(paid)


@router.post("/pay-ins/{bank_reference}/take-back")
async def take_back(bank_reference: str, bank: TheBank) -> TakeBackView:
    """Take a pay-in back, as the payer's bank can. Asking twice takes it back once."""
    taken = bank.take_back(bank_reference, now_ms())
    return TakeBackView(
        bank_reference=taken.bank_reference,
        reversal_reference=taken.reversal_reference,
        booked_at=at(taken.at_ms),
    )


@router.post("/transfers", status_code=201)
async def transfer(body: TransferBody, bank: TheBank, house: HouseAccount) -> TransferView:
    """Move the owner's own money, as a treasurer does. A reference counts once."""
    amount = parse_fixed(body.amount, CENTS)
    booked = bank.transfer(
        reference=body.reference,
        amount=amount if body.direction == "in" else -amount,
        currency=body.currency,
        counterparty=body.counterparty,
        account=body.account or house,
        now_ms=now_ms(),
    )
    return TransferView(
        bank_reference=booked.reference,
        amount=format_fixed(booked.amount, CENTS),
        account=booked.account,
        counterparty=booked.counterparty,
        booked_at=at(booked.at_ms),
    )


@router.post("/payouts", status_code=202)
async def pay_out(body: PayoutBody, bank: TheBank, house: HouseAccount, response: Response) -> PayoutView:
    """Order a payout: 202 while it is pending, 200 when it is decided."""
    record = bank.pay_out(
        payout_id=body.payout_id,
        amount=parse_fixed(body.amount, CENTS),
        currency=body.currency,
        account=body.account,
        reference=body.reference,
        from_account=body.from_account or house,
        now_ms=now_ms(),
    )
    if record.status is not PayoutStatus.PENDING:
        response.status_code = 200
    return _payout_view(record)


@router.get("/payouts/{payout_id}")
async def get_payout(payout_id: str, bank: TheBank) -> PayoutView:
    """Show a payout."""
    return _payout_view(bank.payout(payout_id))


@router.get("/statement")
async def get_statement(
    bank: TheBank,
    house: HouseAccount,
    account: str | None = None,
    after: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> StatementView:
    """Show entries after an entry id, oldest first."""
    name = account or house
    kept, entries = bank.statement(name, after, limit)
    return StatementView(
        account=name,
        currency=kept.currency,
        balance=format_fixed(kept.balance, CENTS),
        entries=[_entry_view(kept, entry) for entry in entries],
        has_more=after + len(entries) < len(kept.entries),
    )


def create_app(settings: BankSettings) -> FastAPI:
    """Build the bank and fold its past. Raises JournalBroken."""
    journal = Journal(settings.journal_path("bank"), (*FACT_KINDS, *CONSENT_FACT_KINDS))
    randomness = random.Random(settings.seed)
    bank = Bank(journal, payout_delay_ms=settings.bank_payout_delay_ms, randomness=randomness, new_id=uuid4)
    opening = parse_fixed(f"{settings.bank_opening_balance:f}", CENTS)
    bank.open(settings.bank_account, settings.bank_currency, opening, now_ms())

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        courier = _courier(settings, bank, randomness)
        clock = asyncio.create_task(_advance_forever(bank, courier))
        yield
        clock.cancel()
        if courier is not None:
            await courier.close()
        journal.close()

    app = FastAPI(title="Sandbox bank", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.bank = bank
    app.state.house_account = settings.bank_account
    holder = [Depends(BearerKey(settings.bank_api_key))]
    app.include_router(router, dependencies=holder)
    app.include_router(consent_router, dependencies=holder)
    app.include_router(consent_page_router)
    app.include_router(page_router)
    refuse_in_json(app)

    @app.get("/health")
    async def health() -> dict[str, str | bool | int]:
        return {"status": "ok", "durable": journal.is_durable, "undelivered": len(bank.outbox)}

    return app


def _courier(settings: BankSettings, bank: Bank, randomness: random.Random) -> Courier | None:
    if settings.bank_webhook_url is None or settings.bank_webhook_secret is None:
        return None
    return Courier(
        settings.bank_webhook_url,
        settings.bank_webhook_secret.get_secret_value().encode(),
        jitter_ms=settings.bank_webhook_jitter_ms,
        randomness=randomness,
        now_ms=now_ms,
        delivered=bank.delivered,
    )


async def _advance_forever(bank: Bank, courier: Courier | None) -> None:
    while True:
        try:
            bank.advance(now_ms())
            if courier is not None:
                courier.pick_up(bank.outbox)
        except Exception:
            log.exception("the bank could not advance; it tries again")
        await asyncio.sleep(ADVANCE_SECONDS)


def _pay_in_view(paid: PayIn) -> PayInView:
    return PayInView(
        bank_reference=paid.bank_reference,
        pay_reference=paid.pay_reference,
        amount=format_fixed(paid.amount, CENTS),
        currency=paid.currency,
        payer_account=paid.payer_account,
        account=paid.account,
        booked_at=at(paid.booked_ms),
    )


def _payout_view(record: PayoutRecord) -> PayoutView:
    payout = record.payout
    return PayoutView(
        payout_id=payout.payout_id,
        bank_reference=payout.bank_reference,
        return_reference=record.return_reference or None,
        status=record.status,
        reason=record.reason or None,
        amount=format_fixed(payout.amount, CENTS),
        currency=payout.currency,
        account=payout.account,
        reference=payout.reference,
        from_account=payout.from_account,
    )


def _entry_view(account: Account, entry: Entry) -> EntryView:
    return EntryView(
        entry_id=entry.number,
        booked_at=at(entry.booked_ms),
        type=entry.kind,
        amount=format_fixed(entry.amount, CENTS),
        currency=account.currency,
        balance=format_fixed(entry.balance, CENTS),
        bank_reference=entry.bank_reference,
        reference=entry.reference,
        counterparty=entry.counterparty,
    )
