"""`customer-stack doctor`: what it looks at in this stack.

Guaranteed: it reads and asks; it changes nothing. Its call across the wall is a signed reading.
"""

from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Final

import grpc
import httpx
from pydantic import SecretStr

from customer_stack.boundary_client.service import ExecutionClient
from customer_stack.customers.sealing import FieldKeys, FieldKeysUnusable
from customer_stack.production import list_configured, list_key_problems
from customer_stack.rate_settings import RateTableSettings
from customer_stack.seeding import SeedSettings
from customer_stack.settings import (
    MIGRATIONS_FOLDER,
    AuditSettings,
    CustomerStackSettings,
    DatabaseSettings,
    OwnerSettings,
    PasswordWork,
    Settings,
    WorkerSettings,
)
from customer_stack.tls import trusted_authorities
from customer_stack.wiring.channels import ChannelSettings
from customer_stack.wiring.settlement import SettlementSettings
from shared.audit.keys import origin_of
from shared.boundary.client import BoundaryClient
from shared.boundary.errors import OutcomeUnknown, SignedRefusal
from shared.boundary.key_source import open_keys
from shared.clock import SystemClock
from shared.doctor import audit, databases, key_files, machine
from shared.doctor import settings as given
from shared.doctor.databases import Address
from shared.doctor.examining import Check, Finding, ok, waiting, warn, wrong
from shared.ids import SystemIds
from shared.operations.settings import SecretsFolderUnusable
from shared.operations.system_key import SystemKey, SystemKeyUnusable

PREFIX: Final = "CUSTOMER_"
ASKED_SECONDS: Final = 5.0
PROCESSES: Final = (Settings, WorkerSettings, ChannelSettings, SettlementSettings)
READ: Final = (
    *PROCESSES,
    AuditSettings,
    DatabaseSettings,
    OwnerSettings,
    PasswordWork,
    RateTableSettings,
    SeedSettings,
)


class Given(CustomerStackSettings):
    """Whatever is set, so that half of it can be looked at while the other half is missing."""

    environment: str | None = None
    clock_source: str | None = None
    database_url: SecretStr | None = None
    owner_database_url: SecretStr | None = None
    sealer_database_url: SecretStr | None = None
    monitor_database_url: SecretStr | None = None
    auditor_database_url: SecretStr | None = None
    migrations_folder: Path = MIGRATIONS_FOLDER
    boundary_keys_file: Path | None = None
    boundary_keys: SecretStr | None = None
    boundary_authority_file: Path | None = None
    boundary_certificate_file: Path | None = None
    boundary_tls_key_file: Path | None = None
    execution_target: str | None = None
    field_keys_file: Path | None = None
    settlement_key_file: Path | None = None
    audit_key_file: Path | None = None
    audit_public_keys_file: Path | None = None
    audit_notes_file: Path | None = None
    erasure_register_file: Path | None = None
    bank_url: str | None = None
    identity_url: str | None = None

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
        "clock.kernel": lambda: machine.look_at_kernel_clock("CUSTOMER_CLOCK_SOURCE", found.clock_source),
        **databases.build_checks(found.addresses, found.migrations_folder, is_production=is_production),
        "audit": waiting(partial(audit.look_at_any, found.addresses)),
        "disk": lambda: machine.look_at_room(
            {
                "CUSTOMER_AUDIT_NOTES_FILE": found.audit_notes_file,
                "CUSTOMER_ERASURE_REGISTER_FILE": found.erasure_register_file,
                "CUSTOMER_FIELD_KEYS_FILE": found.field_keys_file,
            }
        ),
        **(_reach_checks(found) if found.serves else {}),
    }


def _groups(found: Given) -> list[type[CustomerStackSettings]]:
    """Return the settings of the processes at home here: each has a database's address of its own."""
    marked = (
        (found.database_url, (Settings, ChannelSettings, SettlementSettings)),
        (found.sealer_database_url, (WorkerSettings,)),
        (found.owner_database_url, (OwnerSettings,)),
        (found.auditor_database_url, (AuditSettings,)),
    )
    groups: list[type[CustomerStackSettings]] = [
        kind for address, kinds in marked if address is not None for kind in kinds
    ]
    return groups or [*PROCESSES, OwnerSettings, AuditSettings]


def _reach_checks(found: Given) -> dict[str, Check]:
    return {
        "reach.execution": waiting(partial(_call_execution, found)),
        "reach.bank": waiting(partial(_reach, "reach.bank", "CUSTOMER_BANK_URL", found.bank_url)),
        "reach.identity": waiting(
            partial(_reach, "reach.identity", "CUSTOMER_IDENTITY_URL", found.identity_url)
        ),
    }


_PRODUCTION: Final = (
    lambda: WorkerSettings.model_validate({}).production_problems(),
    lambda: list_key_problems(WorkerSettings.model_validate({})),
    lambda: list_configured(Settings.model_validate({})),
    lambda: OwnerSettings.model_validate({}).production_problems(),
    lambda: AuditSettings.model_validate({}).production_problems(),
)


def _key_checks(found: Given, *, is_production: bool) -> dict[str, Check]:
    """Return the checks of the key files that are set."""
    now = SystemClock().now()
    checks: dict[str, Check] = {
        "keys.permissions": lambda: machine.look_at_permissions(
            [
                found.field_keys_file,
                found.settlement_key_file,
                found.boundary_keys_file,
                found.boundary_tls_key_file,
                found.audit_key_file,
            ],
            is_production=is_production,
        )
    }
    if (source := found.boundary_source) is not None:
        caller, callee = f"customer.{found.environment}", f"execution.{found.environment}"
        checks["keys.boundary"] = lambda: key_files.look_at_boundary_keys(source, caller, callee, now)
    for setting in ("boundary_authority_file", "boundary_certificate_file"):
        if (file := getattr(found, setting)) is not None:
            name = f"{PREFIX}{setting.upper()}"
            checks[f"keys.{setting}"] = partial(key_files.look_at_certificates, name, file, now)
    secret, public = found.audit_key_file, found.audit_public_keys_file
    if found.sealer_database_url is None and found.database_url is not None:
        secret = None  # the API never signs: where only it is at home the variable may name what is not there
    if secret is not None and public is not None:
        log = origin_of(found.environment or "", "customer")
        checks["keys.audit"] = lambda: key_files.look_at_audit_key(secret, public, log)
    checks["keys.field"] = lambda: _look_at_field_keys(found.field_keys_file)
    checks["keys.settlement"] = lambda: _look_at_settlement_key(found.settlement_key_file)
    return checks


def _look_at_field_keys(file: Path | None) -> Iterable[Finding]:
    if file is None:
        return
    try:
        keys = FieldKeys.read(file)
    except FieldKeysUnusable as error:
        yield wrong("keys.field", str(error))
        return
    yield ok("keys.field", f"{len(keys.encryption)} keys; {keys.current} encrypts.")


def _look_at_settlement_key(file: Path | None) -> Iterable[Finding]:
    if file is None:
        return
    try:
        SystemKey.read(file)
    except SystemKeyUnusable as error:
        yield wrong("keys.settlement", f"CUSTOMER_SETTLEMENT_KEY_FILE: {error}")
        return
    yield ok("keys.settlement", "it signs settlements.")


async def _call_execution(found: Given) -> Iterable[Finding]:
    """Make one signed reading: it proves the way, both certificates, both keys and, to 30 s, both clocks."""
    name = "reach.execution"
    if found.execution_target is None or found.boundary_source is None:
        return [wrong(name, "CUSTOMER_EXECUTION_TARGET or the boundary's keys are not set. Set both.")]
    # In the order that gRPC takes them: the key before its certificate.
    files = found.boundary_authority_file, found.boundary_tls_key_file, found.boundary_certificate_file
    credentials = None
    if None not in files:
        credentials = grpc.ssl_channel_credentials(*(file.read_bytes() for file in files if file is not None))
    held = None if found.boundary_keys is None else found.boundary_keys.get_secret_value()
    client = BoundaryClient(
        found.execution_target,
        open_keys(found.boundary_keys_file, held),
        sender=f"customer.{found.environment}",
        audience=f"execution.{found.environment}",
        clock=SystemClock(),
        credentials=credentials,
    )
    try:
        async with client:
            markets, _ = await ExecutionClient(client, SystemIds()).list_markets(limit=1)
    except SignedRefusal as refusal:
        return [wrong(name, f"the execution stack refuses a signed call ({refusal.answered.value}). {_WALL}")]
    except OutcomeUnknown as unknown:
        return [wrong(name, f"no signed answer came back ({unknown.reason}). {_WALL}")]
    return [ok(name, f"it answers signed calls; {'a market' if markets else 'no market yet'} is listed.")]


_WALL: Final = "See deploy/runbooks/boundary-down.md."


async def _reach(name: str, setting: str, url: str | None) -> Iterable[Finding]:
    """Ask a counterparty for anything: that it answers at all is what can be known without acting."""
    if url is None:
        return [wrong(name, f"{setting} is not set. Set it.")]
    async with httpx.AsyncClient(timeout=ASKED_SECONDS, verify=trusted_authorities()) as client:
        try:
            answer = await client.get(url)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            said = f"{setting} does not answer ({type(error).__name__})"
            return [wrong(name, f"{said}. Look at its status page, then at our network.")]
    if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
        return [warn(name, f"it answers with {answer.status_code}. Look at its status page.")]
    return [ok(name, "it answers.")]
