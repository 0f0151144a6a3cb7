"""The secrets of a local installation: made once, random, readable by nobody else.

Nothing here is shipped or defaulted. A real installation brings its own from its secret store, in the
same forms. Everything made here says that it is a sandbox's, and production refuses it.
"""

import base64
import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import uuid4

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from bulkhead_local.certificates import Certificate, ensure_certificate
from bulkhead_local.private_files import write_private
from shared.audit.keys import make_key, origin_of
from shared.boundary.keys import dump_keys, make_keys
from shared.production.key_rules import MADE_FOR_SANDBOX

VALIDITY: Final = timedelta(days=3650)
MARK: Final = "sandbox-"


@dataclass(frozen=True, slots=True)
class Secrets:
    """Paths of secret files and values of secret settings."""

    customer_boundary_keys: Path
    execution_boundary_keys: Path
    customer_certificate: Certificate
    execution_certificate: Certificate
    field_keys: Path
    settlement_key: Path
    exchange_private_key: Path
    exchange_public_keys: Path
    customer_audit_key: Path
    customer_audit_public_keys: Path
    execution_audit_key: Path
    execution_audit_public_keys: Path
    exchange_key_id: str
    bank_api_key: str
    bank_webhook_secret: str
    acquirer_api_key: str
    acquirer_webhook_secret: str
    issuer_secret: str
    identity_api_key: str
    identity_webhook_secret: str
    staff_password: str
    staff_code_secret: str


def ensure_secrets(folder: Path) -> Secrets:
    """Return the secrets in `folder`, making what is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    values = _ensure_values(folder / "values.json")
    found = Secrets(
        customer_boundary_keys=folder / "customer_boundary_keys.json",
        execution_boundary_keys=folder / "execution_boundary_keys.json",
        customer_certificate=ensure_certificate(folder, "customer"),
        execution_certificate=ensure_certificate(folder, "execution"),
        field_keys=folder / "customer_field_keys.json",
        settlement_key=folder / "customer_settlement_key.pem",
        exchange_private_key=folder / "exchange_private_key.pem",
        exchange_public_keys=folder / "exchange_public_keys.json",
        customer_audit_key=folder / "customer_audit_key.txt",
        customer_audit_public_keys=folder / "customer_audit_public_keys.txt",
        execution_audit_key=folder / "execution_audit_key.txt",
        execution_audit_public_keys=folder / "execution_audit_public_keys.txt",
        **values,
    )
    _ensure_boundary_keys(found)
    _ensure_audit_key(found.customer_audit_key, found.customer_audit_public_keys, "customer")
    _ensure_audit_key(found.execution_audit_key, found.execution_audit_public_keys, "execution")
    if not found.field_keys.exists():
        keys = {"encryption": {"1": _random_key()}, "blind_index": _random_key()}
        document = {"made_for": "sandbox", "current": 1, "subjects": "customer_subject_keys.bin"} | keys
        write_private(found.field_keys, json.dumps(document).encode())
    if not found.settlement_key.exists():
        write_private(found.settlement_key, _private_pem(ed25519.Ed25519PrivateKey.generate()))
    if not (found.exchange_private_key.exists() and found.exchange_public_keys.exists()):
        _make_exchange_key(found)
    return found


def _ensure_values(path: Path) -> dict[str, str]:
    """Return the values, with new ones for those that a folder of an earlier version does not have."""
    found: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    fresh = {
        "exchange_key_id": f"{MARK}{uuid4()}",
        "bank_api_key": MARK + secrets.token_urlsafe(32),
        "bank_webhook_secret": MARK + secrets.token_urlsafe(32),
        "acquirer_api_key": MARK + secrets.token_urlsafe(32),
        "acquirer_webhook_secret": MARK + secrets.token_urlsafe(32),
        "issuer_secret": MARK + secrets.token_urlsafe(32),
        "identity_api_key": MARK + secrets.token_urlsafe(32),
        "identity_webhook_secret": MARK + secrets.token_urlsafe(32),
        "staff_password": secrets.token_urlsafe(18),
        "staff_code_secret": base64.b32encode(secrets.token_bytes(20)).decode(),
    }
    if fresh.keys() - found.keys():
        found = fresh | found
        write_private(path, json.dumps(found).encode())
    return found


def _ensure_boundary_keys(found: Secrets) -> None:
    """Make the pair of keys that the customer stack calls the execution stack with, known to both."""
    if found.customer_boundary_keys.exists() and found.execution_boundary_keys.exists():
        return
    now = datetime.now(UTC)
    document = dump_keys(
        make_keys(
            "customer.sandbox",
            "execution.sandbox",
            not_before=now - timedelta(minutes=5),
            not_after=now + VALIDITY,
        )
    )
    write_private(found.customer_boundary_keys, document)
    write_private(found.execution_boundary_keys, document)


def _ensure_audit_key(secret: Path, public: Path, stack: str) -> None:
    """Make the key with which a stack signs the checkpoints of its audit, and the list of its keys."""
    if not (secret.exists() and public.exists()):
        make_key(secret, public, origin_of("sandbox", stack))


def _make_exchange_key(found: Secrets) -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    write_private(found.exchange_private_key, _private_pem(key))
    write_private(found.exchange_public_keys, json.dumps({found.exchange_key_id: public.decode()}).encode())


def _private_pem(key: ed25519.Ed25519PrivateKey) -> bytes:
    """Return a key in PEM, below a line that says what it is for."""
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return f"{MADE_FOR_SANDBOX}\n".encode() + pem


def _random_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()
