"""Every router of the API over open services.

They are built here and not where the services are wired: the worker and the commands open the same services,
and the web framework with the shapes of all requests takes longer to load than all the rest.

A module adds its routers to `build_routers`.
"""

from fastapi import APIRouter

from customer_stack.access import api as access_api
from customer_stack.aml import api as aml_api
from customer_stack.audit import api as audit_api
from customer_stack.bank_files import api as bank_files_api
from customer_stack.cards import api as cards_api
from customer_stack.cases import api as cases_api
from customer_stack.cases import exclusions_api, figures_api, snoozes_api
from customer_stack.checkouts import api as checkouts_api
from customer_stack.customers import api as customers_api
from customer_stack.evidence import api as evidence_api
from customer_stack.exports import api as exports_api
from customer_stack.figures import api as house_figures_api
from customer_stack.filings import api as filings_api
from customer_stack.filings import suspicions_api
from customer_stack.fx import api as fx_api
from customer_stack.gate import api as gate_api
from customer_stack.geography import api as geography_api
from customer_stack.kyc import api as kyc_api
from customer_stack.kyc import businesses_api, tiers_api
from customer_stack.ledger import api as ledger_api
from customer_stack.ledger import staff_api as ledger_staff_api
from customer_stack.main import Services
from customer_stack.markets import api as markets_api
from customer_stack.open_banking import api as open_banking_api
from customer_stack.payments import api as payments_api
from customer_stack.payouts import api as payouts_api
from customer_stack.periods import api as periods_api
from customer_stack.privacy import api as privacy_api
from customer_stack.privacy import staff_api as privacy_staff_api
from customer_stack.protection import api as protection_api
from customer_stack.protection import staff_api as protection_staff_api
from customer_stack.reconciliation import api as reconciliation_api
from customer_stack.reconciliation import break_api, day_api, match_api
from customer_stack.restrictions import api as restrictions_api
from customer_stack.risk import api as risk_api
from customer_stack.screening import alerts_api, lists_api
from customer_stack.settlement import api as settlement_api
from customer_stack.settlement import hand_api as settlement_hand_api
from customer_stack.settlement import reading_api as settlement_reading_api
from customer_stack.signing import api as signing_api
from customer_stack.statements import api as statements_api
from customer_stack.timelines import api as timelines_api
from customer_stack.transfers import api as transfers_api
from customer_stack.treasury import api as treasury_api
from customer_stack.wagers import api as wagers_api
from customer_stack.webhooks import api as webhooks_api
from customer_stack.wiring.cards import Cards
from customer_stack.wiring.cases import Cases
from customer_stack.wiring.channels import Channels
from customer_stack.wiring.filings import Filings
from customer_stack.wiring.kyc import Kyc
from customer_stack.wiring.privacy import Privacy
from customer_stack.wiring.protection import Protection
from customer_stack.wiring.reconciliation import Reconciliation
from customer_stack.wiring.screening import Screening
from customer_stack.wiring.settlement import Settlements
from customer_stack.wiring.standing import Standing


def build_routers(services: Services) -> list[APIRouter]:
    """Return the routers of all modules: the hot one first, since routes are tried in this order."""
    secure = not services.settings.is_sandbox
    reports, reading = services.wager_reports, services.wager_reading
    return [
        wagers_api.build_router(services.wager_lanes, services.wager_sending, reading),
        customers_api.build_router(services.customers, services.sessions, secure_cookies=secure),
        customers_api.build_staff_router(services.customers),
        *_build_standing(services.standing),
        *_build_kyc(services.kyc),
        access_api.build_router(services.access, secure_cookies=secure),
        *_build_money(services),
        exports_api.build_router(services.exports),
        evidence_api.build_router(services.evidence.packs, services.evidence.clock, services.evidence.ids),
        audit_api.build_router(services.audit_proofs),
        timelines_api.build_router(services.timelines, services.clock),
        treasury_api.build_router(services.treasury),
        periods_api.build_router(services.periods),
        markets_api.build_router(services.markets),
        gate_api.build_router(services.gates.desk),
        wagers_api.build_staff_router(reports, reading),
        *_build_settlement(services.settlement),
        house_figures_api.build_router(services.figures),
        *_build_reconciliation(services.reconciliation),
        aml_api.build_router(services.aml.rules, services.aml.backtesting),
        *_build_cases(services.cases),
        *_build_filings(services.filings),
        *_build_screening(services.screening),
        *_build_protection(services.protection),
        *_build_privacy(services.privacy),
    ]


def build_channel_routers(channels: Channels) -> list[APIRouter]:
    """Return the routers of the ways that are on."""
    routers = []
    if channels.checkouts is not None:
        routers.append(checkouts_api.build_router(channels.checkouts))
    if channels.bank_files is not None and channels.payout_files is not None:
        routers.append(bank_files_api.build_router(channels.bank_files, channels.payout_files))
    if channels.open_banking is not None:
        routers.append(open_banking_api.build_router(channels.open_banking))
    return routers


def _build_money(services: Services) -> list[APIRouter]:
    """Return what moves money, with what receives the words of its vendors."""
    fx = services.fx, services.rate_desk, services.rate_proposals, services.fx_reading
    moving = services.transfer_lanes, services.transfers, services.held_transfers
    return [
        ledger_api.build_router(services.ledger, services.ledger_reading),
        ledger_staff_api.build_staff_router(services.ledger_reading, services.corrections),
        fx_api.build_router(*fx),
        payments_api.build_router(services.payments),
        payments_api.build_suspense_router(services.suspense),
        payouts_api.build_router(services.payouts),
        *build_channel_routers(services.channels),
        *_build_cards(services.cards),
        webhooks_api.build_router(services.webhooks),
        transfers_api.build_router(*moving),
        transfers_api.build_staff_router(services.transfers),
        statements_api.build_router(services.statements),
        statements_api.build_staff_router(services.statements),
    ]


def _build_cards(cards: Cards) -> list[APIRouter]:
    return [
        cards_api.build_network_router(cards.issuing),
        cards_api.build_router(cards.charges),
        cards_api.build_staff_router(cards.charges, cards.settlements, cards.issuing),
    ]


def _build_cases(cases: Cases) -> list[APIRouter]:
    return [
        cases_api.build_router(cases.reading, cases.working, cases.decisions, cases.filing, cases.clock),
        snoozes_api.build_router(cases.snoozing, cases.clock),
        figures_api.build_router(cases.figures),
        exclusions_api.build_router(cases.excluding),
    ]


def _build_filings(filings: Filings) -> list[APIRouter]:
    """Return suspicions first, since routes are tried in this order."""
    return [
        suspicions_api.build_suspicions_router(filings.suspicions, filings.suspecting, filings.preparing),
        filings_api.build_router(filings.threshold, filings.preparing, filings.knowledge),
    ]


def _build_kyc(kyc: Kyc) -> list[APIRouter]:
    return [
        kyc_api.build_router(kyc.drafts, kyc.filing, kyc.clock),
        kyc_api.build_staff_router(kyc.reviewing, kyc.filing),
        tiers_api.build_router(kyc.tiers),
        tiers_api.build_staff_router(kyc.tiers),
        businesses_api.build_router(kyc.businesses),
        businesses_api.build_staff_router(kyc.businesses),
    ]


def _build_privacy(privacy: Privacy) -> list[APIRouter]:
    leaving, exporting, disclosures = privacy.leaving, privacy.exporting, privacy.disclosures
    return [
        privacy_api.build_router(privacy.consents, leaving, exporting, disclosures, privacy.clock),
        privacy_staff_api.build_staff_router(privacy.consents, leaving, exporting, disclosures),
    ]


def _build_protection(protection: Protection) -> list[APIRouter]:
    limits, pausing = protection.limits, protection.pausing
    return [
        protection_api.build_router(limits, pausing, protection.reality),
        protection_staff_api.build_staff_router(limits, protection.policies, pausing),
    ]


def _build_reconciliation(reconciliation: Reconciliation) -> list[APIRouter]:
    return [
        reconciliation_api.build_router(reconciliation.runs),
        break_api.build_router(reconciliation.breaks, reconciliation.clock),
        match_api.build_router(reconciliation.matching),
        day_api.build_router(reconciliation.days, reconciliation.reports),
    ]


def _build_screening(screening: Screening) -> list[APIRouter]:
    alerts = alerts_api.build_router(screening.alerts, screening.subjects)
    return [lists_api.build_router(screening.versions), alerts]


def _build_settlement(settlement: Settlements) -> list[APIRouter]:
    """Return fixed paths before those with an id."""
    acting = settlement_api.ActingServices(
        settlement.proposing,
        settlement.deciding,
        settlement.releasing,
        settlement.closing,
        settlement.purposes,
    )
    return [
        settlement_api.build_router(acting),
        settlement_hand_api.build_hand_router(settlement.hand_words),
        settlement_reading_api.build_reading_router(settlement.reading, settlement.releasing),
        signing_api.build_router(settlement.signing),
    ]


def _build_standing(standing: Standing) -> list[APIRouter]:
    return [
        restrictions_api.build_router(standing.restrictions),
        geography_api.build_router(standing.policies),
        risk_api.build_router(standing.risk),
    ]
