"""Keys of a file: two kinds sign the same text, another kind is refused with a reason."""

import base64
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding

from execution_stack.exchange import errors
from execution_stack.exchange.providers.signing import Signer

from .kalshi_answers import KEY, KEY_ID


def write_key(folder: Path, key) -> Path:
    file = folder / "key.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return file


def test_an_rsa_key_of_a_file_signs_with_pss(tmp_path: Path):
    headers = Signer.from_file(KEY_ID, write_key(tmp_path, KEY)).headers("get", "/x%2F1", 17)
    assert (headers["KALSHI-ACCESS-KEY"], headers["KALSHI-ACCESS-TIMESTAMP"]) == (KEY_ID, "17")
    KEY.public_key().verify(
        base64.b64decode(headers["KALSHI-ACCESS-SIGNATURE"]),
        b"17GET/x%2F1",
        padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32),
        hashes.SHA256(),
    )


def test_an_ed25519_key_of_a_file_signs_the_same_text_plainly(tmp_path: Path):
    key = ed25519.Ed25519PrivateKey.generate()
    headers = Signer.from_file(KEY_ID, write_key(tmp_path, key)).headers("get", "/x", 17)
    key.public_key().verify(base64.b64decode(headers["KALSHI-ACCESS-SIGNATURE"]), b"17GET/x")


def test_a_key_of_another_kind_or_no_key_at_all_is_refused_with_a_reason(tmp_path: Path):
    with pytest.raises(errors.KeyUnusable, match="neither RSA nor Ed25519"):
        Signer.from_file(KEY_ID, write_key(tmp_path, ec.generate_private_key(ec.SECP256R1())))
    (tmp_path / "key.pem").write_bytes(b"not a key")
    for name in ("key.pem", "absent.pem"):
        with pytest.raises(errors.KeyUnusable, match="cannot be read"):
            Signer.from_file(KEY_ID, tmp_path / name)
