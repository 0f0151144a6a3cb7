"""Settings of the customer stack, from the environment or files (prefix CUSTOMER_).

Guaranteed:
- no secret has a default: what is missing is named when a process starts, and it does not start;
- production does not start with a key that others can read;
- sandbox and production differ here and nowhere else.
"""

from collections.abc import Callable
from decimal import Decimal
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self, TypeVar

from pydantic import Field, ImportString, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from shared.operations.key_files import require_private
from shared.operations.settings import StackSettings

Port = Annotated[int, Field(ge=1, le=65535)]

PACKAGED_LIST: Final = "local"

SettingsT = TypeVar("SettingsT", bound=StackSettings)

MIGRATIONS_FOLDER = Path(__file__).resolve().parents[2] / "migrations"


class CustomerStackSettings(StackSettings):
    """What all settings of this stack share: they may stand in files of CUSTOMER_SECRETS_FOLDER."""

    stack_prefix = "CUSTOMER_"
    model_config = SettingsConfigDict(env_prefix=stack_prefix, extra="ignore", frozen=True)


class PasswordWork(CustomerStackSettings):
    """How hard argon2id works (RFC 9106, second recommended option by default)."""

    model_config = SettingsConfigDict(env_prefix="CUSTOMER_ARGON2_", extra="ignore", frozen=True)

    memory_kib: Annotated[int, Field(ge=8192)] = 65536
    passes: Annotated[int, Field(ge=1)] = 3
    lanes: Annotated[int, Field(ge=1)] = 4


class OwnerSettings(CustomerStackSettings):
    """What migrations need: the role that owns the schema."""

    owner_database_url: SecretStr
    migrations_folder: Path = MIGRATIONS_FOLDER


class AuditSettings(CustomerStackSettings):
    """What verifying the audit needs: a role that reads everything."""

    auditor_database_url: SecretStr
    audit_public_keys_file: Path | None = None
    other_audit_public_keys_file: Path | None = None


class SeedSettings(CustomerStackSettings):
    """What `seed` needs beyond the database: password and secret of one-time codes of all staff it makes."""

    seed_staff_password: Annotated[SecretStr, Field(min_length=10)]
    seed_staff_code_secret: Annotated[SecretStr, Field(min_length=32, max_length=32)]


class DatabaseSettings(CustomerStackSettings):
    """What commands on business data need."""

    environment: Literal["sandbox", "production"]
    database_url: SecretStr
    database_pool_size: Annotated[int, Field(ge=2, le=100)] = 8
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
    def check_production(self) -> Self:
        """Refuse what only a sandbox may do: no TLS, a rate that nobody stated, keys that others read."""
        if not self.is_sandbox and self.tls_files is None:
            raise ValueError("in production the boundary needs its three TLS files")
        if not self.is_sandbox and (not self.screening_lists or "package" in self.screening_lists.values()):
            raise ValueError("in production CUSTOMER_SCREENING_LISTS names published lists and their places")
        if not self.is_sandbox and self.rate_source == "sandbox":
            raise ValueError("in production CUSTOMER_RATE_SOURCE is manual or http")
        if not self.is_sandbox and self.erasure_register_file is None:
            raise ValueError(
                "in production CUSTOMER_ERASURE_REGISTER_FILE says who was erased, beside backups"
            )
        if not self.is_sandbox:
            require_private(self.key_files)
        return self

    @model_validator(mode="after")
    def check_acquirer(self) -> Self:
        """Refuse half an acquirer, and the sandbox's one in production."""
        parts = (self.acquirer_url, self.acquirer_api_key, self.acquirer_secret)
        if None in parts and any(part is not None for part in parts):
            raise ValueError("CUSTOMER_ACQUIRER_URL, _API_KEY and _SECRET are set together or not at all")
        if not self.is_sandbox and self.acquirer_url is not None:
            raise ValueError("no card acquirer for production is built in: leave CUSTOMER_ACQUIRER_URL unset")
        return self

    @model_validator(mode="after")
    def check_country_table(self) -> Self:
        """Refuse production without a table of countries: every customer's country would be unknown."""
        file = self.country_table_file
        if file is None and not self.is_sandbox:
            raise ValueError("in production CUSTOMER_COUNTRY_TABLE_FILE names the table of countries")
        if file is not None and not file.is_file():
            raise ValueError("CUSTOMER_COUNTRY_TABLE_FILE names no file")
        return self


class RateTableSettings(CustomerStackSettings):
    """Where the table of rates is, for `CUSTOMER_RATE_SOURCE=http`, and how to read it.

    `..._rows` is the path to the list of rows in JSON, its names joined by points. An empty field is one that
    the table does not have. Times without a zone are `..._utc_offset_minutes` east of UTC.
    """

    rate_table_url: str
    rate_table_name: Annotated[str, Field(pattern=r"^[a-z0-9_-]{1,32}$")] = "central-bank"
    rate_table_kind: Literal["json", "csv"] = "json"
    rate_table_rows: str = ""
    rate_table_currency: str = "USD"
    rate_table_currency_field: str = "currency"
    rate_table_buy_field: str = "buy"
    rate_table_sell_field: str = "sell"
    rate_table_units_field: str = ""
    rate_table_date_field: str = "date"
    rate_table_date_format: str = "%Y-%m-%d"
    rate_table_time_field: str = ""
    rate_table_time_format: str = "%H:%M"
    rate_table_utc_offset_minutes: Annotated[int, Field(ge=-720, le=840)] = 330
    rate_table_poll_seconds: Annotated[float, Field(ge=1, le=3600)] = 60.0

    @model_validator(mode="after")
    def check_name(self) -> Self:
        """Refuse the names of the other sources."""
        if self.rate_table_name in ("sandbox", "manual"):
            raise ValueError("CUSTOMER_RATE_TABLE_NAME is the bank's, neither sandbox nor manual")
        return self


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

    @model_validator(mode="after")
    def check_notes(self) -> Self:
        """Refuse production without the file by which a restored audit is told from a whole one."""
        if not self.is_sandbox and self.audit_notes_file is None:
            raise ValueError(
                "in production CUSTOMER_AUDIT_NOTES_FILE gets the cosigned checkpoints of the audit"
            )
        return self


def read_settings(kind: type[SettingsT]) -> SettingsT:
    """Return settings from the environment. Raises ValidationError, which names what is missing."""
    return kind.model_validate({})
