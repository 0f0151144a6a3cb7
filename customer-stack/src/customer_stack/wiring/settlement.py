"""Wiring of settlement: accounts, the system's key, what staff sign with, where files and breaks go."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from customer_stack.access.service import AccessService
from customer_stack.boundary_client.service import ExecutionClient
from customer_stack.customers.sealing import RecordSealing
from customer_stack.reconciliation.configuration import load_materiality
from customer_stack.reconciliation.domain.breaks import BreakType, Link, LinkKind, NewBreak, Unit
from customer_stack.reconciliation.service.breaks import has_ended, open_breaks
from customer_stack.settings import CustomerStackSettings, Settings
from customer_stack.settlement.catalogue import load_purposes
from customer_stack.settlement.domain.instruction import BankAccount, Route
from customer_stack.settlement.domain.orders import check_account
from customer_stack.settlement.domain.purposes import Purposes
from customer_stack.settlement.service.closing import ClosingService
from customer_stack.settlement.service.deciding import Deciding
from customer_stack.settlement.service.desk import Desk
from customer_stack.settlement.service.hand_words import HandWords, Rules
from customer_stack.settlement.service.keeping import Keeping, PaymentBreak
from customer_stack.settlement.service.proposing import Proposing
from customer_stack.settlement.service.reading import SettlementReading
from customer_stack.settlement.service.releasing import Releasing
from customer_stack.settlement.tasks import build_runners
from customer_stack.signing.service import SigningService
from customer_stack.signing.webauthn import WebAuthn
from customer_stack.tenancy.domain import Capability
from customer_stack.tenancy.service import TenancyService, require_capability, root_department_of
from customer_stack.timers import Runner
from customer_stack.wagers.service import reading as wager_reports
from customer_stack.working_days.catalogue import load_calendar
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.ids import Ids
from shared.operations.system_key import SystemKey

Name = Annotated[str, Field(min_length=1, max_length=140)]
Number = Annotated[str, Field(pattern="^[A-Za-z0-9]{1,34}$")]
Bic = Annotated[str, Field(pattern="^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$")]
Origin = Annotated[str, StringConstraints(pattern=r"^(https://[a-z0-9.-]+(:\d+)?|http://localhost:\d+)$")]


class SettlementSettings(CustomerStackSettings):
    """Our USD account and execution's: all of it or nothing. Staff's pages, for passkeys: both or nothing."""

    usd_account_name: Name | None = None
    usd_account_number: Number | None = None
    usd_account_bic: Bic | None = None
    execution_account_name: Name | None = None
    execution_account_number: Number | None = None
    execution_account_bic: Bic | None = None
    settlement_purposes_file: Path | None = None
    staff_rp_id: Annotated[str, Field(pattern="^[a-z0-9.-]{1,253}$")] | None = None
    staff_origins: frozenset[Origin] = frozenset()

    @model_validator(mode="after")
    def check_groups(self) -> Self:
        """Refuse accounts, or pages of staff, that are configured in part."""
        accounts = [
            self.usd_account_name,
            self.usd_account_number,
            self.usd_account_bic,
            self.execution_account_name,
            self.execution_account_number,
            self.execution_account_bic,
        ]
        if None in accounts and any(one is not None for one in accounts):
            raise ValueError(
                "CUSTOMER_USD_ACCOUNT_NAME, _NUMBER, _BIC and CUSTOMER_EXECUTION_ACCOUNT_NAME, _NUMBER, _BIC "
                "are set together or not at all"
            )
        if (self.staff_rp_id is None) != (not self.staff_origins):
            raise ValueError("CUSTOMER_STAFF_RP_ID and CUSTOMER_STAFF_ORIGINS are set together or not at all")
        return self

    @property
    def route(self) -> Route | None:
        """Return between which accounts settlements pay, or None where none is configured."""
        if self.usd_account_name is None:
            return None
        ours = BankAccount(self.usd_account_name, self.usd_account_number or "", self.usd_account_bic or "")
        theirs = BankAccount(
            self.execution_account_name or "",
            self.execution_account_number or "",
            self.execution_account_bic or "",
        )
        check_account(ours)
        check_account(theirs)
        return Route(ours, theirs)

    @property
    def webauthn(self) -> WebAuthn | None:
        """Return the relying party of passkeys, or None where they are off."""
        return None if self.staff_rp_id is None else WebAuthn(self.staff_rp_id, self.staff_origins)


@dataclass(frozen=True, slots=True)
class SettlementGround:
    """What settlement stands on."""

    database: Database
    tenancy: TenancyService
    access: AccessService
    records: RecordSealing
    execution: ExecutionClient
    all_tenants: Callable[[], Awaitable[Sequence[UUID]]]
    clock: Clock
    ids: Ids


@dataclass(frozen=True, slots=True)
class Settlements:
    """The services of settlement."""

    proposing: Proposing
    deciding: Deciding
    releasing: Releasing
    closing: ClosingService
    hand_words: HandWords
    reading: SettlementReading
    signing: SigningService
    purposes: Purposes

    def build_runners(self) -> dict[str, Runner]:
        """Return the worker's timers."""
        return build_runners(self.closing)


def open_settlement(settings: Settings, ground: SettlementGround) -> Settlements:
    """Build settlement. Raises SystemKeyUnusable."""
    chosen = SettlementSettings()
    purposes = load_purposes(chosen.settlement_purposes_file)
    desk = Desk(
        database=ground.database,
        root_department=_root_department,
        purposes=purposes,
        route=chosen.route,
        key=SystemKey.read(settings.settlement_key_file),
        clock=ground.clock,
        ids=ground.ids,
    )
    signing = SigningService(
        ground.database,
        ground.access,
        ground.records,
        chosen.webauthn,
        ground.clock,
        ground.ids,
    )
    keeping, calendar = Keeping(desk, _open_break), load_calendar()
    short_limit = load_materiality().alone[Unit.MICRO_DOLLAR]
    words = HandWords(desk, keeping, Rules(short_limit, calendar, has_ended))
    return Settlements(
        proposing=Proposing(desk, ground.execution, wager_reports),
        deciding=Deciding(desk, signing),
        releasing=Releasing(desk, _require_release, _operator_name),
        closing=ClosingService(desk, keeping, words, ground.all_tenants, calendar),
        hand_words=words,
        reading=SettlementReading(desk, wager_reports),
        signing=signing,
        purposes=purposes,
    )


async def _root_department(tx: Transaction, tenant_id: UUID) -> UUID:
    return (await root_department_of(tx, tenant_id)).id


async def _operator_name(tx: Transaction, tenant_id: UUID) -> str:
    return (await root_department_of(tx, tenant_id)).name


async def _require_release(tx: Transaction, tenant_id: UUID) -> None:
    await require_capability(tx, tenant_id, Capability.SETTLEMENT_FINALISATION)


async def _open_break(tx: Transaction, found: PaymentBreak) -> UUID:
    (break_id,) = await open_breaks(tx, [to_break(found)])
    return break_id


def to_break(found: PaymentBreak) -> NewBreak:
    """Return reconciliation's break: what our books expect of a payment, and what the bank said."""
    instruction = found.settlement.instruction
    links = [Link(LinkKind.SETTLEMENT, str(instruction.id))]
    if found.bank_reference is not None:
        links.append(Link(LinkKind.BANK_REFERENCE, found.bank_reference))
    return NewBreak(
        tenant_id=instruction.tenant_id,
        department_id=instruction.department_id,
        check="settlement.payment",
        type=BreakType(found.difference),
        subject=found.subject,
        unit=Unit.MICRO_DOLLAR,
        ours=found.ours,
        theirs=found.theirs,
        evidence=tuple(links),
        at=found.at,
    )
