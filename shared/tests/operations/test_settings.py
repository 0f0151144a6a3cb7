"""A setting is a variable or a file; what would read as "not given" and was meant otherwise is refused."""

import os
from pathlib import Path

import pytest
from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from shared.operations import settings as module
from shared.operations.settings import SecretsFolderUnusable, StackSettings


class Tried(StackSettings):
    stack_prefix = "TRIED_"
    model_config = SettingsConfigDict(env_prefix="TRIED_", extra="ignore", frozen=True)

    database_url: SecretStr
    lanes: int = 1
    lists: dict[str, str] = Field(default={})


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("TRIED_SECRETS_FOLDER", str(tmp_path))
    put(tmp_path, "tried_database_url", "postgresql://files\n")
    return tmp_path


def put(folder: Path, name: str, text: str, mode: int = 0o600) -> Path:
    file = folder / name
    file.write_text(text)
    file.chmod(mode)
    return file


def test_settings_of_every_kind_are_read_from_files_of_either_case(folder):
    put(folder, "TRIED_LANES", "4\n")
    put(folder, "tried_lists", '{"un": "/srv/lists"}')
    found = Tried.model_validate({})
    assert found.database_url.get_secret_value() == "postgresql://files"
    assert (found.lanes, found.lists) == (4, {"un": "/srv/lists"})


def test_a_variable_counts_before_a_file_and_what_is_handed_in_before_both(folder, monkeypatch):
    monkeypatch.setenv("TRIED_DATABASE_URL", "postgresql://variable")
    assert Tried.model_validate({}).database_url.get_secret_value() == "postgresql://variable"
    assert Tried(database_url=SecretStr("given")).database_url.get_secret_value() == "given"


def test_without_a_folder_only_variables_are_read(folder, monkeypatch):
    monkeypatch.setenv("TRIED_SECRETS_FOLDER", "")
    monkeypatch.setenv("TRIED_DATABASE_URL", "postgresql://variable")
    assert Tried.model_validate({}).database_url.get_secret_value() == "postgresql://variable"


def test_key_files_and_foreign_files_may_lie_in_the_folder(folder):
    put(folder, "tried_field_keys.json", "", 0o644)
    (folder / "tried_subject_keys.bin").write_bytes(b"\xff\xfe")
    put(folder, "other_password", "", 0o644)
    assert Tried.model_validate({}).lanes == 1


def test_files_that_are_links_inside_the_folder_are_read_and_those_that_lead_out_refused(
    folder, tmp_path_factory
):
    data = folder / "..data"
    data.mkdir()
    put(data, "tried_lanes", "7")
    (folder / "tried_lanes").symlink_to("..data/tried_lanes")
    assert Tried.model_validate({}).lanes == 7
    (folder / "tried_lanes").unlink()
    (folder / "tried_lanes").symlink_to(put(tmp_path_factory.mktemp("outside"), "tried_lanes", "7"))
    with pytest.raises(SecretsFolderUnusable, match="tried_lanes"):
        Tried.model_validate({})


def test_a_folder_that_is_not_there_is_no_folder_without_secrets(monkeypatch, tmp_path):
    monkeypatch.setenv("TRIED_SECRETS_FOLDER", str(tmp_path / "missing"))
    monkeypatch.setenv("TRIED_DATABASE_URL", "postgresql://variable")
    with pytest.raises(SecretsFolderUnusable, match="TRIED_SECRETS_FOLDER"):
        Tried.model_validate({})


def test_a_file_without_text_is_refused_by_name(folder):
    put(folder, "tried_lanes", " \n")
    with pytest.raises(SecretsFolderUnusable, match="tried_lanes"):
        Tried.model_validate({})


@pytest.mark.parametrize("environment", ["production", None])
@pytest.mark.parametrize("mode", [0o644, 0o604, 0o660])
def test_a_file_that_others_can_use_is_for_a_sandbox_only(folder, monkeypatch, environment, mode):
    put(folder, "tried_database_url", "postgresql://files", mode)
    if environment is not None:
        put(folder, "tried_environment", environment)
    with pytest.raises(SecretsFolderUnusable, match=r"tried_database_url.*chmod 600") as refused:
        Tried.model_validate({})
    assert "postgresql://" not in str(refused.value)
    monkeypatch.setenv("TRIED_ENVIRONMENT", "sandbox")
    assert Tried.model_validate({}).lanes == 1


def test_a_folder_that_others_can_change_is_refused_unless_it_is_mounted_to_be_read(folder, monkeypatch):
    folder.chmod(0o755)
    assert Tried.model_validate({}).lanes == 1
    folder.chmod(0o1777)
    with pytest.raises(SecretsFolderUnusable, match="chmod 700"):
        Tried.model_validate({})
    mounted = os.statvfs(folder)
    monkeypatch.setattr(module.os, "statvfs", lambda _: _Mounted(mounted.f_flag | os.ST_RDONLY))
    assert Tried.model_validate({}).lanes == 1


class _Mounted:
    def __init__(self, flag: int) -> None:
        self.f_flag = flag
