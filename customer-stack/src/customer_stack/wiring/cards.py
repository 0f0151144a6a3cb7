"""The wiring of cards: settings -> acquirer and issuer -> services. Part of `main`.

Without an acquirer's address cards cannot be charged; without the issuer's secret nobody can ask about cards
of ours. Both are then absent, and the routes say so.
"""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from uuid import UUID

import httpx

from customer_stack.cards.providers.issuer import issuer_messages
from customer_stack.cards.providers.sandbox import NAME, SandboxAcquirer, acquirer_messages
from customer_stack.cards.service.asking import ChargesService
from customer_stack.cards.service.counting import CardCounting
from customer_stack.cards.service.hearing import ReportKeeping
from customer_stack.cards.service.issuing import IssuingService
from customer_stack.cards.service.settling import SettlementsService
from customer_stack.cards.service.working import CardWork
from customer_stack.cards.tasks import build_runners, handle_reports
from customer_stack.customers.domain import Status
from customer_stack.customers.instruments import Instruments
from customer_stack.customers.sealing import RecordSealing
from customer_stack.customers.service import load_accounts
from customer_stack.facts.domain import Restriction
from customer_stack.facts.service import load as load_facts
from customer_stack.gate.service.sitting import Gate
from customer_stack.payments.providers.sandbox import SandboxBank
from customer_stack.payments.receivers import Receivers
from customer_stack.settings import Settings
from customer_stack.tenancy.domain import Capability
from customer_stack.tenancy.service import load_capabilities, require_capability
from customer_stack.timers import Runner
from customer_stack.tls import trusted_authorities
from customer_stack.webhooks.domain import Door
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.ids import Ids

AllTenants = Callable[[], Awaitable[tuple[UUID, ...]]]


@dataclass(frozen=True, slots=True)
class Cards:
    """Every service of cards; `work` None: there is no acquirer."""

    charges: ChargesService
    settlements: SettlementsService
    issuing: IssuingService
    work: CardWork | None
    doors: tuple[Door, ...]

    def build_runners(self) -> dict[str, Runner]:
        """Return the worker's timers of cards."""
        return build_runners(self.work, self.issuing)


@dataclass(frozen=True, slots=True)
class Ground:
    """What the services of cards stand on."""

    database: Database
    sealing: RecordSealing
    gate: Gate
    instruments: Instruments
    receivers: Receivers
    all_tenants: AllTenants
    clock: Clock
    ids: Ids


async def open_cards(settings: Settings, stack: AsyncExitStack, ground: Ground) -> Cards:
    """Build the services of cards; `stack` closes their connections."""
    database, clock, ids = ground.database, ground.clock, ground.ids
    tokens, gate = _Tokens(ground.sealing), _Gate(ground.receivers)
    doors: list[Door] = []
    work = await _open_work(settings, stack, ground, tokens, gate)
    if work is not None and settings.acquirer_secret is not None:
        verifier = acquirer_messages(settings.acquirer_secret.get_secret_value())
        doors.append(Door(verifier, handle_reports(work)))
    secret = settings.issuer_secret
    network = None if secret is None else issuer_messages(secret.get_secret_value())
    issuing = IssuingService(database, network, gate, ground.all_tenants, clock, ids)
    if network is not None:
        doors.append(Door(network, issuing.handle))
    return Cards(
        charges=ChargesService(database, NAME if work else None, tokens, gate, clock, ids),
        settlements=SettlementsService(database, NAME, SandboxBank.name, clock, ids),
        issuing=issuing,
        work=work,
        doors=tuple(doors),
    )


async def _open_work(
    settings: Settings, stack: AsyncExitStack, ground: Ground, tokens: "_Tokens", gate: "_Gate"
) -> CardWork | None:
    if settings.acquirer_url is None or settings.acquirer_api_key is None:
        return None
    client = await stack.enter_async_context(httpx.AsyncClient(verify=trusted_authorities()))
    acquirer = SandboxAcquirer(settings.acquirer_url, settings.acquirer_api_key.get_secret_value(), client)
    counting = CardCounting(ground.gate, ground.instruments, tokens, ground.ids)
    keeping = ReportKeeping(ground.database, gate, counting, ground.clock, ground.ids)
    return CardWork(ground.database, acquirer, tokens, keeping, ground.all_tenants, ground.clock)


class _Tokens:
    """Seals card tokens into the rows of charges."""

    def __init__(self, sealing: RecordSealing) -> None:
        self._sealing = sealing

    def seal(self, charge_id: UUID, token: str) -> bytes:
        return self._sealing.seal(("cards_charge", "token_sealed", charge_id), token)

    def open(self, charge_id: UUID, sealed: bytes) -> str:
        return self._sealing.open(("cards_charge", "token_sealed", charge_id), sealed)


class _Gate:
    """Who may use cards: capabilities of the tenant, status and restrictions of the customer."""

    def __init__(self, receivers: Receivers) -> None:
        self._receivers = receivers

    async def require_funding(self, tx: Transaction, tenant_id: UUID) -> None:
        await require_capability(tx, tenant_id, Capability.CARD_FUNDING)

    async def is_issuing(self, tx: Transaction, tenant_id: UUID) -> bool:
        return Capability.CARD_ISSUING in (await load_capabilities(tx, [tenant_id]))[tenant_id]

    async def is_known(self, tx: Transaction, customer_id: UUID) -> bool:
        return customer_id in await load_accounts(tx, [customer_id])

    async def is_active(self, tx: Transaction, customer_id: UUID) -> bool:
        return await self._receivers.is_active(tx, customer_id)

    async def is_frozen(self, tx: Transaction, customer_id: UUID) -> bool:
        """Nothing leaves the wallet of somebody who is restricted, not even to their own card."""
        facts = (await load_facts(tx, [customer_id])).get(customer_id)
        is_restricted = facts is None or facts.restriction is not Restriction.NONE
        return is_restricted or await self._status(tx, customer_id) is Status.FROZEN

    async def _status(self, tx: Transaction, customer_id: UUID) -> Status | None:
        account = (await load_accounts(tx, [customer_id])).get(customer_id)
        return account.status if account else None
