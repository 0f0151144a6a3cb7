"""Where everything of a local installation listens, and what each program needs to know.

A program's environment is built here and nowhere else, from nothing: the customer stack never sees a
setting of the execution stack, nor the other way round. A variable of the person who runs it with the
stack's own prefix (`EXECUTION_WINDOW_SECONDS=0.3 make run`) wins over what is set here.
"""

import fcntl
import json
import os
import random
import socket
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final, Literal

from bulkhead_local.postgres import Role
from bulkhead_local.problems import LocalProblem
from bulkhead_local.programs import script
from bulkhead_local.secrets_folder import Secrets
from bulkhead_local.supervisor import Port, Program

Stack = Literal["customer", "execution"]
STACKS: Final[tuple[Stack, ...]] = ("customer", "execution")
HOST: Final = "127.0.0.1"
DATABASE_ROLES: Final[dict[Role, str]] = {
    "app": "DATABASE_URL",
    "owner": "OWNER_DATABASE_URL",
    "sealer": "SEALER_DATABASE_URL",
    "auditor": "AUDITOR_DATABASE_URL",
}
CLAIMABLE: Final = range(12_000, 32_000)
_claims: Final[list[int]] = []
_PASSED_ON: Final = ("PATH", "LANG", "SSL_CERT_FILE", "SSL_CERT_DIR", "TMPDIR")


@dataclass(frozen=True, slots=True)
class Ports:
    """The ports of all programs. Each can be moved: BULKHEAD_PORT_<NAME>."""

    customer_http: int = 8000
    customer_management: int = 8001
    customer_worker: int = 8002
    execution_grpc: int = 50051
    execution_management: int = 8100
    execution_worker: int = 8101
    exchange: int = 9001
    bank: int = 9002
    identity: int = 9003
    acquirer: int = 9004

    @classmethod
    def from_environment(cls) -> "Ports":
        """Return the usual ports, moved as the environment says. Raises LocalProblem."""
        chosen = {}
        for field in fields(cls):
            text = os.environ.get(setting_of(field.name))
            if text is not None:
                if not text.isdigit() or not 0 < int(text) < 65536:
                    raise LocalProblem(f"{setting_of(field.name)} must be a port number, not {text!r}.")
                chosen[field.name] = int(text)
        ports = cls(**chosen)
        names: dict[int, str] = {}
        for field in fields(cls):
            number = getattr(ports, field.name)
            if number in names:
                raise LocalProblem(
                    f"{setting_of(names[number])} and {setting_of(field.name)} are both {number}. "
                    "Give each a port of its own."
                )
            names[number] = field.name
        return ports

    @classmethod
    def free(cls) -> "Ports":
        """Return ports of its own for an installation beside the usual one."""
        return cls(*free_ports(len(fields(cls))))

    def port(self, name: str) -> Port:
        """Return a port by name, with the variable that moves it."""
        return Port(getattr(self, name), setting_of(name))

    def url(self, name: str) -> str:
        """Return the HTTP address of a port by name."""
        return f"http://{HOST}:{getattr(self, name)}"


def free_ports(count: int) -> tuple[int, ...]:
    """Return ports that nobody listens on now, and that nobody else is given while this process lives.

    Test processes start platforms side by side. A port from the system's own choice is free until the next
    connection of anybody takes it, so these lie below that range, and each is claimed by a lock.
    """
    folder = Path(tempfile.gettempdir()) / f"bulkhead-ports-{os.geteuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found: list[int] = []
    for number in random.sample(CLAIMABLE, len(CLAIMABLE)):
        claim = os.open(folder / str(number), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
            socket.create_server((HOST, number)).close()
        except OSError:
            os.close(claim)
            continue
        _claims.append(claim)
        found.append(number)
        if len(found) == count:
            return tuple(found)
    raise LocalProblem(f"No {count} ports are free between {CLAIMABLE.start} and {CLAIMABLE.stop}.")


def setting_of(port_name: str) -> str:
    """Return the variable that moves a port."""
    return f"BULKHEAD_PORT_{port_name.upper()}"


def external_addresses(stack: Stack) -> dict[Role, str] | None:
    """Return the addresses of an existing PostgreSQL, when the environment names one for this stack.

    All four roles or none. Raises LocalProblem.
    """
    names = {role: f"{stack.upper()}_{suffix}" for role, suffix in DATABASE_ROLES.items()}
    found = {role: os.environ[name] for role, name in names.items() if os.environ.get(name)}
    if not found:
        return None
    missing = [names[role] for role in names if role not in found]
    if missing:
        raise LocalProblem(
            f"To use an existing PostgreSQL for the {stack} stack, set {', '.join(missing)} too "
            "(roles and databases: deploy/local/src/bulkhead_local/roles.sql)."
        )
    return found


def stack_environment(
    stack: Stack, addresses: Mapping[Role, str], secrets: Secrets, ports: Ports
) -> dict[str, str]:
    """Return the whole environment of a stack's programs and commands."""
    settings = {DATABASE_ROLES[role]: address for role, address in addresses.items()}
    settings["ENVIRONMENT"] = "sandbox"
    if stack == "customer":
        settings |= {
            "HTTP_PORT": str(ports.customer_http),
            "MANAGEMENT_PORT": str(ports.customer_management),
            "WORKER_MANAGEMENT_PORT": str(ports.customer_worker),
            "BOUNDARY_KEYS_FILE": str(secrets.customer_boundary_keys),
            "BOUNDARY_AUTHORITY_FILE": str(secrets.customer_certificate.authority),
            "BOUNDARY_CERTIFICATE_FILE": str(secrets.customer_certificate.certificate),
            "BOUNDARY_TLS_KEY_FILE": str(secrets.customer_certificate.private_key),
            "AUDIT_KEY_FILE": str(secrets.customer_audit_key),
            "WAIT_SEALED_FOR": '["tenant.settlement.approve", "tenant.settlement.release"]',
            "AUDIT_PUBLIC_KEYS_FILE": str(secrets.customer_audit_public_keys),
            "OTHER_AUDIT_PUBLIC_KEYS_FILE": str(secrets.execution_audit_public_keys),
            "AUDIT_NOTES_FILE": str(secrets.customer_audit_key.with_name("customer_audit_notes.jsonl")),
            "FIELD_KEYS_FILE": str(secrets.field_keys),
            "ERASURE_REGISTER_FILE": str(secrets.field_keys.with_name("customer_erasures.jsonl")),
            "EXECUTION_TARGET": f"{HOST}:{ports.execution_grpc}",
            "BANK_URL": ports.url("bank"),
            "BANK_API_KEY": secrets.bank_api_key,
            "BANK_SECRET": secrets.bank_webhook_secret,
            "ACQUIRER_URL": ports.url("acquirer"),
            "ACQUIRER_API_KEY": secrets.acquirer_api_key,
            "ACQUIRER_SECRET": secrets.acquirer_webhook_secret,
            "ISSUER_SECRET": secrets.issuer_secret,
            "IDENTITY_URL": ports.url("identity"),
            "IDENTITY_API_KEY": secrets.identity_api_key,
            "IDENTITY_SECRET": secrets.identity_webhook_secret,
            "SEED_STAFF_PASSWORD": secrets.staff_password,
            "SEED_STAFF_CODE_SECRET": secrets.staff_code_secret,
            "SETTLEMENT_KEY_FILE": str(secrets.settlement_key),
            "USD_ACCOUNT_NAME": "Lanka Event Exchange",
            "USD_ACCOUNT_NUMBER": "001200345678",
            "USD_ACCOUNT_BIC": "BCEYLKLX",
            "EXECUTION_ACCOUNT_NAME": "Bulkhead Execution",
            "EXECUTION_ACCOUNT_NUMBER": "9876543210",
            "EXECUTION_ACCOUNT_BIC": "CHASUS33",
            "STAFF_RP_ID": "localhost",
            "STAFF_ORIGINS": json.dumps([f"http://localhost:{ports.customer_http}"]),
            # OWASP's second choice instead of the default: two cores hash the passwords of a whole crowd.
            "ARGON2_MEMORY_KIB": "19456",
            "ARGON2_PASSES": "2",
            "ARGON2_LANES": "1",
        }
    else:
        settings |= {
            "BOUNDARY_HOST": HOST,
            "BOUNDARY_PORT": str(ports.execution_grpc),
            "MANAGEMENT_PORT": str(ports.execution_management),
            "WORKER_MANAGEMENT_PORT": str(ports.execution_worker),
            "BOUNDARY_KEYS_FILE": str(secrets.execution_boundary_keys),
            "BOUNDARY_CERTIFICATE_FILE": str(secrets.execution_certificate.certificate),
            "BOUNDARY_PRIVATE_KEY_FILE": str(secrets.execution_certificate.private_key),
            "BOUNDARY_CLIENT_AUTHORITY_FILE": str(secrets.execution_certificate.authority),
            "AUDIT_KEY_FILE": str(secrets.execution_audit_key),
            "AUDIT_PUBLIC_KEYS_FILE": str(secrets.execution_audit_public_keys),
            "OTHER_AUDIT_PUBLIC_KEYS_FILE": str(secrets.customer_audit_public_keys),
            "AUDIT_NOTES_FILE": str(secrets.execution_audit_key.with_name("execution_audit_notes.jsonl")),
            "EXCHANGE_URL": ports.url("exchange"),
            "EXCHANGE_WS_URL": f"{ports.url('exchange').replace('http', 'ws', 1)}/trade-api/ws/v2",
            "EXCHANGE_KEY_ID": secrets.exchange_key_id,
            "EXCHANGE_PRIVATE_KEY_FILE": str(secrets.exchange_private_key),
        }
    prefix = f"{stack.upper()}_"
    return _base() | {f"{prefix}{name}": value for name, value in settings.items()} | _overrides(prefix)


def sandbox_environment(secrets: Secrets, ports: Ports, state: Path) -> dict[str, str]:
    """Return the environment of the sandbox counterparties, which keep what they know in `state`."""
    settings = {
        "STATE_DIR": str(state),
        "EXCHANGE_PORT": str(ports.exchange),
        "EXCHANGE_KEYS_FILE": str(secrets.exchange_public_keys),
        "BANK_PORT": str(ports.bank),
        "BANK_API_KEY": secrets.bank_api_key,
        "BANK_WEBHOOK_URL": f"{ports.url('customer_http')}/webhooks/bank",
        "BANK_WEBHOOK_SECRET": secrets.bank_webhook_secret,
        "ACQUIRER_PORT": str(ports.acquirer),
        "ACQUIRER_API_KEY": secrets.acquirer_api_key,
        "ACQUIRER_WEBHOOK_URL": f"{ports.url('customer_http')}/webhooks/acquirer",
        "ACQUIRER_WEBHOOK_SECRET": secrets.acquirer_webhook_secret,
        "IDENTITY_PORT": str(ports.identity),
        "IDENTITY_API_KEY": secrets.identity_api_key,
        "IDENTITY_WEBHOOK_URL": f"{ports.url('customer_http')}/webhooks/identity",
        "IDENTITY_WEBHOOK_SECRET": secrets.identity_webhook_secret,
    }
    return _base() | {f"SANDBOX_{name}": value for name, value in settings.items()} | _overrides("SANDBOX_")


def sandbox_programs(environment: Mapping[str, str], ports: Ports) -> list[Program]:
    """Return the counterparties."""
    return [
        Program(
            name, (script("sandbox"), name), environment, f"{ports.url(name)}/health", (ports.port(name),)
        )
        for name in ("exchange", "bank", "identity", "acquirer")
    ]


def stack_programs(environments: Mapping[Stack, Mapping[str, str]], ports: Ports) -> list[Program]:
    """Return the processes of both stacks, the one that is called first."""
    rows: list[tuple[Stack, str, str, tuple[str, ...]]] = [
        ("execution", "boundary", "execution_management", ("execution_grpc", "execution_management")),
        ("execution", "worker", "execution_worker", ("execution_worker",)),
        ("customer", "api", "customer_management", ("customer_http", "customer_management")),
        ("customer", "worker", "customer_worker", ("customer_worker",)),
    ]
    return [
        Program(
            f"{stack}-{kind}",
            (script(f"{stack}-stack"), kind),
            environments[stack],
            f"{ports.url(management)}/ready",
            tuple(ports.port(name) for name in needed),
        )
        for stack, kind, management, needed in rows
    ]


def _base() -> dict[str, str]:
    passed = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return {**passed, "TZ": "UTC", "PYTHONUNBUFFERED": "1"}


def _overrides(prefix: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith(prefix)}
