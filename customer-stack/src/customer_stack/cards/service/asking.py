"""What customers and staff ask for: a charge, a refund, and to see them."""

from dataclasses import dataclass, field, replace
from uuid import UUID

from customer_stack.cards.domain.charges import Charge, build_refund_hold, require_refundable
from customer_stack.cards.domain.views import ChargeRow
from customer_stack.cards.errors import (
    CardFundingUnavailable,
    ChargeNotFound,
    CustomerNotActive,
    NotEnoughWaiting,
    QuoteNotForCards,
    RefundFrozen,
)
from customer_stack.cards.service import deals
from customer_stack.cards.service.gate import CardGate, CardTokens
from customer_stack.cards.store import charges as store
from customer_stack.cards.store import returns
from customer_stack.cards.store.charges import TaskKind
from customer_stack.fx.domain.quotes import Quote, QuotePurpose
from customer_stack.fx.service import load_quote_standing, require_usable
from customer_stack.ledger.domain import Account, Amount, DealState, TransferKind
from customer_stack.ledger.service import read_id_cursor
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.idempotency import Claim, NewAnswer, read_answer, store_answers
from shared.ids import Ids
from shared.ledger import store as ledger
from shared.ledger.domain import LKR, USD


@dataclass(frozen=True, slots=True)
class ChargeRequest:
    """A customer wants to pay a deposit quote with a card."""

    tenant_id: UUID
    department_id: UUID
    customer_id: UUID
    quote_id: UUID
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """Somebody wants a part of a charge to go back. `customer_id` None: staff, for any customer.

    `department_id`: the only department that the staff member reaches.
    """

    tenant_id: UUID
    customer_id: UUID | None
    charge_id: UUID
    amount: int
    actor: str
    key: bytes
    digest: bytes
    department_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ChargePage:
    """Charges, newest first, and where the next page begins."""

    charges: tuple[ChargeRow, ...]
    next_cursor: str | None


class ChargesService:
    """Charges as customers and staff see them."""

    def __init__(
        self,
        database: Database,
        provider: str | None,
        tokens: CardTokens,
        gate: CardGate,
        clock: Clock,
        ids: Ids,
    ) -> None:
        """Charge at the acquirer `provider`; None: there is none."""
        self._database = database
        self._provider = provider
        self._tokens = tokens
        self._gate = gate
        self._clock = clock
        self._ids = ids

    async def charge(self, request: ChargeRequest, claim: Claim) -> ChargeRow:
        """Keep the wish to pay a quote with a card; the worker asks the acquirer.

        Raises CardFundingUnavailable, CapabilityOff, CustomerNotActive, QuoteNotFound, QuoteExpired,
        QuoteClosed, QuoteNotForCards, IdempotencyMismatch.
        """
        if self._provider is None:
            raise CardFundingUnavailable("Cards cannot be charged here. Pay by bank transfer.")
        async with self._database.transaction(request.tenant_id) as tx:
            await ledger.lock_books(tx, [request.customer_id, request.department_id])
            answered = await read_answer(tx, claim)
            if answered is not None:
                return await self._load(tx, request.customer_id, UUID(bytes=answered))
            await self._gate.require_funding(tx, request.tenant_id)
            if not await self._gate.is_active(tx, request.customer_id):
                raise CustomerNotActive("The account cannot transact now. Look at its status first.")
            quote = await self._take_quote(tx, request)
            charge = Charge(
                id=self._ids.new(),
                tenant_id=request.tenant_id,
                department_id=request.department_id,
                customer_id=request.customer_id,
                provider=self._provider,
                quote_id=quote.id,
                amount=quote.amount,
                asked_at=self._clock.now(),
            )
            await store.insert_charge(tx, charge, self._tokens.seal(charge.id, request.token))
            await self._open_deal(tx, charge, quote)
            await store_answers(tx, [NewAnswer(charge.tenant_id, claim, charge.id.bytes)])
            return await self._load(tx, request.customer_id, charge.id)

    async def _take_quote(self, tx: Transaction, request: ChargeRequest) -> Quote:
        """Return the quote that is to be paid, live and without another charge."""
        standing = await load_quote_standing(tx, request.customer_id, request.quote_id)
        if standing.quote.purpose is not QuotePurpose.DEPOSIT:
            raise QuoteNotForCards("A card pays a deposit quote. Ask for one with the purpose deposit.")
        require_usable(standing.quote, standing.outcome, self._clock.now())
        if await store.has_charge_for(tx, request.quote_id, request.customer_id):
            raise QuoteNotForCards("A card is being charged for this quote. Look at your charges.")
        return standing.quote

    async def _open_deal(self, tx: Transaction, charge: Charge, quote: Quote) -> None:
        actor = f"customer:{charge.customer_id}"
        item = replace(
            deals.build_item(charge, charge.id, TransferKind.CARD_FUNDING, charge.asked_at, actor, self._ids),
            give=Amount(LKR, quote.amount),
            get=Amount(USD, quote.usd),
            fee=Amount(LKR, quote.fee),
            rate_e8=quote.agreed_e8,
        )
        await deals.open_deal(tx, item, charge, DealState.CREATED)
        facts: dict[str, str | int | None] = {"quote": str(quote.id), "lkr": quote.amount}
        await deals.record(tx, charge, "charge_asked", charge.asked_at, actor, **facts)

    async def refund(self, request: RefundRequest) -> ChargeRow:
        """Reserve waiting LKR to go back to the card it came from; the worker asks the acquirer.

        Needs no FX, so it works for closed and excluded customers; never for frozen money. Raises
        ChargeNotFound, NothingToRefund, NotEnoughWaiting, RefundFrozen, IdempotencyMismatch.
        """
        async with self._database.transaction(request.tenant_id) as tx:
            charge = await self._find(tx, request.customer_id, request.charge_id, request.department_id)
            await ledger.lock_books(tx, [charge.customer_id])
            claim = Claim(charge.customer_id, request.key, request.digest)
            if await read_answer(tx, claim) is not None:
                return await self._load(tx, None, charge.id)
            if await self._gate.is_frozen(tx, charge.customer_id):
                raise RefundFrozen("The account is frozen: nothing leaves it. Contact support.")
            standing = (await store.load_standings(tx, [charge]))[charge.id]
            require_refundable(standing, request.amount)
            key = (charge.customer_id, LKR, Account.WALLET)
            if (await ledger.load_balances(tx, [key]))[key].available() < request.amount:
                raise NotEnoughWaiting("Less LKR waits in the wallet than that. Choose a smaller amount.")
            await self._keep_refund(tx, charge, request)
            await store_answers(tx, [NewAnswer(charge.tenant_id, claim, charge.id.bytes)])
            return await self._load(tx, None, charge.id)

    async def _keep_refund(self, tx: Transaction, charge: Charge, request: RefundRequest) -> None:
        now, refund_id, hold_id = self._clock.now(), self._ids.new(), self._ids.new()
        await ledger.post(tx, build_refund_hold(charge, hold_id, request.amount))
        refund = returns.NewRefund(refund_id, request.amount, hold_id, request.actor, now)
        await returns.insert_refund(tx, charge, refund)
        await store.insert_task(tx, TaskKind.REFUND, charge.tenant_id, refund_id, now)
        item = replace(
            deals.build_item(charge, refund_id, TransferKind.CARD_REFUND, now, request.actor, self._ids),
            give=Amount(LKR, request.amount),
        )
        await deals.open_deal(tx, item, charge, DealState.CREATED, DealState.AUTHORIZED)
        facts: dict[str, str | int | None] = {"refund": str(refund_id), "lkr": request.amount}
        await deals.record(tx, charge, "refund_asked", now, request.actor, **facts)

    async def get(self, tenant_id: UUID, customer_id: UUID, charge_id: UUID) -> ChargeRow:
        """Return a customer's charge. Raises ChargeNotFound."""
        async with self._database.transaction(tenant_id) as tx:
            return await self._load(tx, customer_id, charge_id)

    async def list(
        self,
        tenant_id: UUID,
        customer_id: UUID | None,
        limit: int,
        cursor: str | None,
        *,
        department_id: UUID | None = None,
    ) -> ChargePage:
        """Return one page of charges of a customer, of a department, or of all. Raises CursorUnknown."""
        before = read_id_cursor(cursor)
        async with self._database.transaction(tenant_id) as tx:
            found = await store.load_charges(tx, customer_id, department_id, before, limit + 1)
            rows = await store.load_rows(tx, found[:limit])
        return ChargePage(rows, str(found[limit - 1].id) if len(found) > limit else None)

    async def ask_again(
        self, tenant_id: UUID, charge_id: UUID, actor: str, *, department_id: UUID | None = None
    ) -> ChargeRow:
        """Have the acquirer asked again about a charge and its refunds. Raises ChargeNotFound."""
        now = self._clock.now()
        async with self._database.transaction(tenant_id) as tx:
            charge = await self._find(tx, None, charge_id, department_id)
            await ledger.lock_books(tx, [charge.customer_id])
            standing = (await store.load_standings(tx, [charge]))[charge.id]
            if standing.is_open:
                await store.plan_task(tx, charge.id, now, anew=True)
            for refund in standing.refunds:
                if refund.ended is None:
                    await store.plan_task(tx, refund.id, now, anew=True)
            await deals.record(tx, charge, "charge_asked_again", now, actor)
            return await self._load(tx, None, charge_id)

    async def _find(
        self, tx: Transaction, customer_id: UUID | None, charge_id: UUID, department_id: UUID | None = None
    ) -> Charge:
        charge = await store.find_charge(tx, charge_id)
        is_theirs = charge is not None and department_id in (None, charge.department_id)
        if charge is None or not is_theirs or customer_id not in (None, charge.customer_id):
            raise ChargeNotFound("There is no such charge. Look at the list of your charges.")
        return charge

    async def _load(self, tx: Transaction, customer_id: UUID | None, charge_id: UUID) -> ChargeRow:
        charge = await self._find(tx, customer_id, charge_id)
        return (await store.load_rows(tx, [charge]))[0]
