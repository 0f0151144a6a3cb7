"""The wiring of payouts: settings -> provider -> services. `main` opens it with the rest of the stack."""

from contextlib import AsyncExitStack
from dataclasses import dataclass
from uuid import UUID

import httpx

from customer_stack.customers.instruments import Instruments
from customer_stack.customers.sealing import RecordSealing, Sealing
from customer_stack.customers.service import CustomersService
from customer_stack.gate.service.sitting import Gate
from customer_stack.payments.receivers import Receivers
from customer_stack.payments.service import PaymentsService
from customer_stack.payments.suspense import SuspenseService
from customer_stack.payouts.providers.contract import PayoutProvider
from customer_stack.payouts.providers.sandbox import SandboxPayouts
from customer_stack.payouts.service import (
    Admission,
    PayoutAccounts,
    PayoutReading,
    PayoutRequests,
    PayoutSettlement,
)
from customer_stack.payouts.service.compliance import Compliance
from customer_stack.payouts.service.holding import HeldPayouts
from customer_stack.payouts.services import PayoutServices
from customer_stack.settings import Settings
from customer_stack.tenancy.domain import Capability
from customer_stack.tenancy.service import RecentTenants, TenancyService, require_capability
from customer_stack.tls import trusted_authorities
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.ids import Ids


@dataclass(frozen=True, slots=True)
class PayoutGround:
    """What payouts stand on."""

    database: Database
    sealing: Sealing
    records: RecordSealing
    tenancy: TenancyService
    customers: CustomersService
    receivers: Receivers
    payments: PaymentsService
    gate: Gate
    clock: Clock
    ids: Ids


async def open_payouts(
    settings: Settings, stack: AsyncExitStack, ground: PayoutGround, chosen: PayoutProvider | None = None
) -> tuple[PayoutServices, SuspenseService]:
    """Return the services of payouts, and of suspense, which payouts send back.

    `chosen` carries payouts out; None: the sandbox's bank.
    """
    client = await stack.enter_async_context(httpx.AsyncClient(timeout=5, verify=trusted_authorities()))
    sandbox = SandboxPayouts(settings.bank_url, settings.bank_api_key.get_secret_value(), client)
    provider: PayoutProvider = chosen or sandbox
    database, clock, ids = ground.database, ground.clock, ground.ids
    sealing = SealedAccounts(ground.records, ground.sealing)
    compliance = Compliance(ground.gate, Instruments(ground.sealing), ids)
    requests = PayoutRequests(
        database,
        sealing,
        ground.payments,
        Admission(ground.customers, _require_withdrawals, compliance),
        clock,
        ids,
        provider=provider.name,
    )
    all_tenants = RecentTenants(ground.tenancy.list_tenant_ids)
    services = PayoutServices(
        accounts=PayoutAccounts(database, sealing, clock, ids),
        requests=requests,
        settlement=PayoutSettlement(database, provider, sealing, all_tenants, compliance, clock, ids),
        reading=PayoutReading(database),
        held=HeldPayouts(compliance),
    )
    suspense = SuspenseService(database, ground.payments, ground.receivers, requests, clock, ids)
    return services, suspense


_PLACES = {
    "number": ("payout_account", "number_sealed"),
    "holder": ("payout_account", "holder_sealed"),
    "destination": ("payout_order", "destination_sealed"),
}


class SealedAccounts:
    """Seals account numbers and names into their rows, and finds equal numbers of a tenant again."""

    def __init__(self, records: RecordSealing, sealing: Sealing) -> None:
        self._records = records
        self._sealing = sealing

    def seal(self, place: str, row_id: UUID, text: str) -> bytes:
        return self._records.seal((*_PLACES[place], row_id), text)

    def open(self, place: str, row_id: UUID, sealed: bytes) -> str:
        return self._records.open((*_PLACES[place], row_id), sealed)

    def index(self, tenant_id: UUID, number: str) -> bytes:
        return self._sealing.index("payout_account", tenant_id, number)


async def _require_withdrawals(tx: Transaction, tenant_id: UUID) -> None:
    await require_capability(tx, tenant_id, Capability.WITHDRAWALS)
