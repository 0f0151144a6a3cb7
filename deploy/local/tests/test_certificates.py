"""Certificates: made once, private, renewed in time, and with their authority."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509

from bulkhead_local import certificates
from bulkhead_local.certificates import RENEWED_BEFORE, VALIDITY, ensure_certificate


def read(path):
    return x509.load_pem_x509_certificate(path.read_bytes())


@pytest.fixture
def later(monkeypatch):
    """Let a time pass for whoever asks for certificates."""

    def pass_by(by):
        class Later(datetime):
            @classmethod
            def now(cls, zone=None):
                return datetime.now(zone) + by

        monkeypatch.setattr(certificates, "datetime", Later)

    return pass_by


def test_a_certificate_is_made_once_carries_its_stacks_name_and_is_private(tmp_path):
    found = ensure_certificate(tmp_path, "customer")
    made = read(found.certificate)
    names = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["customer.sandbox"]
    assert ensure_certificate(tmp_path, "customer") == found
    assert read(found.certificate) == made
    assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.iterdir())


def test_it_is_renewed_near_its_end_under_the_same_authority(tmp_path, later):
    found = ensure_certificate(tmp_path, "customer")
    made, authority = read(found.certificate), read(found.authority)
    later(VALIDITY - RENEWED_BEFORE - timedelta(hours=1))
    ensure_certificate(tmp_path, "customer")
    assert read(found.certificate) == made
    later(VALIDITY - RENEWED_BEFORE + timedelta(hours=1))
    ensure_certificate(tmp_path, "customer")
    assert read(found.certificate) != made
    assert read(found.authority) == authority
    read(found.certificate).verify_directly_issued_by(authority)


def test_a_new_authority_reissues_everything(tmp_path):
    found = ensure_certificate(tmp_path, "customer")
    found.authority.unlink()
    for stack in ("customer", "execution"):
        issued = ensure_certificate(tmp_path, stack)
        read(issued.certificate).verify_directly_issued_by(read(found.authority))
        assert read(issued.certificate).not_valid_before_utc <= datetime.now(UTC)


def test_a_certificate_without_its_own_key_is_issued_anew(tmp_path):
    customer, execution = (ensure_certificate(tmp_path, stack) for stack in ("customer", "execution"))
    made = read(customer.certificate)
    customer.private_key.write_bytes(execution.private_key.read_bytes())
    ensure_certificate(tmp_path, "customer")
    assert read(customer.certificate) != made
