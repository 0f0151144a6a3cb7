"""What stands between a process of this stack and production: settings, key files, roles and clock.

Guaranteed: nothing is opened to serve or work before all of it was looked at; every problem is said at once.
"""

import asyncio
from collections.abc import Callable, Iterator

from execution_stack.settings import BoundarySettings, Settings, WorkerSettings
from shared.audit.keys import origin_of
from shared.clock import SystemClock
from shared.production import key_rules
from shared.production.clock import KernelClock, check_clock, read_kernel_clock
from shared.production.live import ask_databases
from shared.production.rules import Problem, refuse


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
            *list_key_problems(settings),
            *roles,
            *check_clock("EXECUTION_CLOCK_SOURCE", settings.clock_source, read_kernel(), readings),
        ]
    )


def addresses_of(settings: Settings) -> dict[str, str]:
    """Return the databases that a process connects to, by the settings that name them."""
    found = {"EXECUTION_DATABASE_URL": settings.database_url.get_secret_value()}
    if isinstance(settings, WorkerSettings):
        found["EXECUTION_SEALER_DATABASE_URL"] = settings.sealer_database_url.get_secret_value()
        if (monitor := settings.monitor_database_url) is not None:
            found["EXECUTION_MONITOR_DATABASE_URL"] = monitor.get_secret_value()
    return found


def list_key_problems(settings: Settings) -> list[Problem]:
    """Return what production refuses of the files with keys."""
    return [problem for group in _look_at_keys(settings) for problem in group]


def _look_at_keys(settings: Settings) -> Iterator[list[Problem]]:
    now = SystemClock().now()
    yield key_rules.check_private_key(
        "EXECUTION_EXCHANGE_PRIVATE_KEY_FILE", settings.exchange_private_key_file
    )
    if isinstance(settings, BoundarySettings):
        source = settings.boundary_keys_file or settings.boundary_keys_text
        if source is not None:
            yield key_rules.check_boundary_keys("EXECUTION_BOUNDARY_KEYS", source, now)
        if settings.tls_files is not None:
            certificate, key, authority = settings.tls_files
            yield key_rules.check_certificates("EXECUTION_BOUNDARY_CERTIFICATE_FILE", [certificate], now)
            yield key_rules.check_private_key("EXECUTION_BOUNDARY_PRIVATE_KEY_FILE", key)
            yield key_rules.check_certificates("EXECUTION_BOUNDARY_CLIENT_AUTHORITY_FILE", [authority], now)
    if isinstance(settings, BoundarySettings | WorkerSettings):
        log = origin_of(settings.environment, "execution")
        yield key_rules.check_audit_key("EXECUTION_AUDIT_KEY_FILE", settings.audit_key_file, log)
        for name in ("audit_public_keys_file", "other_audit_public_keys_file"):
            yield key_rules.check_audit_list(f"EXECUTION_{name.upper()}", getattr(settings, name))
