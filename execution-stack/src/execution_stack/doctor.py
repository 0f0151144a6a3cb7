"""`execution-stack doctor`: what it looks at in this stack.

Guaranteed: it reads and asks; it changes nothing, and sends no order.
"""

from collections.abc import Iterable, Mapping
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from execution_stack.exchange.budget import Budget
from execution_stack.exchange.errors import KeyUnusable
from execution_stack.exchange.providers.kalshi import KalshiExchange
from execution_stack.exchange.providers.signing import Signer
from execution_stack.production import list_key_problems
from execution_stack.settings import (
    MIGRATIONS_FOLDER,
    AuditSettings,
    BoundarySettings,
    DatabaseSettings,
    ExecutionStackSettings,
    OwnerSettings,
    WorkerSettings,
    exchange_base_url,
)
from shared.audit.keys import origin_of
from shared.clock import SystemClock
from shared.doctor import audit, databases, key_files, machine
from shared.doctor import settings as given
from shared.doctor.databases import Address, opened
from shared.doctor.examining import Check, Finding, ok, waiting, warn, wrong
from shared.errors import Refusal
from shared.operations.settings import SecretsFolderUnusable
from shared.production.clock import MOST_APART_SECONDS

PREFIX: Final = "EXECUTION_"
PROCESSES: Final = (BoundarySettings, WorkerSettings)
READ: Final = (*PROCESSES, AuditSettings, DatabaseSettings, OwnerSettings)
_SILENT_SECONDS: Final = 60.0
_WALL: Final = "See deploy/runbooks/boundary-down.md."
_SHARE_PERCENT: Final = 5


class Given(ExecutionStackSettings):
    """Whatever is set, so that half of it can be looked at while the other half is missing."""

    environment: str | None = None
    clock_source: str | None = None
    database_url: SecretStr | None = None
    owner_database_url: SecretStr | None = None
    sealer_database_url: SecretStr | None = None
    monitor_database_url: SecretStr | None = None
    auditor_database_url: SecretStr | None = None
    migrations_folder: Path = MIGRATIONS_FOLDER
    boundary_stack: str = "execution"
    boundary_keys_file: Path | None = None
    boundary_keys: SecretStr | None = None
    boundary_certificate_file: Path | None = None
    boundary_private_key_file: Path | None = None
    boundary_client_authority_file: Path | None = None
    exchange_url: str | None = None
    exchange_key_id: str | None = None
    exchange_private_key_file: Path | None = None
    audit_key_file: Path | None = None
    audit_public_keys_file: Path | None = None
    audit_notes_file: Path | None = None

    @property
    def addresses(self) -> dict[str, Address]:
        """Return the databases that are given, by the role that each is for."""
        named = {
            "app": ("DATABASE_URL", self.database_url),
            "owner": ("OWNER_DATABASE_URL", self.owner_database_url),
            "sealer": ("SEALER_DATABASE_URL", self.sealer_database_url),
            "auditor": ("AUDITOR_DATABASE_URL", self.auditor_database_url),
            "monitor": ("MONITOR_DATABASE_URL", self.monitor_database_url),
        }
        return {
            role: Address(PREFIX + setting, secret.get_secret_value())
            for role, (setting, secret) in named.items()
            if secret is not None
        }

    @property
    def receives(self) -> bool:
        """Tell whether the boundary is at home here: where the sealer is and no key lies, it is not."""
        if self.sealer_database_url is None or self.boundary_keys is not None:
            return True
        return self.boundary_keys_file is not None and self.boundary_keys_file.exists()

    @property
    def serves(self) -> bool:
        """Tell whether a process that serves or works is at home here, or nothing at all."""
        return self.database_url is not None or not self.addresses

    @property
    def boundary_source(self) -> Path | str | None:
        """Return where the boundary's keys are."""
        held = None if self.boundary_keys is None else self.boundary_keys.get_secret_value()
        return self.boundary_keys_file or held


def build_checks() -> Mapping[str, Check]:
    """Return every check of what is set, by name; where nothing can be read, the one that says so."""
    try:
        found = Given()
    except SecretsFolderUnusable as error:
        said = str(error)
        return {"settings.secrets": lambda: [wrong("settings.secrets", said)]}
    is_production = found.environment == "production"
    return {
        "settings": lambda: given.look_at_settings(_groups(found)),
        "settings.secrets": lambda: given.look_at_secrets(PREFIX, READ),
        "production": lambda: given.look_at_production(found.environment, _PRODUCTION),
        **_key_checks(found, is_production=is_production),
        "clock.kernel": lambda: machine.look_at_kernel_clock("EXECUTION_CLOCK_SOURCE", found.clock_source),
        **databases.build_checks(found.addresses, found.migrations_folder, is_production=is_production),
        "audit": waiting(partial(audit.look_at_any, found.addresses)),
        "disk": lambda: machine.look_at_room({"EXECUTION_AUDIT_NOTES_FILE": found.audit_notes_file}),
        **(_reach_checks(found) if found.serves else {}),
    }


def _groups(found: Given) -> list[type[ExecutionStackSettings]]:
    """Return the settings of the processes that are at home here, as their addresses and keys tell."""
    marked = (
        (found.database_url is not None and found.receives, BoundarySettings),
        (found.sealer_database_url is not None, WorkerSettings),
        (found.owner_database_url is not None, OwnerSettings),
        (found.auditor_database_url is not None, AuditSettings),
    )
    groups: list[type[ExecutionStackSettings]] = [kind for is_here, kind in marked if is_here]
    return groups or [*PROCESSES, OwnerSettings, AuditSettings]


def _reach_checks(found: Given) -> dict[str, Check]:
    return {
        "reach.customer": waiting(partial(_hear_customer, found.addresses)),
        "reach.exchange": waiting(partial(_ask_exchange, found)),
    }


_PRODUCTION: Final = (
    lambda: BoundarySettings.model_validate({}).production_problems(),
    lambda: WorkerSettings.model_validate({}).production_problems(),
    lambda: list_key_problems(BoundarySettings.model_validate({})),
    lambda: list_key_problems(WorkerSettings.model_validate({})),
    lambda: OwnerSettings.model_validate({}).production_problems(),
    lambda: AuditSettings.model_validate({}).production_problems(),
)


def _key_checks(found: Given, *, is_production: bool) -> dict[str, Check]:
    """Return the checks of the key files that are set."""
    now = SystemClock().now()
    checks: dict[str, Check] = {
        "keys.permissions": lambda: machine.look_at_permissions(
            [
                found.exchange_private_key_file,
                found.boundary_keys_file,
                found.boundary_private_key_file,
                found.audit_key_file,
            ],
            is_production=is_production,
        )
    }
    if found.receives and (source := found.boundary_source) is not None:
        caller, callee = f"customer.{found.environment}", f"{found.boundary_stack}.{found.environment}"
        checks["keys.boundary"] = lambda: key_files.look_at_boundary_keys(source, caller, callee, now)
    for setting in ("boundary_certificate_file", "boundary_client_authority_file"):
        if found.receives and (file := getattr(found, setting)) is not None:
            name = f"{PREFIX}{setting.upper()}"
            checks[f"keys.{setting}"] = partial(key_files.look_at_certificates, name, file, now)
    secret, public = found.audit_key_file, found.audit_public_keys_file
    if secret is not None and public is not None:
        log = origin_of(found.environment or "", "execution")
        checks["keys.audit"] = lambda: key_files.look_at_audit_key(secret, public, log)
    return checks


async def _hear_customer(addresses: Mapping[str, Address]) -> Iterable[Finding]:
    """Say when the customer stack was last heard: this stack never calls it."""
    name = "reach.customer"
    at = addresses.get("auditor") or addresses.get("app")
    if at is None:
        return [wrong(name, "no address of the database is set. Set EXECUTION_DATABASE_URL.")]
    async with opened(at) as connection:
        # Each genuine call leaves its nonce for some minutes; the time in it is the sender's.
        age = await connection.fetchval(
            "SELECT extract(epoch FROM clock_timestamp() - max(sent_at))::float8 FROM boundary_nonce"
        )
    if age is None:
        return [warn(name, f"no signed call of the customer stack came for minutes. {_WALL}")]
    said = f"the newest signed call of the customer stack was made {age:.0f} s ago"
    if age < -MOST_APART_SECONDS:
        return [wrong("clock.customer", f"the customer stack's clock is {-age:.1f} s ahead. Set both alike.")]
    if age > _SILENT_SECONDS:
        return [warn(name, f"{said}. {_WALL}")]
    return [ok(name, f"{said}.")]


async def _ask_exchange(found: Given) -> Iterable[Finding]:
    """Ask the exchange for its time and, signed, for our limits: that proves way, key and clock."""
    name = "reach.exchange"
    url, key_id, file = found.exchange_url, found.exchange_key_id, found.exchange_private_key_file
    if url is None or key_id is None or file is None:
        return [
            wrong(name, "EXECUTION_EXCHANGE_URL, _KEY_ID or _PRIVATE_KEY_FILE is not set. Set all three.")
        ]
    try:
        signer = Signer.from_file(key_id, file)
    except KeyUnusable as error:
        return [wrong("keys.exchange", str(error))]
    async with AsyncExitStack() as stack:
        exchange = KalshiExchange(
            exchange_base_url(url), signer, SystemClock(), budget=Budget(_SHARE_PERCENT)
        )
        stack.push_async_callback(exchange.close)
        try:
            await exchange.limits()
            skew = abs((await exchange.clock_skew()).total_seconds())
        except Refusal as refusal:
            said = f"{refusal.code}: {refusal}"
            return [wrong(name, f"{said} See deploy/runbooks/exchange-down.md.")]
    told = wrong if skew > MOST_APART_SECONDS * 2 else ok
    return [
        ok(name, "it answers signed questions."),
        told("clock.exchange", f"this clock and the exchange's are {skew:.1f} s apart."),
    ]
