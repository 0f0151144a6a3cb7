"""Transfers, wired: the lane, what it holds, and everything that moves no money."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from customer_stack.customers.sealing import RecordSealing, Sealing
from customer_stack.customers.service import CustomersService, load_accounts, load_standings
from customer_stack.gate.service.sitting import Gate
from customer_stack.ledger.correctors import Corrector
from customer_stack.ledger.domain import TransferKind
from customer_stack.tenancy.service import load_capabilities
from customer_stack.transfers.service.batch import Register
from customer_stack.transfers.service.commands import MoveMoney
from customer_stack.transfers.service.correcting import CountedTransfers
from customer_stack.transfers.service.moving import MoneyMoving
from customer_stack.transfers.service.reading import TransfersService
from customer_stack.transfers.service.releasing import HeldTransfers
from customer_stack.transfers.service.texts import SealedTexts
from customer_stack.wiring.lanes import build_lanes
from shared.clock import Clock
from shared.database import Database
from shared.ids import Ids
from shared.lanes import Lanes


@dataclass(frozen=True, slots=True)
class TransferGround:
    """What transfers stand on."""

    database: Database
    customers: CustomersService
    records: RecordSealing
    sealing: Sealing
    gate: Gate
    clock: Clock
    ids: Ids


@dataclass(frozen=True, slots=True)
class Transfers:
    """The services of transfers. The lanes are started by the process that serves them."""

    lanes: Lanes[MoveMoney, bytes]
    service: TransfersService
    held: HeldTransfers
    correctors: Mapping[str, Corrector]


def open_transfers(ground: TransferGround, *, lane_count: int) -> Transfers:
    """Build the services over an open database."""
    database, clock, ids = ground.database, ground.clock, ground.ids
    texts, draw = SealedTexts(ground.records, ground.sealing), secrets.randbits
    register = Register(load_standings, load_accounts, load_capabilities)
    moving = MoneyMoving(register, ground.gate, texts, draw, clock, ids)
    counted = CountedTransfers(ground.gate, clock, ids)
    return Transfers(
        lanes=build_lanes("transfers", lane_count, database, moving.handle, lambda want: want.tenant_id),
        service=TransfersService(database, texts, ground.customers.is_active, draw, clock, ids),
        correctors={
            kind.value: counted for kind in (TransferKind.CUSTOMER_TRANSFER, TransferKind.QR_PAYMENT)
        },
        held=HeldTransfers(database, register, ground.gate, texts, clock, ids),
    )
