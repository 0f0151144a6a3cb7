"""The only wiring of the customer stack: settings -> providers -> services.

`open_services` builds everything once per process; the API and the worker both use it. A module adds
its service to `Services` and its construction to `open_services`; its router is added in `application`.
"""

from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import grpc
import httpx

from customer_stack.access.service import AccessService
from customer_stack.audit.service import AuditProofs
from customer_stack.boundary_client.service import ExecutionClient
from customer_stack.credentials.passwords import Passwords
from customer_stack.customers.instruments import Instruments
from customer_stack.customers.sealing import FieldKeys, FieldKeysUnusable, RecordSealing, Sealing
from customer_stack.customers.service import (
    CustomersService,
    load_references_of_tenant,
)
from customer_stack.customers.sessions import SessionService
from customer_stack.exports.service import Exports
from customer_stack.figures.service import Figures
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
from customer_stack.ledger.corrections import CorrectionsService
from customer_stack.ledger.reading import LedgerReading
from customer_stack.ledger.service import LedgerService
from customer_stack.markets.service import MarketService, MarketSnapshot
from customer_stack.open_banking.service import has_consent_for
from customer_stack.payments.counting import DepositCounting
from customer_stack.payments.providers.sandbox import BankSignature, SandboxBank
from customer_stack.payments.receivers import Receivers
from customer_stack.payments.service import PaymentsService
from customer_stack.payments.suspense import SuspenseService
from customer_stack.payments.tasks import build_handler as build_pay_in_handler
from customer_stack.payouts.service import PayoutSettlement
from customer_stack.payouts.services import PayoutServices
from customer_stack.payouts.tasks import build_handler as build_payout_handler
from customer_stack.periods.service import PeriodsService
from customer_stack.privacy.configuration import load_texts
from customer_stack.privacy.service.consents import Registrations
from customer_stack.screening.service.standing import are_clear
from customer_stack.settings import PROGRAM, PasswordWork, Settings, read_settings
from customer_stack.statements.names import RegisterNames
from customer_stack.statements.service import StatementsService
from customer_stack.tenancy.domain import Capability
from customer_stack.tenancy.service import (
    RecentTenants,
    TenancyService,
    require_capability,
)
from customer_stack.timelines.service import Timelines, Told
from customer_stack.tls import trusted_authorities
from customer_stack.transfers.service.commands import MoveMoney
from customer_stack.transfers.service.reading import TransfersService
from customer_stack.transfers.service.releasing import HeldTransfers
from customer_stack.treasury.corrections import CORRECTORS as TREASURY_CORRECTORS
from customer_stack.treasury.service import TreasuryService
from customer_stack.wagers.service import reading as wager_reports
from customer_stack.wagers.service.placing import PlaceWager
from customer_stack.wagers.service.reading import WagerReading
from customer_stack.wagers.service.reporting import ReportApplication
from customer_stack.wagers.service.sending import WagerSending
from customer_stack.webhooks.domain import Door
from customer_stack.webhooks.handlers import in_turn
from customer_stack.webhooks.service import WebhooksService
from customer_stack.wiring.aml import Aml, open_aml
from customer_stack.wiring.cards import Cards, Ground, open_cards
from customer_stack.wiring.cases import Cases, open_cases
from customer_stack.wiring.channels import Base, Channels, open_channels
from customer_stack.wiring.evidence import Evidence, EvidenceGround, open_evidence
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
from shared.boundary.client import BoundaryClient
from shared.boundary.key_source import open_keys
from shared.clock import Clock, SystemClock
from shared.database import Database, Transaction
from shared.ids import Ids, SystemIds
from shared.lanes import Lanes
from shared.operations.certificates import watch_certificates
from shared.restores import require_known
from shared.versions import require_version

AFTER_RESTORE: Final = f"{PROGRAM} after-restore"


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
    evidence: Evidence
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


async def require_known_database(services: Services) -> None:
    """Let a process go on unless nobody has looked at a restored database. Raises DatabaseRestored."""
    await require_known(
        services.database,
        services.clock.now(),
        AFTER_RESTORE,
        failover_loses_nothing=services.settings.failover_loses_nothing,
    )


async def open_services(settings: Settings, stack: AsyncExitStack, *, name: str) -> Services:
    """Open the database and build the services; `stack` closes what was opened, in reverse order.

    Raises DatabaseUnavailable, DatabaseBehind, DatabaseAhead.
    """
    clock, ids = SystemClock(), SystemIds()
    database = await Database.connect(
        settings.database_url.get_secret_value(), name=name, pool_size=settings.database_pool_size
    )
    stack.push_async_callback(database.close)
    await require_version(database, settings.migrations_folder, PROGRAM)
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
        evidence=open_evidence(
            EvidenceGround(database, customers, records, tenancy, all_tenants, clock, ids)
        ),
        audit_proofs=AuditProofs(database, origin_of(settings.environment, "customer"), clock),
        timelines=Timelines(
            database,
            Told(ledger_reading, wagers.reading, gates.desk, settlement.reading),
            tenancy.list_tenant_ids,
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
        watch_certificates({"authority": authority, "boundary": certificate})
        credentials = grpc.ssl_channel_credentials(authority, key, certificate)
    client = BoundaryClient(
        settings.execution_target,
        open_keys(settings.boundary_keys_file, settings.boundary_keys_text),
        sender=sender_of(settings),
        audience=f"execution.{settings.environment}",
        clock=clock,
        credentials=credentials,
    )
    return ExecutionClient(await stack.enter_async_context(client), ids)


def sender_of(settings: Settings) -> str:
    """Return the name under which this stack calls execution."""
    return f"customer.{settings.environment}"


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
