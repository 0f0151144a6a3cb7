"""A key that others can read is told, and refused where it is asked for."""

import pytest
from structlog.testing import capture_logs

from shared.operations.key_files import list_exposed, require_private, warn_of_exposed


@pytest.fixture
def file(tmp_path):
    made = tmp_path / "keys.json"
    made.write_text("{}")
    return made


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o640, 0o440])
def test_a_file_for_its_owner_and_readers_of_its_group_is_private(file, mode):
    file.chmod(mode)
    assert list_exposed([file, None]) == []
    require_private([file])


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o602, 0o601, 0o660])
def test_a_file_that_others_can_use_is_refused_and_told(file, mode):
    file.chmod(mode)
    with pytest.raises(ValueError, match=str(file)):
        require_private([None, file])
    with capture_logs() as logs:
        warn_of_exposed([file])
    assert [(each["event"], each["file"]) for each in logs] == [("settings.file_exposed", str(file))]


def test_a_file_that_is_not_there_is_exposed_to_nobody(tmp_path):
    assert list_exposed([tmp_path / "none"]) == []
