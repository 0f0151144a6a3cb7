"""Keys that others can read keep production from starting."""

import pytest
from pydantic import ValidationError

from execution_stack.settings import BoundarySettings, WorkerSettings

KEY_FILES = ("exchange_private_key_file", "boundary_keys_file", "boundary_private_key_file", "audit_key_file")


def settings_with(folder, **modes):
    for name in KEY_FILES:
        (folder / name).write_text("not read")
        (folder / name).chmod(modes.get(name, 0o600))
    return {
        "environment": "production",
        "database_url": "not used",
        "exchange_url": "not used",
        "exchange_key_id": "not used",
        "boundary_certificate_file": "not used",
        "boundary_client_authority_file": "not used",
        "audit_public_keys_file": "not used",
        "other_audit_public_keys_file": "not used",
    } | {name: folder / name for name in KEY_FILES}


def test_private_keys_are_accepted(tmp_path):
    assert BoundarySettings.model_validate(settings_with(tmp_path)).tls_files is not None


@pytest.mark.parametrize("name", KEY_FILES)
def test_production_refuses_a_key_that_others_can_read(tmp_path, name):
    with pytest.raises(ValidationError, match=f"others can use.*{name}"):
        BoundarySettings.model_validate(settings_with(tmp_path, **{name: 0o644}))


@pytest.mark.parametrize("name", KEY_FILES)
def test_a_sandbox_starts_with_it(tmp_path, name):
    read = BoundarySettings.model_validate(
        settings_with(tmp_path, **{name: 0o644}) | {"environment": "sandbox"}
    )
    assert tmp_path / name in read.key_files


def test_a_worker_of_production_keeps_cosigned_checkpoints_in_a_file(tmp_path):
    given = settings_with(tmp_path) | {"sealer_database_url": "not used"}
    with pytest.raises(ValidationError, match="EXECUTION_AUDIT_NOTES_FILE"):
        WorkerSettings.model_validate(given)
    assert WorkerSettings.model_validate(given | {"audit_notes_file": tmp_path / "notes.jsonl"})
