"""What stands between a process of this stack and production: settings, key files, roles and clock.

Guaranteed: nothing is opened to serve or work before all of it was looked at; every problem is said at once.
"""

import asyncio
from collections.abc import Callable, Iterator
from typing import Final

from customer_stack.rate_settings import RateTableSettings
from customer_stack.settings import Settings, WorkerSettings
from customer_stack.wiring.channels import ChannelSettings
from customer_stack.wiring.settlement import SettlementSettings
from shared.audit.keys import origin_of
from shared.clock import SystemClock
from shared.production import key_rules
from shared.production.clock import KernelClock, check_clock, read_kernel_clock
from shared.production.live import ask_databases
from shared.production.rules import Problem, check_secret, check_url, refuse

SANDBOX_ACCOUNTS: Final = frozenset({"001200345678", "9876543210"})
"""Between which a sandbox settles: samples, which may be somebody's."""


def require_production(
    settings: Settings, read_kernel: Callable[[], KernelClock] = read_kernel_clock
) -> None:
    """Look at everything that production asks for; a sandbox is asked nothing. Raises ProductionRefused."""
    if settings.is_sandbox:
        return
    roles, readings = asyncio.run(ask_databases(addresses_of(settings)))
    refuse(
        [
            *settings.production_problems(),
            *list_configured(settings),
            *list_key_problems(settings),
            *roles,
            *check_clock("CUSTOMER_CLOCK_SOURCE", settings.clock_source, read_kernel(), readings),
        ]
    )


def addresses_of(settings: Settings) -> dict[str, str]:
    """Return the databases that a process connects to, by the settings that name them."""
    found = {"CUSTOMER_DATABASE_URL": settings.database_url.get_secret_value()}
    if isinstance(settings, WorkerSettings):
        found["CUSTOMER_SEALER_DATABASE_URL"] = settings.sealer_database_url.get_secret_value()
        if (monitor := settings.monitor_database_url) is not None:
            found["CUSTOMER_MONITOR_DATABASE_URL"] = monitor.get_secret_value()
    return found


def list_configured(settings: Settings) -> list[Problem]:
    """Return what production refuses of the ways in which money comes and goes, and of staff's pages."""
    channels, settlement = ChannelSettings(), SettlementSettings()
    found = []
    if channels.payout_provider == "sandbox-bank":
        sentence = "CUSTOMER_PAYOUT_PROVIDER has to be bank-file: the other is the sandbox's bank. Set it."
        found.append(Problem("production.sandbox_payouts", sentence))
    for name in ("action_url", "notify_url", "return_url", "cancel_url"):
        setting = f"hosted_checkout_{name}"
        found += check_url(f"CUSTOMER_{setting.upper()}", getattr(channels, setting))
    if channels.hosted_checkout_secret is not None:
        secret = channels.hosted_checkout_secret.get_secret_value()
        found += check_secret("CUSTOMER_HOSTED_CHECKOUT_SECRET", secret)
    found += _list_sandbox_accounts(settlement)
    for origin in sorted(settlement.staff_origins):
        found += check_url("CUSTOMER_STAFF_ORIGINS", origin)
    if settings.rate_source == "http":
        found += check_url("CUSTOMER_RATE_TABLE_URL", RateTableSettings.model_validate({}).rate_table_url)
    return found


def _list_sandbox_accounts(settlement: SettlementSettings) -> list[Problem]:
    return [
        Problem(
            "production.sandbox_account",
            f"CUSTOMER_{name.upper()} is the account of the sandbox. Set the one that settlements pay.",
        )
        for name in ("usd_account_number", "execution_account_number")
        if getattr(settlement, name) in SANDBOX_ACCOUNTS
    ]


def list_key_problems(settings: Settings) -> list[Problem]:
    """Return what production refuses of the files with keys."""
    return [problem for group in _look_at_keys(settings) for problem in group]


def _look_at_keys(settings: Settings) -> Iterator[list[Problem]]:
    now = SystemClock().now()
    source = settings.boundary_keys_file or settings.boundary_keys_text
    if source is not None:
        yield key_rules.check_boundary_keys("CUSTOMER_BOUNDARY_KEYS", source, now)
    if settings.tls_files is not None:
        authority, certificate, key = settings.tls_files
        yield key_rules.check_certificates("CUSTOMER_BOUNDARY_AUTHORITY_FILE", [authority], now)
        yield key_rules.check_certificates("CUSTOMER_BOUNDARY_CERTIFICATE_FILE", [certificate], now)
        yield key_rules.check_private_key("CUSTOMER_BOUNDARY_TLS_KEY_FILE", key)
    yield key_rules.check_field_keys("CUSTOMER_FIELD_KEYS_FILE", settings.field_keys_file)
    yield key_rules.check_private_key("CUSTOMER_SETTLEMENT_KEY_FILE", settings.settlement_key_file)
    if isinstance(settings, WorkerSettings):
        log = origin_of(settings.environment, "customer")
        yield key_rules.check_audit_key("CUSTOMER_AUDIT_KEY_FILE", settings.audit_key_file, log)
        for name in ("audit_public_keys_file", "other_audit_public_keys_file"):
            yield key_rules.check_audit_list(f"CUSTOMER_{name.upper()}", getattr(settings, name))
