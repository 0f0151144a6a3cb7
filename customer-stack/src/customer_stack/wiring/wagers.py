"""Wagers, wired: the lanes that place them, sending, reports, and what is held."""

from dataclasses import dataclass

from customer_stack.boundary_client.service import ExecutionClient
from customer_stack.customers.service import load_standings
from customer_stack.gate.service.sitting import Gate
from customer_stack.markets.service import MarketSnapshot
from customer_stack.settings import Settings
from customer_stack.tenancy.service import load_capabilities
from customer_stack.wagers.service.outcomes import wager_id_of
from customer_stack.wagers.service.placing import PlaceWager, WagerPlacement
from customer_stack.wagers.service.reading import WagerReading
from customer_stack.wagers.service.releasing import HeldWagers
from customer_stack.wagers.service.reporting import ReportApplication
from customer_stack.wagers.service.sending import TenantIds, WagerSending
from customer_stack.wiring.lanes import build_lanes
from shared.clock import Clock
from shared.database import Database
from shared.ids import Ids
from shared.lanes import Lanes


@dataclass(frozen=True, slots=True)
class Wagers:
    """The services of wagers. The lanes are started by the process that serves them."""

    lanes: Lanes[PlaceWager, bytes]
    sending: WagerSending
    reading: WagerReading
    reports: ReportApplication
    held: HeldWagers


def open_wagers(
    settings: Settings,
    database: Database,
    snapshot: MarketSnapshot,
    execution: ExecutionClient,
    tenant_ids: TenantIds,
    gate: Gate,
    clock: Clock,
    ids: Ids,
) -> Wagers:
    """Build wagers over an open database."""
    placement = WagerPlacement(snapshot, load_standings, load_capabilities, gate, clock, ids)
    return Wagers(
        lanes=build_lanes(
            "wagers",
            settings.lane_count,
            database,
            placement.handle,
            lambda wager: wager.tenant_id,
            wager_id_of,
        ),
        sending=WagerSending(database, execution, tenant_ids, clock, ids),
        reading=WagerReading(database),
        reports=ReportApplication(database, execution, tenant_ids, gate, clock, ids),
        held=HeldWagers(snapshot, load_capabilities, gate, ids),
    )
