"""The only wiring of the customer stack: settings -> providers -> services -> routers.

`open_services` builds everything once per process; the API and the worker both use it. A module adds
its service to `Services`, its construction to `open_services`, and its router to `build_routers`.
"""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from uuid import UUID

import grpc
import httpx
from fastapi import APIRouter, FastAPI

from customer_stack.access.api import build_router as build_access_router
from customer_stack.access.service import AccessService
from customer_stack.audit.api import build_router as build_audit_router
from customer_stack.audit.service import AuditProofs
from customer_stack.boundary_client.service import ExecutionClient
from customer_stack.credentials.passwords import Passwords
from customer_stack.customers.api import build_router as build_customers_router
from customer_stack.customers.api import build_staff_router as build_customers_staff_router
from customer_stack.customers.instruments import Instruments
from customer_stack.customers.sealing import FieldKeys, FieldKeysUnusable, RecordSealing, Sealing
from customer_stack.customers.service import (
    CustomersService,
    load_references_of_tenant,
)
from customer_stack.customers.sessions import SessionService
from customer_stack.edge.application import create_app
from customer_stack.exports.api import build_router as build_exports_router
from customer_stack.exports.service import Exports
from customer_stack.figures.api import build_router as build_figures_router
from customer_stack.figures.service import Figures
from customer_stack.fx.api import build_router as build_fx_router
from customer_stack.fx.domain.quotes import QuotePurpose
from customer_stack.fx.providers import sources as rate_sources
from customer_stack.fx.service import (
    FxReading,
    FxService,
    Maker,
    QuoteGate,
    RateDesk,
    RateProposals,
    stored_mids,
)
from customer_stack.ledger.api import build_router as build_ledger_router
from customer_stack.ledger.corrections import CorrectionsService
from customer_stack.ledger.reading import LedgerReading
from customer_stack.ledger.service import LedgerService
from customer_stack.ledger.staff_api import build_staff_router as build_ledger_staff_router
from customer_stack.markets.api import build_router as build_markets_router
from customer_stack.markets.service import MarketService, MarketSnapshot
from customer_stack.markets.tasks import refresh_snapshot
from customer_stack.open_banking.service import has_consent_for
from customer_stack.payments.api import build_router as build_payments_router
from customer_stack.payments.api import build_suspense_router
from customer_stack.payments.counting import DepositCounting
from customer_stack.payments.providers.sandbox import BankSignature, SandboxBank
from customer_stack.payments.receivers import Receivers
from customer_stack.payments.service import PaymentsService
from customer_stack.payments.suspense import SuspenseService
from customer_stack.payments.tasks import build_handler as build_pay_in_handler
from customer_stack.payouts.api import PayoutServices
from customer_stack.payouts.api import build_router as build_payouts_router
from customer_stack.payouts.service import PayoutSettlement
from customer_stack.payouts.tasks import build_handler as build_payout_handler
from customer_stack.periods.api import build_router as build_periods_router
from customer_stack.periods.service import PeriodsService
from customer_stack.privacy.configuration import load_texts
from customer_stack.privacy.service.consents import Registrations
from customer_stack.screening.service.standing import are_clear
from customer_stack.settings import PasswordWork, Settings, read_settings
from customer_stack.statements.api import build_router as build_statements_router
from customer_stack.statements.api import build_staff_router as build_statements_staff_router
from customer_stack.statements.names import RegisterNames
from customer_stack.statements.service import StatementsService
from customer_stack.tenancy.domain import Capability
from customer_stack.tenancy.service import (
    RecentTenants,
    TenancyService,
    require_capability,
)
from customer_stack.timelines.api import build_router as build_timelines_router
from customer_stack.timelines.service import Around as TimelinesAround
from customer_stack.timelines.service import Timelines
from customer_stack.timers import Runner
from customer_stack.tls import trusted_authorities
from customer_stack.transfers.api import build_router as build_transfers_router
from customer_stack.transfers.api import build_staff_router as build_transfers_staff_router
from customer_stack.transfers.service.commands import MoveMoney
from customer_stack.transfers.service.reading import TransfersService
from customer_stack.transfers.service.releasing import HeldTransfers
from customer_stack.treasury.api import build_router as build_treasury_router
from customer_stack.treasury.corrections import CORRECTORS as TREASURY_CORRECTORS
from customer_stack.treasury.service import TreasuryService
from customer_stack.wagers.api import build_router as build_wagers_router
from customer_stack.wagers.api import build_staff_router as build_wagers_staff_router
from customer_stack.wagers.service import reading as wager_reports
from customer_stack.wagers.service.placing import PlaceWager
from customer_stack.wagers.service.reading import WagerReading
from customer_stack.wagers.service.reporting import ReportApplication
from customer_stack.wagers.service.sending import WagerSending
from customer_stack.webhooks.api import build_router as build_webhooks_router
from customer_stack.webhooks.domain import Door
from customer_stack.webhooks.handlers import in_turn
from customer_stack.webhooks.service import WebhooksService
from customer_stack.wiring.aml import Aml, open_aml
from customer_stack.wiring.cards import Cards, Ground, open_cards
from customer_stack.wiring.cases import Cases, open_cases
from customer_stack.wiring.channels import Base, Channels, build_channel_routers, open_channels
from customer_stack.wiring.filings import FilingNeighbours, Filings, open_filings
from customer_stack.wiring.gate import Gates, open_gate
from customer_stack.wiring.kyc import Kyc, open_kyc
from customer_stack.wiring.payouts import PayoutGround, SealedAccounts, open_payouts
from customer_stack.wiring.privacy import Privacy, PrivacyGround, open_privacy
from customer_stack.wiring.protection import Around, Protection, open_protection
from customer_stack.wiring.reconciliation import (
    Reconciliation,
    Sides,
    TenancyNames,
    open_reconciliation,
)
from customer_stack.wiring.screening import Screening, open_screening
from customer_stack.wiring.sealed import PayerAccounts, WebhookBodies
from customer_stack.wiring.settlement import SettlementGround, Settlements, open_settlement
from customer_stack.wiring.standing import Standing, open_standing
from customer_stack.wiring.transfers import TransferGround, open_transfers
from customer_stack.wiring.wagers import open_wagers
from shared.audit.keys import origin_of
from shared.audit.store import wait_all_sealed
from shared.boundary.client import BoundaryClient
from shared.boundary.key_source import open_keys
from shared.clock import Clock, SystemClock
from shared.database import Database, Transaction
from shared.ids import Ids, SystemIds
from shared.lanes import Lanes
from shared.operations.key_files import warn_of_exposed
from shared.operations.logs import configure_logs
from shared.operations.management import open_port, serve_http
from shared.operations.process import run_process, spare_collector

API_NAME = "customer-api"


@dataclass(frozen=True, slots=True)
class Services:
    """Every service of the stack, open and ready. The lanes are started by the process that serves them."""

    settings: Settings
    database: Database
    clock: Clock
    ids: Ids
    tenancy: TenancyService
    access: AccessService
    customers: CustomersService
    sessions: SessionService
    standing: Standing
    kyc: Kyc
    screening: Screening
    ledger: LedgerService
    ledger_reading: LedgerReading
    corrections: CorrectionsService
    fx: FxService
    rate_desk: RateDesk
    rate_proposals: RateProposals
    fx_reading: FxReading
    payments: PaymentsService
    suspense: SuspenseService
    payouts: PayoutServices
    webhooks: WebhooksService
    channels: Channels
    cards: Cards
    treasury: TreasuryService
    periods: PeriodsService
    execution: ExecutionClient
    markets: MarketService
    market_snapshot: MarketSnapshot
    wager_lanes: Lanes[PlaceWager, bytes]
    transfer_lanes: Lanes[MoveMoney, bytes]
    transfers: TransfersService
    held_transfers: HeldTransfers
    statements: StatementsService
    exports: Exports
    audit_proofs: AuditProofs
    timelines: Timelines
    wager_sending: WagerSending
    wager_reading: WagerReading
    wager_reports: ReportApplication
    settlement: Settlements
    figures: Figures
    reconciliation: Reconciliation
    aml: Aml
    cases: Cases
    filings: Filings
    gates: Gates
    protection: Protection
    privacy: Privacy


async def open_services(settings: Settings, stack: AsyncExitStack, *, name: str) -> Services:
    """Open the database and build the services; `stack` closes what was opened, in reverse order."""
    clock, ids = SystemClock(), SystemIds()
    database = await Database.connect(
        settings.database_url.get_secret_value(), name=name, pool_size=settings.database_pool_size
    )
    stack.push_async_callback(database.close)
    passwords, keys = open_passwords(stack), FieldKeys.read(settings.field_keys_file)
    if not settings.is_sandbox and keys.subjects is None:
        raise FieldKeysUnusable(
            "In production CUSTOMER_FIELD_KEYS_FILE names the file of persons' secrets: subjects."
        )
    sealing = Sealing(keys)
    bank = await _open_bank(settings, stack)
    execution = await _open_execution(settings, stack, clock, ids)
    rates, feed = await rate_sources.open_source(settings, stack, stored_mids(database), clock)

    tenancy = TenancyService(database, clock, ids)
    access = AccessService(database, tenancy, passwords, clock, ids, session_hours=settings.session_hours)
    all_tenants = RecentTenants(tenancy.list_tenant_ids)
    registrations = Registrations(load_texts())
    customers = CustomersService(database, tenancy, passwords, sealing, registrations, clock, ids)
    kyc = await open_kyc(settings, stack, database, tenancy, customers, are_clear, clock, ids)
    records, instruments, receivers = RecordSealing(keys), Instruments(sealing), Receivers(clock)
    privacy = open_privacy(settings, PrivacyGround(database, customers, records, all_tenants, clock, ids))
    gates = await open_gate(database, RecentTenants(tenancy.list_tenant_ids), kyc.tiers, rates.name, clock)
    payments = PaymentsService(
        database,
        PayerAccounts(records),
        receivers,
        all_tenants,
        DepositCounting(gates.gate, instruments, has_consent_for, ids),
        clock,
        ids,
        refund_days=settings.refund_proposal_days,
    )
    channels = await open_channels(
        Base(settings, database, clock, ids, records, payments, receivers, all_tenants), stack
    )
    payouts, suspense = await open_payouts(
        settings,
        stack,
        PayoutGround(
            database, sealing, records, tenancy, customers, receivers, payments, gates.gate, clock, ids
        ),
        channels.chosen_payouts,
    )
    cards = await open_cards(
        settings,
        stack,
        Ground(database, records, gates.gate, instruments, receivers, all_tenants, clock, ids),
    )
    channels.record_answer, channels.add_account = payouts.settlement.record_answer, payouts.accounts.add
    snapshot = MarketSnapshot(database)
    transfers = open_transfers(
        TransferGround(database, customers, records, sealing, gates.gate, clock, ids),
        lane_count=settings.lane_count,
    )
    wagers = open_wagers(settings, database, snapshot, execution, all_tenants, gates.gate, clock, ids)
    ledger_reading = LedgerReading(database)
    settlement = open_settlement(
        settings,
        SettlementGround(database, tenancy, access, records, execution, all_tenants, clock, ids),
    )
    return Services(
        settings=settings,
        database=database,
        clock=clock,
        ids=ids,
        tenancy=tenancy,
        access=access,
        customers=customers,
        sessions=SessionService(
            database,
            tenancy,
            passwords,
            sealing,
            clock,
            ids,
            session_hours=settings.session_hours,
            remember_seconds=settings.session_cache_seconds,
        ),
        standing=open_standing(settings, database, customers, kyc.tiers, clock, ids),
        kyc=kyc,
        screening=await open_screening(
            settings, stack, database, customers, keys, kyc.businesses.open_named, clock, ids
        ),
        ledger=LedgerService(database),
        ledger_reading=ledger_reading,
        corrections=CorrectionsService(database, {**transfers.correctors, **TREASURY_CORRECTORS}, clock, ids),
        fx=FxService(
            database,
            rates,
            QuoteGate(
                customers,
                _require_purpose,
                privacy.before_deposit(kyc.tiers.require_deposit),
                gates.gate,
            ),
            clock,
            ids,
        ),
        rate_desk=RateDesk(database, rates, feed, all_tenants, Maker(clock, ids)),
        rate_proposals=RateProposals(database, rates, Maker(clock, ids)),
        fx_reading=FxReading(database),
        payments=payments,
        suspense=suspense,
        payouts=payouts,
        webhooks=WebhooksService(
            database,
            WebhookBodies(records),
            [
                *_doors(settings, bank, payments, payouts.settlement),
                *cards.doors,
                *channels.doors,
                *kyc.doors,
            ],
            clock,
            ids,
        ),
        cards=cards,
        channels=channels,
        treasury=TreasuryService(database, clock, ids),
        periods=PeriodsService(database, clock, ids),
        execution=execution,
        markets=MarketService(database, execution, clock),
        market_snapshot=snapshot,
        wager_lanes=wagers.lanes,
        transfer_lanes=transfers.lanes,
        transfers=transfers.service,
        held_transfers=transfers.held,
        statements=StatementsService(
            database, RegisterNames(tenancy, customers, transfers.service), snapshot, clock, ids
        ),
        exports=Exports(database),
        audit_proofs=AuditProofs(database, origin_of(settings.environment, "customer")),
        timelines=Timelines(
            database,
            TimelinesAround(ledger_reading, wagers.reading, gates.desk, settlement.reading),
            all_tenants,
            clock,
        ),
        wager_sending=wagers.sending,
        wager_reading=wagers.reading,
        wager_reports=wagers.reports,
        figures=Figures(database, clock),
        settlement=settlement,
        reconciliation=open_reconciliation(
            database,
            Sides(execution, wager_reports, load_references_of_tenant, wager_reports.load_positions, bank),
            all_tenants,
            TenancyNames(tenancy),
            clock,
            ids,
        ),
        aml=open_aml(database, all_tenants, clock, ids),
        cases=open_cases(
            database, customers, (wagers.held, transfers.held, payouts.held), all_tenants, clock, ids
        ),
        filings=open_filings(
            database,
            FilingNeighbours(customers, records, PayerAccounts(records), SealedAccounts(records, sealing)),
            clock,
            ids,
        ),
        gates=gates,
        privacy=privacy,
        protection=open_protection(
            database,
            Around(kyc.tiers, tenancy, customers, privacy.consents, settings.exclusion_groups),
            clock,
            ids,
        ),
    )


async def _open_bank(settings: Settings, stack: AsyncExitStack) -> SandboxBank:
    client = await stack.enter_async_context(httpx.AsyncClient(timeout=10, verify=trusted_authorities()))
    return SandboxBank(
        settings.bank_url,
        settings.bank_api_key.get_secret_value(),
        client,
    )


def _doors(
    settings: Settings, bank: SandboxBank, payments: PaymentsService, settlement: PayoutSettlement
) -> list[Door]:
    """Return who may send us messages, and what becomes of them."""
    return [
        Door(
            BankSignature(settings.bank_secret.get_secret_value()),
            in_turn(build_pay_in_handler(payments, bank), build_payout_handler(settlement)),
        ),
    ]


async def _open_execution(
    settings: Settings, stack: AsyncExitStack, clock: Clock, ids: Ids
) -> ExecutionClient:
    """Prepare the calls to the execution stack; without TLS files, which production needs, in plain text."""
    credentials = None
    if settings.tls_files is not None:
        authority, certificate, key = (path.read_bytes() for path in settings.tls_files)
        credentials = grpc.ssl_channel_credentials(authority, key, certificate)
    client = BoundaryClient(
        settings.execution_target,
        open_keys(settings.boundary_keys_file, settings.boundary_keys_text),
        sender=f"customer.{settings.environment}",
        audience=f"execution.{settings.environment}",
        clock=clock,
        credentials=credentials,
    )
    return ExecutionClient(await stack.enter_async_context(client), ids)


async def _require_purpose(tx: Transaction, tenant_id: UUID, purpose: QuotePurpose) -> None:
    """Ask for the capability behind a quote: LKR that waits came by a deposit."""
    withdraws = purpose is QuotePurpose.WITHDRAWAL
    await require_capability(tx, tenant_id, Capability.WITHDRAWALS if withdraws else Capability.DEPOSITS)


def open_passwords(stack: AsyncExitStack) -> Passwords:
    """Return the password hasher with the work that the settings ask for."""
    work = read_settings(PasswordWork)
    passwords = Passwords(memory_kib=work.memory_kib, passes=work.passes, lanes=work.lanes)
    stack.callback(passwords.close)
    return passwords


def build_routers(services: Services) -> list[APIRouter]:
    """Return the routers of all modules: the hot one first, since routes are tried in this order."""
    secure = not services.settings.is_sandbox
    return [
        build_wagers_router(services.wager_lanes, services.wager_sending, services.wager_reading),
        build_customers_router(services.customers, services.sessions, secure_cookies=secure),
        build_customers_staff_router(services.customers),
        *services.standing.build_routers(),
        *services.kyc.build_routers(),
        build_access_router(services.access, secure_cookies=secure),
        build_ledger_router(services.ledger, services.ledger_reading),
        build_ledger_staff_router(services.ledger_reading, services.corrections),
        build_fx_router(services.fx, services.rate_desk, services.rate_proposals, services.fx_reading),
        build_payments_router(services.payments),
        build_suspense_router(services.suspense),
        build_payouts_router(services.payouts),
        *build_channel_routers(services.channels),
        *services.cards.build_routers(),
        build_webhooks_router(services.webhooks),
        build_transfers_router(services.transfer_lanes, services.transfers, services.held_transfers),
        build_transfers_staff_router(services.transfers),
        build_statements_router(services.statements),
        build_statements_staff_router(services.statements),
        build_exports_router(services.exports),
        build_audit_router(services.audit_proofs),
        build_timelines_router(services.timelines, services.clock),
        build_treasury_router(services.treasury),
        build_periods_router(services.periods),
        build_markets_router(services.markets),
        services.gates.build_router(),
        build_wagers_staff_router(services.wager_reports, services.wager_reading),
        *services.settlement.build_routers(),
        build_figures_router(services.figures),
        *services.reconciliation.build_routers(),
        services.aml.build_router(),
        *services.cases.build_routers(),
        *services.filings.build_routers(),
        *services.screening.build_routers(),
        *services.protection.build_routers(),
        *services.privacy.build_routers(),
    ]


def build_application(services: Services) -> FastAPI:
    """Return the HTTP application over open services. Raises TableInvalid, OSError."""
    return create_app(
        build_routers(services),
        customer_sessions=services.sessions,
        staff_sessions=services.access,
        ids=services.ids,
        show_documentation=services.settings.is_sandbox,
        origins=services.standing.countries.load(),
        sealing=(partial(wait_all_sealed, services.database), services.settings.wait_sealed_for),
    )


def build_api_runners(services: Services) -> dict[str, Runner]:
    """Return what the API process runs beside its HTTP server."""
    app, settings = build_application(services), services.settings

    async def serve(stop: asyncio.Event) -> None:
        await serve_http(app, open_port(settings.http_host, settings.http_port), stop)

    return {
        "http": serve,
        "markets.snapshot": refresh_snapshot(services.market_snapshot),
        **services.gates.build_runners(),
        **services.standing.build_api_runners(),
    }


async def run_api(settings: Settings) -> None:
    """Run the API process until a signal. Raises ProcessFailed, PortBusy, DatabaseUnavailable."""
    configure_logs(API_NAME)
    warn_of_exposed(settings.key_files)
    async with AsyncExitStack() as stack:
        services = await open_services(settings, stack, name=API_NAME)
        stack.push_async_callback(services.wager_lanes.stop)
        await services.wager_lanes.start()
        stack.push_async_callback(services.transfer_lanes.stop)
        await services.transfer_lanes.start()
        runners = build_api_runners(services)
        spare_collector()
        await run_process(
            API_NAME,
            tasks=runners,
            checks={"database": services.database.ping},
            management_port=settings.management_port,
            management_host=settings.management_host,
        )
