"""Settings: a part of what belongs together is refused, never taken for less."""

from itertools import combinations

import pytest
from pydantic import ValidationError

from customer_stack.settings import Settings

SETTINGS = {
    "environment": "sandbox",
    "database_url": "not used",
    "field_keys_file": "not used",
    "settlement_key_file": "not used",
    "boundary_keys_file": "not used",
    "execution_target": "not used",
    "bank_url": "not used",
    "bank_api_key": "not used",
    "bank_secret": "not used",
    "identity_url": "not used",
    "identity_api_key": "not used",
}
TLS_FILES = ("boundary_authority_file", "boundary_certificate_file", "boundary_tls_key_file")


@pytest.mark.parametrize(
    "named", [files for count in (1, 2) for files in combinations(TLS_FILES, count)], ids=str
)
def test_a_part_of_the_tls_files_is_no_boundary_in_plain_text(named):
    with pytest.raises(ValidationError, match="set together"):
        Settings.model_validate(SETTINGS | dict.fromkeys(named, "file.pem"))


def test_all_tls_files_or_none_are_a_boundary():
    assert Settings.model_validate(SETTINGS).tls_files is None
    assert Settings.model_validate(SETTINGS | dict.fromkeys(TLS_FILES, "file.pem")).tls_files is not None
