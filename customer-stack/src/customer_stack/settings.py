"""Settings of the customer stack, from the environment or files (prefix CUSTOMER_).

Guaranteed:
- no secret has a default: what is missing is named when a process starts, and it does not start;
- what production refuses is said at once, all of it (`production_problems`);
- sandbox and production differ here and nowhere else.
"""

from collections.abc import Callable
from decimal import Decimal
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self, TypeVar

from pydantic import Field, ImportString, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict
from typing_extensions import override

from shared.operations.settings import StackSettings
from shared.production import rules
from shared.production.clock import ClockSource
from shared.production.rules import Problem

Environment = Literal["sandbox", "production"]
Port = Annotated[int, Field(ge=1, le=65535)]

PACKAGED_LIST: Final = "local"


PROGRAM: Final = "customer-stack"
MIGRATIONS_FOLDER = Path(__file__).resolve().parents[2] / "migrations"


class CustomerStackSettings(StackSettings):
    """What all settings of this stack share: they may stand in files of CUSTOMER_SECRETS_FOLDER."""

    stack_prefix = "CUSTOMER_"
    model_config = SettingsConfigDict(env_prefix=stack_prefix, extra="ignore", frozen=True)

    def production_problems(self) -> list[Problem]:
        """Return what production refuses of these values; none in a sandbox."""
        return []


SettingsT = TypeVar("SettingsT", bound=CustomerStackSettings)


class PasswordWork(CustomerStackSettings):
    """How hard argon2id works (RFC 9106, second recommended option by default)."""

    model_config = SettingsConfigDict(env_prefix="CUSTOMER_ARGON2_", extra="ignore", frozen=True)

    memory_kib: Annotated[int, Field(ge=8192)] = 65536
    passes: Annotated[int, Field(ge=1)] = 3
    lanes: Annotated[int, Field(ge=1)] = 4


class OwnerSettings(CustomerStackSettings):
    """What migrations need: the role that owns the schema."""

    environment: Environment | None = None
    owner_database_url: SecretStr
    migrations_folder: Path = MIGRATIONS_FOLDER

    @override
    def production_problems(self) -> list[Problem]:
        """Refuse a connection in plain text."""
        address = self.owner_database_url.get_secret_value()
        plain = rules.check_database("CUSTOMER_OWNER_DATABASE_URL", address)
        return plain if self.environment == "production" else []


class AuditSettings(CustomerStackSettings):
    """What verifying the audit needs: a role that reads everything."""

    environment: Environment | None = None
    auditor_database_url: SecretStr
    audit_public_keys_file: Path | None = None
    other_audit_public_keys_file: Path | None = None

    @override
    def production_problems(self) -> list[Problem]:
        """Refuse a connection in plain text."""
        address = self.auditor_database_url.get_secret_value()
        plain = rules.check_database("CUSTOMER_AUDITOR_DATABASE_URL", address)
        return plain if self.environment == "production" else []


class DatabaseSettings(CustomerStackSettings):
    """What commands on business data need."""

    environment: Environment
    database_url: SecretStr
    database_pool_size: Annotated[int, Field(ge=2, le=100)] = 8
    migrations_folder: Path = MIGRATIONS_FOLDER
    clock_source: ClockSource | None = None
    failover_loses_nothing: bool = False
    """A standby confirms every commit, so that a new timeline of the same server needs nobody's look."""
    session_hours: Annotated[int, Field(ge=1, le=720)] = 12

    @property
    def is_sandbox(self) -> bool:
        """Tell whether counterparties are the sandbox's."""
        return self.environment == "sandbox"


class Settings(DatabaseSettings):
    """What the API and the worker need."""

    http_host: str = "127.0.0.1"
    http_port: Port = 8000
    management_host: str = "127.0.0.1"
    management_port: Port = 8001
    worker_management_port: Port = 8002
    lane_count: Annotated[int, Field(ge=1, le=16)] = 1
    otlp_endpoint: Annotated[str, Field(pattern=r"^https?://")] | None = None
    """Where traces go, an OTLP collector; unset, none are made."""
    trace_one_in: Annotated[int, Field(ge=1, le=1_000_000_000)] = 100
    """One in so many traces is kept. Both stacks have the same number, so that both keep the same ones."""

    field_keys_file: Path
    settlement_key_file: Path
    identity_url: str
    identity_api_key: SecretStr
    identity_secret: SecretStr | None = None
    identity_library: ImportString[Callable[..., Any]] | None = None
    identity_poll_seconds: Annotated[float, Field(gt=0)] = 0.5
    boundary_keys_file: Path | None = None
    boundary_keys: SecretStr | None = None
    execution_target: str
    boundary_authority_file: Path | None = None
    boundary_certificate_file: Path | None = None
    boundary_tls_key_file: Path | None = None
    bank_url: str
    bank_api_key: SecretStr
    bank_secret: SecretStr
    acquirer_url: str | None = None
    acquirer_api_key: SecretStr | None = None
    acquirer_secret: SecretStr | None = None
    issuer_secret: SecretStr | None = None
    erasure_register_file: Path | None = None
    refund_proposal_days: Annotated[int, Field(ge=1, le=365)] = 14
    rate_source: Literal["sandbox", "manual", "http"] = "sandbox"
    sandbox_mid_rate: Annotated[Decimal, Field(gt=0, max_digits=12, decimal_places=8)] = Decimal(300)
    session_cache_seconds: Annotated[int, Field(ge=0, le=300)] = 30
    screening_lists: dict[str, str] = Field(default={PACKAGED_LIST: "package"})
    screening_check_seconds: Annotated[float, Field(ge=1, le=86_400)] = 3_600.0
    exclusion_groups: list[frozenset[str]] = Field(default=[])
    screening_processes: Annotated[int, Field(ge=1, le=16)] = 2
    country_table_file: Path | None = None
    wait_sealed_for: frozenset[str] = frozenset()
    """Permissions whose acts are answered only once the audit has sealed them."""
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()

    @property
    def key_files(self) -> tuple[Path | None, ...]:
        """Return the files with keys, which nobody else may read."""
        return (
            self.field_keys_file,
            self.settlement_key_file,
            self.boundary_keys_file,
            self.boundary_tls_key_file,
        )

    @property
    def boundary_keys_text(self) -> str | None:
        """Return the keys that the environment itself holds, in the form of a key file, or None."""
        return None if self.boundary_keys is None else self.boundary_keys.get_secret_value()

    @property
    def tls_files(self) -> tuple[Path, Path, Path] | None:
        """Return authority, certificate and key for the boundary, or None without TLS."""
        files = (
            self.boundary_authority_file,
            self.boundary_certificate_file,
            self.boundary_tls_key_file,
        )
        return None if None in files else files  # type: ignore[return-value]  # None was just excluded

    @model_validator(mode="after")
    def check_exclusion_groups(self) -> Self:
        """Refuse a tenant in two groups: who is excluded where would depend on their order."""
        slugs = [slug for group in self.exclusion_groups for slug in group]
        if len(set(slugs)) != len(slugs):
            raise ValueError("CUSTOMER_EXCLUSION_GROUPS names a tenant in two groups")
        return self

    @model_validator(mode="after")
    def check_boundary_keys(self) -> Self:
        """Refuse a boundary without keys, and one with two sources of them."""
        if (self.boundary_keys_file is None) == (self.boundary_keys is None):
            raise ValueError("CUSTOMER_BOUNDARY_KEYS_FILE or CUSTOMER_BOUNDARY_KEYS is set, not both")
        return self

    @model_validator(mode="after")
    def check_tls_files(self) -> Self:
        """Refuse a part of the boundary's TLS files: what was meant is not a boundary in plain text."""
        files = (self.boundary_authority_file, self.boundary_certificate_file, self.boundary_tls_key_file)
        if None in files and any(file is not None for file in files):
            raise ValueError(
                "CUSTOMER_BOUNDARY_AUTHORITY_FILE, _CERTIFICATE_FILE and _TLS_KEY_FILE are set together or "
                "not at all"
            )
        return self

    @model_validator(mode="after")
    def check_acquirer(self) -> Self:
        """Refuse half an acquirer."""
        parts = (self.acquirer_url, self.acquirer_api_key, self.acquirer_secret)
        if None in parts and any(part is not None for part in parts):
            raise ValueError("CUSTOMER_ACQUIRER_URL, _API_KEY and _SECRET are set together or not at all")
        return self

    @model_validator(mode="after")
    def check_country_table(self) -> Self:
        """Refuse a table of countries that is not there."""
        file = self.country_table_file
        if file is not None and not file.is_file():
            raise ValueError("CUSTOMER_COUNTRY_TABLE_FILE names no file")
        return self

    @override
    def production_problems(self) -> list[Problem]:
        """Refuse what only a sandbox may do: no TLS, counterparties of trials, keys that others know."""
        if self.is_sandbox:
            return []
        secrets = ("bank_api_key", "bank_secret", "identity_api_key", "identity_secret", "issuer_secret")
        vendor = None if self.identity_library is not None else self.identity_url
        return [
            *self._missing_in_production(),
            *rules.check_exposed(self.key_files),
            *rules.check_database("CUSTOMER_DATABASE_URL", self.database_url.get_secret_value()),
            *rules.check_url("CUSTOMER_BANK_URL", self.bank_url),
            *rules.check_url("CUSTOMER_IDENTITY_URL", vendor),
            *(
                problem
                for name in secrets
                if (secret := getattr(self, name)) is not None
                for problem in rules.check_secret(f"CUSTOMER_{name}".upper(), secret.get_secret_value())
            ),
        ]

    def _missing_in_production(self) -> list[Problem]:
        """Return what a sandbox may leave out, or have from itself."""
        found = {
            "production.boundary_tls_missing": None
            if self.tls_files
            else "the boundary needs CUSTOMER_BOUNDARY_AUTHORITY_FILE, _CERTIFICATE_FILE and _TLS_KEY_FILE. "
            "Set all three.",
            "production.sandbox_screening_list": None
            if self.screening_lists and "package" not in self.screening_lists.values()
            else "CUSTOMER_SCREENING_LISTS has to name published lists and their places. Set it.",
            "production.sandbox_rates": None
            if self.rate_source != "sandbox"
            else "CUSTOMER_RATE_SOURCE has to be manual or http: the sandbox's rate nobody stated. Set it.",
            "production.erasure_register_missing": None
            if self.erasure_register_file
            else "CUSTOMER_ERASURE_REGISTER_FILE has to say who was erased, beside backups. Name a file.",
            "production.country_table_missing": None
            if self.country_table_file
            else "CUSTOMER_COUNTRY_TABLE_FILE has to name the table of countries. Name a file.",
            "production.sandbox_acquirer": None
            if self.acquirer_url is None
            else "no card acquirer for production is built in. Leave CUSTOMER_ACQUIRER_URL unset.",
        }
        return [Problem(code, sentence) for code, sentence in found.items() if sentence is not None]


class WorkerSettings(Settings):
    """What the worker needs beyond that: the role that seals the audit, and the key that signs it."""

    sealer_database_url: SecretStr
    monitor_database_url: SecretStr | None = None
    """A role that may read the server's statistics and no table: standbys and the archive, for metrics."""
    audit_key_file: Path
    audit_public_keys_file: Path
    other_audit_public_keys_file: Path
    audit_notes_file: Path | None = None

    @property
    def key_files(self) -> tuple[Path | None, ...]:
        return *super().key_files, self.audit_key_file

    @override
    def production_problems(self) -> list[Problem]:
        """Refuse also a sealer in plain text, and an audit that a restore could shorten unseen."""
        if self.is_sandbox:
            return []
        found = super().production_problems()
        found += rules.check_database(
            "CUSTOMER_SEALER_DATABASE_URL", self.sealer_database_url.get_secret_value()
        )
        if (monitor := self.monitor_database_url) is not None:
            found += rules.check_database("CUSTOMER_MONITOR_DATABASE_URL", monitor.get_secret_value())
        if self.audit_notes_file is None:
            sentence = "CUSTOMER_AUDIT_NOTES_FILE has to keep the audit's cosigned checkpoints. Name a file."
            found.append(Problem("production.audit_notes_missing", sentence))
        return found


def read_settings(kind: type[SettingsT]) -> SettingsT:
    """Return settings from environment and files.

    Raises ValidationError, which names what is missing, and ProductionRefused.
    """
    found = kind.model_validate({})
    rules.refuse(found.production_problems())
    return found
