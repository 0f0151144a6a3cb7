"""Settings of both stacks that production takes, as far as one machine allows, and how processes are run.

The databases stand behind TLS at this machine's own name. Counterparties are names that nobody answers to:
which they are, production can see; whether they are there, is no matter of a start.
"""

import asyncio
import base64
import json
import os
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bulkhead_local.certificates import Authority, ensure_certificate
from bulkhead_local.layout import HOST, STACKS, Stack, free_ports
from bulkhead_local.lending import FreshDatabase
from bulkhead_local.postgres import Role
from bulkhead_local.private_files import write_private
from bulkhead_local.programs import run as run_program
from bulkhead_local.programs import script
from bulkhead_local.secrets_folder import ensure_secrets
from shared.audit.keys import make_key, origin_of
from shared.boundary.keys import dump_keys, make_keys
from shared.production.clock import read_kernel_clock
from shared.production.rules import is_loopback

SOCKET: Final = ".s.PGSQL.5432"
START_SECONDS: Final = 60.0
Ports = tuple[int, ...]


def own_name() -> str | None:
    """Return the name under which this machine finds itself and that is not *localhost*, or None."""
    name = socket.gethostname()
    try:
        socket.gethostbyname(name)
    except OSError:
        return None
    return None if is_loopback(name) else name


@dataclass(frozen=True, slots=True)
class Files:
    """A folder with everything that production's settings name, and with what a sandbox would have."""

    folder: Path

    def make(self, host: str) -> None:
        """Make keys and certificates for production, for a sandbox, and for the databases' server `host`."""
        now = datetime.now(UTC)
        ring = make_keys(
            "customer.production",
            "execution.production",
            not_before=now - timedelta(minutes=5),
            not_after=now + timedelta(days=9),
        )
        write_private(self.folder / "boundary_keys.json", dump_keys(ring))
        for stack in STACKS:
            ensure_certificate(self.folder, stack, "production")
            key, listed = self.folder / f"{stack}_audit_key", self.folder / f"{stack}_audit_keys"
            make_key(key, listed, origin_of("production", stack))
        for name in ("settlement", "exchange"):
            write_private(self.folder / f"{name}_key.pem", _pem(ed25519.Ed25519PrivateKey.generate()))
        write_private(self.folder / "field_keys.json", _field_keys("subjects.bin"))
        write_private(self.folder / "without_subjects.json", _field_keys(None))
        write_private(self.folder / "exposed_key.pem", _pem(ed25519.Ed25519PrivateKey.generate()))
        (self.folder / "exposed_key.pem").chmod(0o644)
        (self.folder / "countries.csv").write_text("192.0.2.0,192.0.2.255,LK\n")
        for name in ("database", "stranger"):
            authority = Authority.make(now, environment="production")
            server = ec.generate_private_key(ec.SECP256R1())
            certificate = authority.issue(host, server.public_key(), now)
            write_private(self.folder / f"{name}_key.pem", _pem(server))
            write_private(self.folder / f"{name}_certificate.pem", certificate.public_bytes(Encoding.PEM))
            root = authority.certificate.public_bytes(Encoding.PEM)
            write_private(self.folder / f"{name}_authority.pem", root)
        ensure_secrets(self.folder / "sandbox")

    def path(self, name: str) -> str:
        """Return the path of a file in the folder."""
        return str(self.folder / name)


def _pem(key: ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _field_keys(subjects: str | None) -> bytes:
    keys = [base64.b64encode(secrets.token_bytes(32)).decode() for _ in range(2)]
    document = {"current": 1, "encryption": {"1": keys[0]}, "blind_index": keys[1]}
    return json.dumps(document | ({} if subjects is None else {"subjects": subjects})).encode()


def server_socket(database: FreshDatabase) -> Path:
    """Return the socket of the server that has a database."""
    return Path(parse_qs(urlsplit(database.dsn("app")).query)["host"][0]) / SOCKET


def over_tls(database: FreshDatabase, role: Role, host: str, port: int, authority: str) -> str:
    """Return the address of a database for a role, by way of the door at `port`."""
    found = urlsplit(database.dsn(role))
    login = f"{found.username}:{found.password}"
    return f"postgresql://{login}@{host}:{port}{found.path}?sslmode=verify-full&sslrootcert={authority}"


def clock_source() -> str:
    """Return what can be proven of this machine's clock."""
    return "ntp" if read_kernel_clock().is_synchronised else "hypervisor"


def customer_settings(files: Files, addresses: Mapping[str, str], ports: Ports) -> dict[str, str]:
    """Return the customer stack's settings; `ports` are of HTTP, two managements and the other's boundary."""
    http, management, worker, boundary = ports
    return {
        "ENVIRONMENT": "production",
        "CLOCK_SOURCE": clock_source(),
        **addresses,
        "HTTP_PORT": str(http),
        "MANAGEMENT_PORT": str(management),
        "WORKER_MANAGEMENT_PORT": str(worker),
        "FIELD_KEYS_FILE": files.path("field_keys.json"),
        "SETTLEMENT_KEY_FILE": files.path("settlement_key.pem"),
        "BOUNDARY_KEYS_FILE": files.path("boundary_keys.json"),
        "BOUNDARY_AUTHORITY_FILE": files.path("authority.pem"),
        "BOUNDARY_CERTIFICATE_FILE": files.path("customer_certificate.pem"),
        "BOUNDARY_TLS_KEY_FILE": files.path("customer_certificate_key.pem"),
        "EXECUTION_TARGET": f"{HOST}:{boundary}",
        "BANK_URL": "https://bank.invalid/api",
        "BANK_API_KEY": secrets.token_urlsafe(24),
        "BANK_SECRET": secrets.token_urlsafe(24),
        "IDENTITY_URL": "https://identity.invalid",
        "IDENTITY_API_KEY": secrets.token_urlsafe(24),
        "IDENTITY_SECRET": secrets.token_urlsafe(24),
        "RATE_SOURCE": "manual",
        "SCREENING_LISTS": '{"un": "https://lists.invalid/un.xml"}',
        "COUNTRY_TABLE_FILE": files.path("countries.csv"),
        "ERASURE_REGISTER_FILE": files.path("erased.jsonl"),
        "AUDIT_KEY_FILE": files.path("customer_audit_key"),
        "AUDIT_PUBLIC_KEYS_FILE": files.path("customer_audit_keys"),
        "OTHER_AUDIT_PUBLIC_KEYS_FILE": files.path("execution_audit_keys"),
        "AUDIT_NOTES_FILE": files.path("customer_notes.jsonl"),
        "PAYOUT_PROVIDER": "bank-file",
        "BANK_FILE_NAME": "Operator (Private) Limited",
        "BANK_FILE_ACCOUNT": "100000000001",
        "BANK_FILE_BIC": "AAAALKLX",
        "USD_ACCOUNT_NAME": "Operator (Private) Limited",
        "USD_ACCOUNT_NUMBER": "100000000002",
        "USD_ACCOUNT_BIC": "AAAALKLX",
        "EXECUTION_ACCOUNT_NAME": "Execution Inc",
        "EXECUTION_ACCOUNT_NUMBER": "100000000003",
        "EXECUTION_ACCOUNT_BIC": "AAAAUS33",
        "STAFF_RP_ID": "office.invalid",
        "STAFF_ORIGINS": '["https://office.invalid"]',
    }


def execution_settings(files: Files, addresses: Mapping[str, str], ports: Ports) -> dict[str, str]:
    """Return the execution stack's settings; `ports` are of its boundary and two managements."""
    boundary, management, worker = ports
    return {
        "ENVIRONMENT": "production",
        "CLOCK_SOURCE": clock_source(),
        **addresses,
        "BOUNDARY_PORT": str(boundary),
        "MANAGEMENT_PORT": str(management),
        "WORKER_MANAGEMENT_PORT": str(worker),
        "EXCHANGE_URL": "https://exchange.invalid",
        "EXCHANGE_WS_URL": "wss://exchange.invalid/trade-api/ws/v2",
        "EXCHANGE_KEY_ID": "5f0c0a52-1d47-4f5e-8a7e-0d7b6d5f3c11",
        "EXCHANGE_PRIVATE_KEY_FILE": files.path("exchange_key.pem"),
        "BOUNDARY_KEYS_FILE": files.path("boundary_keys.json"),
        "BOUNDARY_CERTIFICATE_FILE": files.path("execution_certificate.pem"),
        "BOUNDARY_PRIVATE_KEY_FILE": files.path("execution_certificate_key.pem"),
        "BOUNDARY_CLIENT_AUTHORITY_FILE": files.path("authority.pem"),
        "AUDIT_KEY_FILE": files.path("execution_audit_key"),
        "AUDIT_PUBLIC_KEYS_FILE": files.path("execution_audit_keys"),
        "OTHER_AUDIT_PUBLIC_KEYS_FILE": files.path("customer_audit_keys"),
        "AUDIT_NOTES_FILE": files.path("execution_notes.jsonl"),
    }


@dataclass
class Installed:
    """Both stacks, ready to be started, with the addresses of their databases by way of TLS."""

    files: Files
    host: str
    doors: Mapping[Stack, int]
    databases: Mapping[Stack, FreshDatabase]
    http: int
    managements: Mapping[tuple[Stack, str], int]
    settings: Mapping[Stack, Mapping[str, str]]

    @classmethod
    def describe(
        cls, files: Files, host: str, doors: Mapping[Stack, int], databases: Mapping[Stack, FreshDatabase]
    ) -> "Installed":
        """Choose free ports and write down everybody's settings."""
        http, api, worker, boundary, boundary_management, execution_worker = free_ports(6)
        authority = files.path("database_authority.pem")
        roles: tuple[Role, ...] = ("app", "sealer", "owner", "auditor")

        def addresses(stack: Stack) -> dict[str, str]:
            return {
                f"{'' if role == 'app' else f'{role.upper()}_'}DATABASE_URL": over_tls(
                    databases[stack], role, host, doors[stack], authority
                )
                for role in roles
            }

        return cls(
            files,
            host,
            doors,
            databases,
            http,
            {
                ("customer", "api"): api,
                ("customer", "worker"): worker,
                ("execution", "boundary"): boundary_management,
                ("execution", "worker"): execution_worker,
            },
            {
                "customer": customer_settings(files, addresses("customer"), (http, api, worker, boundary)),
                "execution": execution_settings(
                    files, addresses("execution"), (boundary, boundary_management, execution_worker)
                ),
            },
        )

    def environment(self, stack: Stack, changed: Mapping[str, str | None] | None = None) -> dict[str, str]:
        """Return the whole environment of a process; a setting that is changed to None is not there."""
        chosen = {**self.settings[stack], **(changed or {})}
        named = {f"{stack}_{name}".upper(): value for name, value in chosen.items() if value is not None}
        return {"PATH": os.environ["PATH"], "TZ": "UTC", **named}


async def run(environment: Mapping[str, str], stack: Stack, *words: str) -> tuple[int, str, str]:
    """Run a process or command that ends; its exit code, output and errors. Raises TimeoutExpired."""
    command = [script(f"{stack}-stack"), *words]
    done = await asyncio.to_thread(run_program, command, environment, timeout_seconds=START_SECONDS)
    return done.returncode, done.stdout, done.stderr
