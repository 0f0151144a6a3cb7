"""Certificates of a local installation: a sandbox's authority, and one certificate per stack.

    make certs

A certificate's name is the stack's name on the boundary, such as `customer.sandbox`: that is the identity
which owns its keys. A real installation brings certificates of its own authority with the same names.

Guaranteed: private keys are readable by nobody else; what is near its end, or was not issued by the
present authority, is issued anew.
"""

import os
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from bulkhead_local.private_files import write_private

AUTHORITY_VALIDITY: Final = timedelta(days=3650)
VALIDITY: Final = timedelta(days=90)
RENEWED_BEFORE: Final = timedelta(days=30)
CLOCK_TOLERANCE: Final = timedelta(minutes=5)
ROOT: Final = Path(__file__).resolve().parents[4]
AUTHORITY_NAME: Final = "Bulkhead {environment} authority"
"""Production refuses certificates with *sandbox* in this name."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """The files of one stack: its certificate, its private key, and the authority of the other side."""

    certificate: Path
    private_key: Path
    authority: Path


def ensure_certificate(folder: Path, stack: str, environment: str = "sandbox") -> Certificate:
    """Return the certificate of a stack in `folder`, issuing what is missing or near its end."""
    now = datetime.now(UTC)
    authority = folder / "authority.pem"
    found = Certificate(
        folder / f"{stack}_certificate.pem", folder / f"{stack}_certificate_key.pem", authority
    )
    name = f"{stack}.{environment}"
    issuer = _ensure_authority(authority, folder / "authority_key.pem", environment, now)
    if not _is_good(found, issuer.certificate, name, now):
        key = ec.generate_private_key(ec.SECP256R1())
        write_private(found.private_key, _key_bytes(key))
        write_private(found.certificate, _pem(issuer.issue(name, key.public_key(), now)))
    return found


@dataclass(frozen=True, slots=True)
class Authority:
    """Who vouches for names."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @classmethod
    def make(
        cls, now: datetime, validity: timedelta = AUTHORITY_VALIDITY, environment: str = "sandbox"
    ) -> "Authority":
        """Make a new authority."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = _named(AUTHORITY_NAME.format(environment=environment))
        builder = _builder(name, name, key.public_key(), now, validity)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        return cls(builder.sign(key, hashes.SHA256()), key)

    def issue(
        self, name: str, key: ec.EllipticCurvePublicKey, now: datetime, validity: timedelta = VALIDITY
    ) -> x509.Certificate:
        """Issue a certificate with which `name` calls and is called."""
        usages = [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH]
        builder = _builder(_named(name), self.certificate.subject, key, now, validity)
        return (
            builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .add_extension(x509.ExtendedKeyUsage(usages), critical=False)
            .sign(self.key, hashes.SHA256())
        )


def _ensure_authority(path: Path, key_path: Path, environment: str, now: datetime) -> Authority:
    if path.exists() and key_path.exists():
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
        key = serialization.load_pem_private_key(key_path.read_bytes(), None)
        lasts = certificate.not_valid_after_utc - now > VALIDITY + RENEWED_BEFORE
        if lasts and isinstance(key, ec.EllipticCurvePrivateKey):
            return Authority(certificate, key)
    made = Authority.make(now, environment=environment)
    write_private(key_path, _key_bytes(made.key))
    write_private(path, _pem(made.certificate))
    return made


def _is_good(found: Certificate, authority: x509.Certificate, name: str, now: datetime) -> bool:
    """Tell whether a certificate is there, is of this authority and name, and lasts."""
    if not (found.certificate.exists() and found.private_key.exists()):
        return False
    certificate = x509.load_pem_x509_certificate(found.certificate.read_bytes())
    key = serialization.load_pem_private_key(found.private_key.read_bytes(), None)
    try:
        certificate.verify_directly_issued_by(authority)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return (
        certificate.subject == _named(name)
        and certificate.public_key() == key.public_key()
        and certificate.not_valid_after_utc - now > RENEWED_BEFORE
    )


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    now: datetime,
    validity: timedelta,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCK_TOLERANCE)
        .not_valid_after(now + validity)
    )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def main() -> None:
    """Issue what the installation in the folder lacks, and say where it is."""
    folder = Path(os.environ.get("BULKHEAD_RUN_FOLDER", ROOT / ".run")) / "secrets"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for stack in ("customer", "execution"):
        found = ensure_certificate(folder, stack)
        ends = x509.load_pem_x509_certificate(found.certificate.read_bytes()).not_valid_after_utc
        sys.stdout.write(f"{stack:10} {found.certificate}  valid to {ends:%Y-%m-%d}\n")


if __name__ == "__main__":
    main()
