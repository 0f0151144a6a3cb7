"""Settings: a part of what belongs together is refused, never taken for less; so is a key others read."""

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
PRODUCTION = {
    "erasure_register_file": "erased.jsonl",
    "environment": "production",
    "rate_source": "manual",
    "screening_lists": {"ofac": "https://lists.example/", "un": "/srv/lists"},
    "country_table_file": __file__,
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


@pytest.mark.parametrize(
    "name", ["field_keys_file", "settlement_key_file", "boundary_keys_file", "boundary_tls_key_file"]
)
def test_production_refuses_a_key_that_others_can_read(tmp_path, name):
    given = SETTINGS | dict.fromkeys(TLS_FILES, "not used")
    given |= PRODUCTION | {name: tmp_path / name}
    (tmp_path / name).write_text("not read")
    (tmp_path / name).chmod(0o644)
    with pytest.raises(ValidationError, match=f"others can use.*{name}"):
        Settings.model_validate(given)
    assert tmp_path / name in Settings.model_validate(given | {"environment": "sandbox"}).key_files
    (tmp_path / name).chmod(0o640)
    assert Settings.model_validate(given).environment == "production"
    with pytest.raises(ValidationError, match="ERASURE_REGISTER_FILE"):
        Settings.model_validate(given | {"erasure_register_file": None})


@pytest.mark.parametrize("lists", [{}, {"local": "package"}, {"un": "/srv/lists", "local": "package"}])
def test_production_names_the_lists_that_customers_are_screened_against(lists):
    given = SETTINGS | dict.fromkeys(TLS_FILES, "not used") | PRODUCTION | {"screening_lists": lists}
    with pytest.raises(ValidationError, match="CUSTOMER_SCREENING_LISTS"):
        Settings.model_validate(given)
