"""What may be wrong with settings of production, one thing at a time, and the codes of what is said then."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from bulkhead_local.layout import Stack
from production.installed import Installed, over_tls

SECRET: Final = "uG3v9Qe1lWn0Zx72PzqTkLr8"


def sandbox_file(name: str) -> Callable[[Installed], str]:
    return lambda installed: installed.files.path(f"sandbox/{name}")


def own_file(name: str) -> Callable[[Installed], str]:
    return lambda installed: installed.files.path(name)


def address(stack: Stack, role: Any, authority: str = "database_authority.pem") -> Callable[[Installed], str]:
    """Return the address for another role than the one that belongs there, or with another authority."""
    return lambda installed: over_tls(
        installed.databases[stack],
        role,
        installed.host,
        installed.doors[stack],
        installed.files.path(authority),
    )


def plain(stack: Stack) -> Callable[[Installed], str]:
    """Return the application's address without a word of TLS: the driver would take it with or without."""
    return lambda installed: address(stack, "app")(installed).partition("?")[0]


@dataclass(frozen=True, slots=True)
class Defect:
    """A setting that is wrong, in which process, and the codes of what is said; None takes it away."""

    kind: str
    setting: str
    value: str | Callable[[Installed], str] | None
    codes: frozenset[str]

    @property
    def name(self) -> str:
        """Return a name for the test."""
        return f"{self.kind}-{self.setting}-{'-'.join(sorted(self.codes))}"


def defect(kind: str, setting: str, value: str | Callable[[Installed], str] | None, *codes: str) -> Defect:
    named = (code if "." in code else f"production.{code}" for code in codes)
    return Defect(kind, setting, value, frozenset(named))


CUSTOMER: Final = (
    defect("api", "CLOCK_SOURCE", None, "clock_unpinned"),
    defect(
        "api",
        "DATABASE_URL",
        address("customer", "superuser"),
        "role_superuser",
        "role_bypasses_rls",
        "role_owns",
    ),
    defect("api", "DATABASE_URL", address("customer", "owner"), "role_owns"),
    defect("api", "DATABASE_URL", plain("customer"), "database_tls"),
    defect(
        "api",
        "DATABASE_URL",
        address("customer", "app", "stranger_authority.pem"),
        "database.address_unusable",
    ),
    defect("api", "BOUNDARY_KEYS_FILE", sandbox_file("customer_boundary_keys.json"), "sandbox_key"),
    defect("api", "BOUNDARY_AUTHORITY_FILE", sandbox_file("authority.pem"), "sandbox_key"),
    defect("api", "BOUNDARY_CERTIFICATE_FILE", sandbox_file("customer_certificate.pem"), "sandbox_key"),
    defect("api", "SETTLEMENT_KEY_FILE", sandbox_file("customer_settlement_key.pem"), "sandbox_key"),
    defect("api", "SETTLEMENT_KEY_FILE", own_file("exposed_key.pem"), "key_file_exposed"),
    defect("api", "SETTLEMENT_KEY_FILE", own_file("field_keys.json"), "key_unusable"),
    defect("api", "FIELD_KEYS_FILE", sandbox_file("customer_field_keys.json"), "sandbox_key"),
    defect("api", "FIELD_KEYS_FILE", own_file("without_subjects.json"), "key_unusable"),
    defect("api", "BANK_URL", "http://bank.invalid", "plain_url"),
    defect("api", "BANK_URL", "https://127.0.0.1:9002", "loopback_url"),
    defect("api", "IDENTITY_URL", "https://sandbox.identity.invalid", "sandbox_url"),
    defect("api", "STAFF_ORIGINS", '["http://localhost:8000"]', "plain_url", "loopback_url"),
    defect("api", "BANK_SECRET", f"sandbox-{SECRET}", "sample_secret"),
    defect("api", "IDENTITY_API_KEY", "abcdef", "weak_secret"),
    defect("api", "RATE_SOURCE", None, "sandbox_rates"),
    defect("api", "SCREENING_LISTS", None, "sandbox_screening_list"),
    defect("api", "COUNTRY_TABLE_FILE", None, "country_table_missing"),
    defect("api", "ERASURE_REGISTER_FILE", None, "erasure_register_missing"),
    defect("api", "PAYOUT_PROVIDER", None, "sandbox_payouts"),
    defect("api", "USD_ACCOUNT_NUMBER", "001200345678", "sandbox_account"),
    defect("worker", "SEALER_DATABASE_URL", address("customer", "owner"), "role_owns"),
    defect("worker", "AUDIT_KEY_FILE", sandbox_file("customer_audit_key.txt"), "sandbox_key"),
    defect(
        "worker",
        "OTHER_AUDIT_PUBLIC_KEYS_FILE",
        sandbox_file("execution_audit_public_keys.txt"),
        "sandbox_key",
    ),
    defect("worker", "AUDIT_NOTES_FILE", None, "audit_notes_missing"),
)
EXECUTION: Final = (
    defect("boundary", "CLOCK_SOURCE", None, "clock_unpinned"),
    defect(
        "boundary",
        "DATABASE_URL",
        address("execution", "superuser"),
        "role_superuser",
        "role_bypasses_rls",
        "role_owns",
    ),
    defect("boundary", "DATABASE_URL", address("execution", "owner"), "role_owns"),
    defect("boundary", "DATABASE_URL", plain("execution"), "database_tls"),
    defect("boundary", "BOUNDARY_KEYS_FILE", sandbox_file("execution_boundary_keys.json"), "sandbox_key"),
    defect("boundary", "BOUNDARY_CLIENT_AUTHORITY_FILE", sandbox_file("authority.pem"), "sandbox_key"),
    defect("boundary", "BOUNDARY_CERTIFICATE_FILE", sandbox_file("execution_certificate.pem"), "sandbox_key"),
    defect("boundary", "EXCHANGE_PRIVATE_KEY_FILE", sandbox_file("exchange_private_key.pem"), "sandbox_key"),
    defect("boundary", "EXCHANGE_PRIVATE_KEY_FILE", own_file("exposed_key.pem"), "key_file_exposed"),
    defect("boundary", "EXCHANGE_KEY_ID", "sandbox-5f0c0a52", "sandbox_key"),
    defect("boundary", "EXCHANGE_URL", "http://exchange.invalid", "plain_url"),
    defect("boundary", "EXCHANGE_URL", "https://demo-api.exchange.invalid", "sandbox_url"),
    defect("worker", "EXCHANGE_WS_URL", "wss://localhost/ws", "loopback_url"),
    defect(
        "worker",
        "SEALER_DATABASE_URL",
        address("execution", "superuser"),
        "role_superuser",
        "role_bypasses_rls",
        "role_owns",
    ),
    defect("worker", "AUDIT_KEY_FILE", sandbox_file("execution_audit_key.txt"), "sandbox_key"),
    defect("worker", "AUDIT_NOTES_FILE", None, "audit_notes_missing"),
)
