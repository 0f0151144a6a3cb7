"""Settings of the execution stack, from the environment or files (prefix EXECUTION_).

Guaranteed:
- no secret has a default: what is missing is named when a process starts, and it does not start;
- sandbox and production differ here and nowhere else;
- what production refuses is said at once, all of it (`production_problems`).
"""

from pathlib import Path
from typing import Annotated, Final, Literal, Self, TypeVar

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict
from typing_extensions import override

from shared.operations.settings import StackSettings
from shared.production import rules
from shared.production.clock import ClockSource
from shared.production.rules import Problem

Environment = Literal["sandbox", "production"]
Port = Annotated[int, Field(ge=1, le=65535)]

PROGRAM: Final = "execution-stack"
MIGRATIONS_FOLDER: Final = Path(__file__).resolve().parents[2] / "migrations"
EXCHANGE_PATH: Final = "/trade-api/v2"


class ExecutionStackSettings(StackSettings):
    """What all settings of this stack share: they may stand in files of EXECUTION_SECRETS_FOLDER."""

    stack_prefix = "EXECUTION_"
    model_config = SettingsConfigDict(env_prefix=stack_prefix, extra="ignore", frozen=True)

    def production_problems(self) -> list[Problem]:
        """Return what production refuses of these values; none in a sandbox."""
        return []


SettingsT = TypeVar("SettingsT", bound=ExecutionStackSettings)


def read_settings(kind: type[SettingsT]) -> SettingsT:
    """Read settings from environment and files.

    Raises pydantic's ValidationError, which names what is missing, and ProductionRefused.
    """
    found = kind.model_validate({})
    rules.refuse(found.production_problems())
    return found


def exchange_base_url(url: str) -> str:
    """Return the address under which the API version 2 of the exchange at `url` answers."""
    base = url.rstrip("/")
    return base if base.endswith(EXCHANGE_PATH) else base + EXCHANGE_PATH


class OwnerSettings(ExecutionStackSettings):
    """What migrations need: the role that owns the schema."""

    environment: Environment | None = None
    owner_database_url: SecretStr
    migrations_folder: Path = MIGRATIONS_FOLDER

    @override
    def production_problems(self) -> list[Problem]:
        address = self.owner_database_url.get_secret_value()
        plain = rules.check_database("EXECUTION_OWNER_DATABASE_URL", address)
        return plain if self.environment == "production" else []


class AuditSettings(ExecutionStackSettings):
    """What verifying the audit needs: a role that reads everything."""

    environment: Environment | None = None
    auditor_database_url: SecretStr
    audit_public_keys_file: Path | None = None
    other_audit_public_keys_file: Path | None = None

    @override
    def production_problems(self) -> list[Problem]:
        address = self.auditor_database_url.get_secret_value()
        plain = rules.check_database("EXECUTION_AUDITOR_DATABASE_URL", address)
        return plain if self.environment == "production" else []


class DatabaseSettings(ExecutionStackSettings):
    """What commands on the books need."""

    environment: Environment
    database_url: SecretStr
    database_pool_size: Annotated[int, Field(ge=2, le=100)] = 8
    migrations_folder: Path = MIGRATIONS_FOLDER
    clock_source: ClockSource | None = None
    failover_loses_nothing: bool = False
    """A standby confirms every commit, so that a new timeline of the same server needs nobody's look."""

    @property
    def is_sandbox(self) -> bool:
        """Tell whether the exchange is the sandbox's."""
        return self.environment == "sandbox"


class EvidenceSettings(DatabaseSettings):
    """What packs of windows need: the books, and the public keys of both audits."""

    audit_public_keys_file: Path
    other_audit_public_keys_file: Path


class Settings(DatabaseSettings):
    """What everything needs that talks to the exchange."""

    exchange_url: str
    exchange_key_id: str
    exchange_private_key_file: Path
    exchange_share_percent: Annotated[int, Field(ge=1, le=100)] = 90
    """How much of the account's rate limit this process takes; commands and other processes need some."""
    management_host: str = "127.0.0.1"
    otlp_endpoint: Annotated[str, Field(pattern=r"^https?://")] | None = None
    """Where traces go, an OTLP collector; unset, none are made."""
    trace_one_in: Annotated[int, Field(ge=1, le=1_000_000_000)] = 100
    """One in so many traces is kept. Both stacks have the same number, so that both keep the same ones."""

    @property
    def key_files(self) -> tuple[Path | None, ...]:
        """Return the files with keys, which nobody else may read."""
        return (self.exchange_private_key_file,)

    @override
    def production_problems(self) -> list[Problem]:
        if self.is_sandbox:
            return []
        found = [
            *rules.check_exposed(self.key_files),
            *rules.check_database("EXECUTION_DATABASE_URL", self.database_url.get_secret_value()),
            *rules.check_url("EXECUTION_EXCHANGE_URL", self.exchange_url),
        ]
        if rules.is_sandbox_mark(self.exchange_key_id):
            sentence = "EXECUTION_EXCHANGE_KEY_ID is the sandbox exchange's. Make a key at the exchange."
            found.append(Problem("production.sandbox_key", sentence))
        return found

    @property
    def exchange_base_url(self) -> str:
        """Return the address under which the exchange's API version 2 answers."""
        return exchange_base_url(self.exchange_url)


class BoundarySettings(Settings):
    """What the boundary's process needs."""

    boundary_host: str = "127.0.0.1"
    boundary_port: Port = 50051
    boundary_keys_file: Path | None = None
    boundary_keys: SecretStr | None = None
    boundary_stack: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,30}$")] = "execution"
    boundary_certificate_file: Path | None = None
    boundary_private_key_file: Path | None = None
    boundary_client_authority_file: Path | None = None
    management_port: Port = 8100
    audit_key_file: Path
    audit_public_keys_file: Path
    other_audit_public_keys_file: Path

    @property
    @override
    def key_files(self) -> tuple[Path | None, ...]:
        own = self.boundary_keys_file, self.boundary_private_key_file, self.audit_key_file
        return *super().key_files, *own

    @property
    def audience(self) -> str:
        """Return the name under which this stack is called: its own and its environment's."""
        return f"{self.boundary_stack}.{self.environment}"

    @property
    def boundary_keys_text(self) -> str | None:
        """Return the keys that the environment itself holds, in the form of a key file, or None."""
        return None if self.boundary_keys is None else self.boundary_keys.get_secret_value()

    @property
    def tls_files(self) -> tuple[Path, Path, Path] | None:
        """Return certificate, private key and the authority of clients, or None without TLS."""
        certificate, key = self.boundary_certificate_file, self.boundary_private_key_file
        authority = self.boundary_client_authority_file
        return (
            None if certificate is None or key is None or authority is None else (certificate, key, authority)
        )

    @model_validator(mode="after")
    def _check_keys(self) -> Self:
        if (self.boundary_keys_file is None) == (self.boundary_keys is None):
            raise ValueError("EXECUTION_BOUNDARY_KEYS_FILE or EXECUTION_BOUNDARY_KEYS is set, not both")
        return self

    @model_validator(mode="after")
    def _check_tls(self) -> Self:
        files = (
            self.boundary_certificate_file,
            self.boundary_private_key_file,
            self.boundary_client_authority_file,
        )
        if any(files) and not all(files):
            raise ValueError("a certificate, its key and the clients' authority go together")
        return self

    @override
    def production_problems(self) -> list[Problem]:
        found = super().production_problems()
        if not self.is_sandbox and self.tls_files is None:
            sentence = (
                "the boundary needs EXECUTION_BOUNDARY_CERTIFICATE_FILE, _PRIVATE_KEY_FILE and "
                "_CLIENT_AUTHORITY_FILE. Set all three."
            )
            found.append(Problem("production.boundary_tls_missing", sentence))
        return found


class WorkerSettings(Settings):
    """What the worker needs beyond that: windows, timers, the role that seals the audit, and its key."""

    sealer_database_url: SecretStr
    monitor_database_url: SecretStr | None = None
    """A role that may read the server's statistics and no table: standbys and the archive, for metrics."""
    audit_key_file: Path
    audit_public_keys_file: Path
    other_audit_public_keys_file: Path
    audit_notes_file: Path | None = None
    exchange_ws_url: Annotated[str, Field(pattern=r"^wss?://")] | None = None
    worker_management_port: Port = 8101
    window_seconds: Annotated[float, Field(gt=0, le=60)] = 1.0
    window_max_size: Annotated[int, Field(ge=1, le=2000)] = 500
    float_patience_seconds: Annotated[float, Field(ge=0, le=3600)] = 60.0
    float_low_water_usd: Annotated[int, Field(ge=0, le=1_000_000_000)] = 0
    position_limit_contracts: Annotated[int, Field(ge=0, le=100_000_000_000)] = 10_000_000
    halt_unknown_in_market: Annotated[int, Field(ge=1, le=1_000_000)] = 5
    halt_unknown_in_all: Annotated[int, Field(ge=1, le=1_000_000)] = 20
    halt_unknown_minutes: Annotated[int, Field(ge=1, le=1440)] = 5
    refresh_seconds: Annotated[float, Field(gt=0, le=60)] = 1.0
    resolution_seconds: Annotated[float, Field(gt=0, le=600)] = 1.0
    reconciliation_seconds: Annotated[float, Field(ge=1, le=3_600)] = 15.0
    complete_checks_seconds: Annotated[float, Field(ge=10, le=604_800)] = 3_600.0
    most_clock_skew_seconds: Annotated[float, Field(gt=0, le=60)] = 5.0

    @property
    @override
    def key_files(self) -> tuple[Path | None, ...]:
        return *super().key_files, self.audit_key_file

    @override
    def production_problems(self) -> list[Problem]:
        if self.is_sandbox:
            return []
        found = [
            *super().production_problems(),
            *rules.check_url("EXECUTION_EXCHANGE_WS_URL", self.exchange_ws_url, ("wss",)),
            *rules.check_database(
                "EXECUTION_SEALER_DATABASE_URL", self.sealer_database_url.get_secret_value()
            ),
        ]
        if (monitor := self.monitor_database_url) is not None:
            found += rules.check_database("EXECUTION_MONITOR_DATABASE_URL", monitor.get_secret_value())
        if self.audit_notes_file is None:
            sentence = "EXECUTION_AUDIT_NOTES_FILE has to keep the audit's cosigned checkpoints. Name a file."
            found.append(Problem("production.audit_notes_missing", sentence))
        return found
