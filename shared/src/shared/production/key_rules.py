"""Rules for files with keys in production: none was made for a sandbox, each can be used now.

What `bulkhead_local` makes says so: boundary keys and certificates have names such as `customer.sandbox`,
its authority has *sandbox* in its name, the audit's log is `bulkhead/sandbox/...`, other files say it in
their first line or in `made_for`.

Guaranteed: a problem names the setting and, where there is one, the id or name of a key; never a key.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Final

import orjson
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from shared.audit.checkpoints import NoteUnusable, Signer
from shared.audit.keys import AuditKeyUnusable, load_verifiers
from shared.boundary.errors import KeysUnusable
from shared.boundary.keys import KeyRing, load_keys, parse_keys
from shared.production.rules import Problem

MADE_FOR_SANDBOX: Final = "Made for a sandbox by bulkhead_local: production refuses it."
_PRODUCTION: Final = ".production"
_TRIAL_NAME: Final = re.compile(r"\b(sandbox|development)\b", re.IGNORECASE)


def check_boundary_keys(setting: str, source: Path | str, at: datetime) -> list[Problem]:
    """Refuse keys between sandboxes, and a ring of which nothing is valid now."""
    try:
        ring = load_keys(source) if isinstance(source, Path) else parse_keys(source)
    except KeysUnusable as error:
        return [_unusable(setting, str(error))]
    found = [_sandbox(setting, f"key {each}") for each in foreign_keys(ring)]
    if not ring.has_active(at):
        found.append(_unusable(setting, "No key is valid now. Add a pair: rotate-keys."))
    return found


def foreign_keys(ring: KeyRing) -> list[str]:
    """Return the ids of keys that are not between two stacks of production."""
    return [
        str(each.id)
        for each in ring.records
        if not (each.sender.endswith(_PRODUCTION) and each.audience.endswith(_PRODUCTION))
    ]


def check_certificates(setting: str, files: Iterable[Path], at: datetime) -> list[Problem]:
    """Refuse certificates of a sandbox's authority, and such as are not valid now."""
    found = []
    for file in files:
        try:
            certificates = x509.load_pem_x509_certificates(file.read_bytes())
        except (OSError, ValueError, UnsupportedAlgorithm):
            found.append(_unusable(setting, f"{file} is no certificate in PEM. Name another file."))
            continue
        for each in certificates:
            if _TRIAL_NAME.search(f"{each.subject.rfc4514_string()} {each.issuer.rfc4514_string()}"):
                found.append(_sandbox(setting, f"the certificate in {file}"))
            if not each.not_valid_before_utc <= at < each.not_valid_after_utc:
                found.append(_unusable(setting, f"The certificate in {file} is not valid now. Renew it."))
    return found


def check_audit_key(setting: str, file: Path, log: str) -> list[Problem]:
    """Refuse a signing key of another log than `log`."""
    try:
        name = Signer.parse(file.read_text(encoding="utf-8")).name
    except (OSError, UnicodeDecodeError, NoteUnusable):
        return [_unusable(setting, f"{file} is no key of the audit. Make one: audit new-key.")]
    return [] if name == log else [_sandbox(setting, f"the key of {name}")]


def check_audit_list(setting: str, file: Path) -> list[Problem]:
    """Refuse a list of public keys with one of a sandbox's log."""
    try:
        names = sorted({each.name for each in load_verifiers(file)})
    except AuditKeyUnusable as error:
        return [_unusable(setting, str(error))]
    return [_sandbox(setting, f"the key of {name}") for name in names if "/sandbox/" in name]


def check_private_key(setting: str, file: Path) -> list[Problem]:
    """Refuse a private key in PEM that says it was made for a sandbox, or that is none."""
    try:
        content = file.read_bytes()
        load_pem_private_key(content, password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm):
        return [_unusable(setting, f"{file} is no private key in PEM without a password. Name another file.")]
    return [_sandbox(setting, f"the key in {file}")] if MADE_FOR_SANDBOX.encode() in content else []


def check_field_keys(setting: str, file: Path) -> list[Problem]:
    """Refuse field keys that were made for a sandbox, or that no person's secret stands beside."""
    try:
        document = orjson.loads(file.read_bytes())
        made_for, subjects = document.get("made_for"), document.get("subjects")
    except (OSError, ValueError, AttributeError):
        return [_unusable(setting, f"{file} is no file of field keys in JSON. Name another file.")]
    found = [_sandbox(setting, f"the keys in {file}")] if made_for == "sandbox" else []
    if subjects is None:
        found.append(_unusable(setting, f"{file} has to name the file of persons' secrets: subjects."))
    return found


def _sandbox(setting: str, what: str) -> Problem:
    return Problem(
        "production.sandbox_key", f"{setting}: {what} is a sandbox's. Make one for production, and name it."
    )


def _unusable(setting: str, sentence: str) -> Problem:
    return Problem("production.key_unusable", f"{setting}: {sentence}")
