"""Wiring of the ways in which money comes and goes beside the bank's own messages.

Each way is off until it is configured: its settings are given all together or not at all, and none has a
default in production. What is off has no route, no timer and no door.
"""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Annotated, Final, Literal, Self
from uuid import UUID

import httpx
from pydantic import Field, SecretStr, StringConstraints, model_validator

from customer_stack.bank_files.domain.orders import Debtor
from customer_stack.bank_files.service.importing import BankFiles, Doors
from customer_stack.bank_files.service.sending import PayoutFiles
from customer_stack.bank_files.service.texts import FileTexts
from customer_stack.bank_files.tasks import build_runners as build_bank_files_runners
from customer_stack.checkouts.service import CheckoutsService
from customer_stack.customers.sealing import RecordSealing
from customer_stack.fx.service import Standings
from customer_stack.open_banking.domain import Consent
from customer_stack.open_banking.service import House, OpenBankingService, RegisterAccount
from customer_stack.open_banking.tasks import build_runners as build_open_banking_runners
from customer_stack.payments.providers.hosted_checkout import HostedCheckoutVerifier, Merchant
from customer_stack.payments.providers.open_banking import ConsentPurpose
from customer_stack.payments.providers.open_banking_sandbox import SandboxOpenBank
from customer_stack.payments.service import PaymentsService
from customer_stack.payouts.providers.bank_file import BankFilePayouts
from customer_stack.payouts.providers.contract import PayoutAnswer, PayoutState
from customer_stack.payouts.service import NewAccount
from customer_stack.settings import CustomerStackSettings, Settings
from customer_stack.tenancy.domain import Capability
from customer_stack.tenancy.service import require_capability
from customer_stack.timers import Runner
from customer_stack.tls import trusted_authorities
from customer_stack.webhooks.domain import Door
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.ids import Ids

BANK_SECONDS: Final = 10.0
SHOWN_BY_BANK: Final = "shown at the bank"
"""In place of a holder's name: the bank let the customer in to this account."""

Url = Annotated[str, StringConstraints(pattern=r"^(https://|http://(127\.0\.0\.1|localhost)[:/])\S{1,300}$")]
AllTenants = Callable[[], Awaitable[tuple[UUID, ...]]]


class ChannelSettings(CustomerStackSettings):
    """What each way needs, from the environment: all of it or nothing."""

    hosted_checkout_merchant_id: Annotated[str, Field(pattern="^[0-9]{1,20}$")] | None = None
    hosted_checkout_secret: Annotated[SecretStr, Field(min_length=8)] | None = None
    hosted_checkout_action_url: Url | None = None
    hosted_checkout_notify_url: Url | None = None
    hosted_checkout_return_url: Url | None = None
    hosted_checkout_cancel_url: Url | None = None
    bank_file_name: Annotated[str, Field(min_length=1, max_length=140)] | None = None
    bank_file_account: Annotated[str, Field(pattern="^[A-Za-z0-9]{1,34}$")] | None = None
    bank_file_bic: Annotated[str, Field(pattern="^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$")] | None = (
        None
    )
    open_banking_return_url: Url | None = None
    payout_provider: Literal["sandbox-bank", "bank-file"] = "sandbox-bank"

    @model_validator(mode="after")
    def check_groups(self) -> Self:
        """Refuse a way that is half configured."""
        for group in ("hosted_checkout", "bank_file"):
            names = [name for name in type(self).model_fields if name.startswith(group)]
            missing = [name for name in names if getattr(self, name) is None]
            if missing and len(missing) < len(names):
                wanted = ", ".join(f"CUSTOMER_{name}".upper() for name in missing)
                raise ValueError(f"{group} is configured in part: give {wanted} too, or none of them")
        if self.payout_provider == "bank-file" and self.bank_file_account is None:
            raise ValueError("payouts by file need CUSTOMER_BANK_FILE_ACCOUNT, _NAME and _BIC")
        return self

    @property
    def merchant(self) -> Merchant | None:
        """Return our account with the gateway, or None where it is off."""
        if self.hosted_checkout_secret is None:
            return None
        return Merchant(
            merchant_id=self.hosted_checkout_merchant_id or "",
            secret=self.hosted_checkout_secret.get_secret_value(),
            action_url=self.hosted_checkout_action_url or "",
            notify_url=self.hosted_checkout_notify_url or "",
            return_url=self.hosted_checkout_return_url or "",
            cancel_url=self.hosted_checkout_cancel_url or "",
        )

    @property
    def debtor(self) -> Debtor | None:
        """Return our account with the bank that takes files, or None where it is off."""
        if self.bank_file_account is None:
            return None
        return Debtor(self.bank_file_name or "", self.bank_file_account, self.bank_file_bic or "")


@dataclass(frozen=True, slots=True)
class Base:
    """What every way works with."""

    settings: Settings
    database: Database
    clock: Clock
    ids: Ids
    sealing: RecordSealing
    payments: PaymentsService
    standings: Standings
    all_tenants: AllTenants


@dataclass(slots=True)
class Channels:
    """The ways that are on. `record_answer` and `add_account` are set once payouts are built."""

    checkouts: CheckoutsService | None = None
    bank_files: BankFiles | None = None
    payout_files: PayoutFiles | None = None
    open_banking: OpenBankingService | None = None
    pays_by_file: bool = False
    doors: list[Door] = field(default_factory=list)
    record_answer: Callable[[str, UUID, PayoutAnswer], Awaitable[object]] | None = None
    add_account: Callable[[NewAccount], Awaitable[object]] | None = None

    @property
    def file_payouts(self) -> BankFilePayouts | None:
        """Return the provider of payouts by file, or None where it is off."""
        return None if self.payout_files is None else BankFilePayouts(self.payout_files)

    @property
    def chosen_payouts(self) -> BankFilePayouts | None:
        """Return the provider that carries payouts out where it is not the sandbox's bank."""
        return self.file_payouts if self.pays_by_file else None

    async def tell_payout(self, payout_id: UUID) -> None:
        """Settle what files have said of a payout. Without a settlement, its own asking finds the answer."""
        if self.payout_files is None or self.record_answer is None:
            return
        answer = await self.payout_files.answer_of(payout_id)
        if answer.state is not PayoutState.PENDING:
            await self.record_answer(BankFilePayouts.name, payout_id, answer)

    async def register_account(self, consent: Consent, account: str) -> None:
        """Keep an account that a customer showed as theirs among those that withdrawals may go to."""
        if self.add_account is not None:
            await self.add_account(NewAccount(consent.tenant_id, consent.customer_id, account, SHOWN_BY_BANK))


async def open_channels(base: Base, stack: AsyncExitStack) -> Channels:
    """Build the ways that are configured; in a sandbox also open banking, at the sandbox's bank."""
    chosen = ChannelSettings()
    channels = Channels(pays_by_file=chosen.payout_provider == "bank-file")
    if (merchant := chosen.merchant) is not None:
        service = CheckoutsService(
            base.database, merchant, base.payments, base.standings, _require_deposits, base.clock
        )
        channels.checkouts = service
        channels.doors.append(Door(HostedCheckoutVerifier(merchant), service.handle))
    if (debtor := chosen.debtor) is not None:
        texts, doors = FileTexts(base.sealing), Doors(base.payments, channels.tell_payout)
        common = (texts, base.all_tenants, base.clock, base.ids)
        channels.bank_files = BankFiles(base.database, debtor.account, doors, *common)
        channels.payout_files = PayoutFiles(base.database, debtor, *common)
    if base.settings.is_sandbox:
        channels.open_banking = await _open_bank(base, chosen, stack, channels.register_account)
    return channels


async def _open_bank(
    base: Base, chosen: ChannelSettings, stack: AsyncExitStack, register: RegisterAccount
) -> OpenBankingService:
    client = await stack.enter_async_context(
        httpx.AsyncClient(timeout=BANK_SECONDS, verify=trusted_authorities())
    )
    key = base.settings.bank_api_key.get_secret_value()
    bank = SandboxOpenBank(base.settings.bank_url, key, client)
    return_url = chosen.open_banking_return_url or f"http://127.0.0.1:{base.settings.http_port}/docs"
    house = House(base.standings, _require_open_banking, register, return_url)
    return OpenBankingService(
        base.database, bank, house, base.sealing, base.all_tenants, base.clock, base.ids
    )


def build_channel_runners(channels: Channels) -> dict[str, Runner]:
    """Return the timers of the ways that are on."""
    return {
        **build_bank_files_runners(channels.bank_files),
        **build_open_banking_runners(channels.open_banking),
    }


async def _require_deposits(tx: Transaction, tenant_id: UUID) -> None:
    await require_capability(tx, tenant_id, Capability.DEPOSITS)


async def _require_open_banking(tx: Transaction, tenant_id: UUID, purpose: ConsentPurpose) -> None:
    """Ask for open banking, and for what the consent is for."""
    funds = purpose is ConsentPurpose.FUNDING
    await require_capability(tx, tenant_id, Capability.OPEN_BANKING)
    await require_capability(tx, tenant_id, Capability.DEPOSITS if funds else Capability.WITHDRAWALS)
