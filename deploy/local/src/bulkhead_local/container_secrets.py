"""The secrets of the sandbox's containers: one folder each, with what that process needs and nothing else.

Everything is made once, in the folder `made`, and delivered from there. A settings file is named like its
setting, as `CUSTOMER_SECRETS_FOLDER` reads them. A real installation fills the same folders from its secret
store, and nothing here touches them then.

Guaranteed:
- what was not written here is neither changed nor removed: `made/delivered.json` has a digest of every
  delivered file, and with one file that is not as it was delivered, nothing is;
- no container gets a key of the other stack's, nor the login of a role that it does not act as;
- files are readable by the containers' user alone. Where only root could give them to it and we are not
  root, they are readable by all, in a folder that only we can enter; production refuses such keys.
"""

import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from bulkhead_local.layout import STACKS, Stack
from bulkhead_local.postgres import ROLES, Role
from bulkhead_local.private_files import write_private
from bulkhead_local.problems import LocalProblem
from bulkhead_local.secrets_folder import Secrets, ensure_secrets

USER: Final = 10001
SUBJECT_KEYS: Final = "/var/lib/bulkhead/subject_keys.bin"
MANIFEST: Final = "delivered.json"
Files = dict[str, bytes]


def deliver_secrets(folder: Path) -> Secrets:
    """Make what is missing, deliver everything anew, and return what was made.

    Raises LocalProblem when a file is there that was not delivered from here.
    """
    made = folder / "made"
    found = ensure_secrets(made)
    contents = _contents(found, _ensure_passwords(made / "passwords.json"))
    delivered = _read_manifest(made / MANIFEST)
    _require_own(folder, contents, delivered)
    folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
    for container, files in contents.items():
        place = folder / container
        place.mkdir(exist_ok=True)
        for name, content in files.items():
            write_private(place / name, content)
        for stale in place.iterdir():
            if stale.name not in files:
                stale.unlink()
        _give(place)
    digests = {
        f"{container}/{name}": _digest(content)
        for container, files in contents.items()
        for name, content in files.items()
    }
    write_private(made / MANIFEST, json.dumps(digests, indent=2).encode())
    return found


def _require_own(folder: Path, contents: Mapping[str, Files], delivered: Mapping[str, str]) -> None:
    """Refuse to go on where delivering would change or remove what was not delivered from here."""
    foreign = sorted(
        str(path)
        for container, files in contents.items()
        for path in (folder / container).glob("*")
        if not _is_own(path, files.get(path.name), delivered.get(f"{container}/{path.name}"))
    )
    if foreign:
        more = f" and {len(foreign) - 1} more" if len(foreign) > 1 else ""
        raise LocalProblem(
            f"{foreign[0]}{more}: not as the sandbox's secrets were delivered. Nothing was changed. If these "
            "secrets are yours, set BULKHEAD_ENVIRONMENT=production in deploy/compose/.env, or name another "
            "folder in BULKHEAD_SECRETS for a sandbox beside them. If not, move them away."
        )


def _is_own(path: Path, content: bytes | None, digest: str | None) -> bool:
    if path.is_symlink() or not path.is_file():
        return False
    held = path.read_bytes()
    return held == content or _digest(held) == digest


def _read_manifest(path: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    return found


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _give(place: Path) -> None:
    """Let the containers' user read a folder, and as far as we may, nobody else."""
    is_root = os.geteuid() == 0
    for path in (*place.iterdir(), place):
        if is_root:
            os.chown(path, USER, USER)
        path.chmod((0o500 if is_root else 0o755) if path == place else (0o400 if is_root else 0o444))


def _ensure_passwords(path: Path) -> dict[Stack, dict[Role, str]]:
    """Return the passwords of the databases' roles."""
    if not path.exists():
        fresh = {stack: {role: secrets.token_urlsafe(24) for role in ROLES} for stack in STACKS}
        write_private(path, json.dumps(fresh).encode())
    found: dict[Stack, dict[Role, str]] = json.loads(path.read_text())
    return found


def _contents(found: Secrets, passwords: Mapping[Stack, Mapping[Role, str]]) -> dict[str, Files]:
    """Return the files of every container."""
    files = _customer_files(found, passwords["customer"]) | _execution_files(found, passwords["execution"])
    for stack in STACKS:
        files[f"{stack}-postgres"] = {
            f"{role}_password": password.encode() for role, password in passwords[stack].items()
        } | {"database": stack.encode()}
    files["exchange"] = {"exchange_public_keys.json": found.exchange_public_keys.read_bytes()}
    for name in ("bank", "identity", "acquirer"):
        files[name] = {
            f"sandbox_{name}_api_key": getattr(found, f"{name}_api_key").encode(),
            f"sandbox_{name}_webhook_secret": getattr(found, f"{name}_webhook_secret").encode(),
        }
    return files


def _customer_files(found: Secrets, passwords: Mapping[Role, str]) -> dict[str, Files]:
    certificate = found.customer_certificate
    api: Files = {
        "customer_database_url": _address("customer", "app", passwords),
        "customer_bank_api_key": found.bank_api_key.encode(),
        "customer_bank_secret": found.bank_webhook_secret.encode(),
        "customer_acquirer_api_key": found.acquirer_api_key.encode(),
        "customer_acquirer_secret": found.acquirer_webhook_secret.encode(),
        "customer_issuer_secret": found.issuer_secret.encode(),
        "customer_identity_api_key": found.identity_api_key.encode(),
        "customer_identity_secret": found.identity_webhook_secret.encode(),
        "field_keys.json": _field_keys(found.field_keys),
        "settlement_key.pem": found.settlement_key.read_bytes(),
        "boundary_keys.json": found.customer_boundary_keys.read_bytes(),
        "boundary_authority.pem": certificate.authority.read_bytes(),
        "boundary_certificate.pem": certificate.certificate.read_bytes(),
        "boundary_tls_key.pem": certificate.private_key.read_bytes(),
    }
    worker = api | {
        "customer_sealer_database_url": _address("customer", "sealer", passwords),
        "audit_key.txt": found.customer_audit_key.read_bytes(),
        "audit_public_keys.txt": found.customer_audit_public_keys.read_bytes(),
        "other_audit_public_keys.txt": found.execution_audit_public_keys.read_bytes(),
    }
    command = worker | {
        "customer_auditor_database_url": _address("customer", "auditor", passwords),
        "customer_seed_staff_password": found.staff_password.encode(),
        "customer_seed_staff_code_secret": found.staff_code_secret.encode(),
    }
    migrate: Files = {"customer_owner_database_url": _address("customer", "owner", passwords)}
    return {
        "customer-api": api,
        "customer-worker": worker,
        "customer-command": command,
        "customer-migrate": migrate,
    }


def _execution_files(found: Secrets, passwords: Mapping[Role, str]) -> dict[str, Files]:
    certificate = found.execution_certificate
    every: Files = {
        "execution_database_url": _address("execution", "app", passwords),
        "execution_exchange_key_id": found.exchange_key_id.encode(),
        "exchange_private_key.pem": found.exchange_private_key.read_bytes(),
        "audit_key.txt": found.execution_audit_key.read_bytes(),
        "audit_public_keys.txt": found.execution_audit_public_keys.read_bytes(),
        "other_audit_public_keys.txt": found.customer_audit_public_keys.read_bytes(),
    }
    boundary = every | {
        "boundary_keys.json": found.execution_boundary_keys.read_bytes(),
        "boundary_authority.pem": certificate.authority.read_bytes(),
        "boundary_certificate.pem": certificate.certificate.read_bytes(),
        "boundary_tls_key.pem": certificate.private_key.read_bytes(),
    }
    sealer: Files = {"execution_sealer_database_url": _address("execution", "sealer", passwords)}
    auditor: Files = {"execution_auditor_database_url": _address("execution", "auditor", passwords)}
    migrate: Files = {"execution_owner_database_url": _address("execution", "owner", passwords)}
    return {
        "execution-boundary": boundary,
        "execution-worker": every | sealer,
        "execution-command": boundary | sealer | auditor,
        "execution-migrate": migrate,
    }


def _address(stack: Stack, role: Role, passwords: Mapping[Role, str]) -> bytes:
    return f"postgresql://bulkhead_{role}:{passwords[role]}@{stack}-postgres:5432/{stack}".encode()


def _field_keys(path: Path) -> bytes:
    """Return the document of the keys, with the file of persons' secrets where the containers may write."""
    document = json.loads(path.read_text()) | {"subjects": SUBJECT_KEYS}
    return json.dumps(document).encode()
