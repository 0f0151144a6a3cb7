"""Every setting of a stack can be a file: each class of settings is one of its stack's."""

import importlib

import pytest

from architecture import credentials
from architecture.sources import ROOT, python_files
from shared.operations.settings import StackSettings


@pytest.mark.parametrize(("stack", "least"), [("customer", 9), ("execution", 6)])
def test_every_setting_of_a_stack_can_be_a_file_of_its_folder(stack: str, least: int) -> None:
    source = f"{stack}-stack/src"
    for path in python_files(source):
        if "StackSettings" in (text := path.read_text()) or "BaseSettings" in text:
            importlib.import_module(".".join(path.relative_to(ROOT / source).with_suffix("").parts))
    found = credentials.settings_of(f"{stack}_stack")
    assert len(found) >= least
    assert [each.__name__ for each in found if not issubclass(each, StackSettings)] == []
    prefix = f"{stack.upper()}_"
    for each in found:
        assert getattr(each, "stack_prefix", None) == prefix
        assert str(each.model_config.get("env_prefix")).startswith(prefix)
