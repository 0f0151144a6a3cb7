"""The customer stack has no place for credentials of the exchange: setting, variable, import, package."""

import importlib
import os
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

import pytest
from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from architecture import credentials
from architecture.sources import ROOT, python_files
from bulkhead_local.layout import DATABASE_ROLES, Ports, stack_environment
from bulkhead_local.secrets_folder import Secrets, ensure_secrets
from customer_stack.settings import WorkerSettings

CUSTOMER: Final = "customer-stack/src"
RECIPES: Final = ("Dockerfile*", "*.dockerfile", "docker-compose*", "compose*.y*ml", "Procfile", "*.service")
FOREIGN: Final = {".venv", ".git", ".run", "node_modules"}


def settings_of_customer_stack() -> list[type[BaseSettings]]:
    for path in python_files(CUSTOMER):
        if "StackSettings" in path.read_text():
            importlib.import_module(".".join(path.relative_to(ROOT / CUSTOMER).with_suffix("").parts))
    return credentials.settings_of("customer_stack")


def test_no_setting_of_the_customer_stack_is_a_place_for_one() -> None:
    found = settings_of_customer_stack()
    assert len(found) >= 9
    assert {each.__name__: credentials.credential_fields(each) for each in found} == {
        each.__name__: [] for each in found
    }
    assert not [each.__name__ for each in found if credentials.takes_anything(each)]
    assert not [each.__name__ for each in found if each.model_config.get("env_prefix", "") == ""]


def test_a_setting_that_is_one_would_be_seen() -> None:
    class Plain(BaseSettings):
        model_config = SettingsConfigDict(env_prefix="CUSTOMER_")
        exchange_private_key_file: Path

    class Hidden(BaseSettings):
        signing_key: SecretStr = Field(validation_alias=AliasChoices("SIGNING_KEY", "EXECUTION_EXCHANGE_KEY"))

    class Prefixed(BaseSettings):
        model_config = SettingsConfigDict(env_prefix="KALSHI_", extra="allow")
        key: SecretStr

    class Clean(BaseSettings):
        model_config = SettingsConfigDict(env_prefix="CUSTOMER_")
        bank_api_key: SecretStr

    assert credentials.credential_fields(Plain) == ["CUSTOMER_exchange_private_key_file"]
    assert credentials.credential_fields(Hidden) == ["EXECUTION_EXCHANGE_KEY"]
    assert credentials.credential_fields(Prefixed) == ["KALSHI_key"]
    assert credentials.takes_anything(Prefixed)
    assert credentials.credential_fields(Clean) == []
    assert not credentials.takes_anything(Clean)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Secrets:
    return ensure_secrets(tmp_path_factory.mktemp("secrets"))


def test_its_environment_holds_none(made: Secrets, monkeypatch: pytest.MonkeyPatch) -> None:
    ports = Ports()
    exchange = (
        made.exchange_key_id,
        str(made.exchange_private_key),
        made.exchange_private_key.read_text().splitlines()[2],
        ports.url("exchange"),
    )
    addresses = {role: f"postgresql://{role}@localhost/customer" for role in DATABASE_ROLES}
    customer = stack_environment("customer", addresses, made, ports)
    execution = stack_environment("execution", addresses, made, ports)
    assert credentials.credential_variables(customer, exchange) == []
    assert len(credentials.credential_variables(execution, exchange)) == 4, "the control: they are somewhere"
    for name in customer:
        if name.endswith("_FILE") and Path(customer[name]).exists():  # a register begins with its first line
            assert exchange[2] not in Path(customer[name]).read_text(), name

    monkeypatch.setenv("CUSTOMER_EXCHANGE_KEY_ID", "canary-of-the-exchange")
    monkeypatch.setenv("EXECUTION_EXCHANGE_KEY_ID", "canary-of-the-exchange")
    for name, value in customer.items():
        monkeypatch.setenv(name, value)
    assert "canary-of-the-exchange" not in repr(WorkerSettings().model_dump())  # type: ignore[call-arg]  # from the environment


def test_it_imports_nothing_that_speaks_to_an_exchange() -> None:
    assert (
        credentials.exchange_imports("import httpx\nfrom cryptography.hazmat.primitives import hashes") == []
    )
    assert credentials.exchange_imports("from kalshi_python import ApiClient")
    assert credentials.exchange_imports("from cryptography.hazmat.primitives import asymmetric")
    found = {
        str(path): names
        for path in python_files(CUSTOMER)
        if (names := credentials.exchange_imports(path.read_text()))
    }
    assert found == {}
    assert any(credentials.exchange_imports(path.read_text()) for path in python_files("execution-stack/src"))


def test_it_requires_no_package_that_speaks_to_an_exchange() -> None:
    assert credentials.exchange_requirements(["httpx>=0.28", "bulkhead-shared"]) == []
    assert credentials.exchange_requirements(["kalshi-python==2.1.4"])
    document = tomllib.loads((ROOT / "customer-stack" / "pyproject.toml").read_text())
    assert len(document["project"]["dependencies"]) > 10
    assert credentials.exchange_requirements(document["project"]["dependencies"]) == []


def recipes() -> Iterator[Path]:
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [each for each in folders if each not in FOREIGN]
        for file in files:
            if any(fnmatch(file, pattern) for pattern in RECIPES):
                yield Path(folder) / file


def test_no_recipe_of_its_image_has_a_place_for_one() -> None:
    """There may be no recipe yet; one that comes is looked at."""
    assert credentials.credential_lines("ENV CUSTOMER_HTTP_PORT=8000  # not the exchange") == []
    assert credentials.credential_lines("FROM python\nENV EXCHANGE_KEY_ID=1") == ["ENV EXCHANGE_KEY_ID=1"]
    found = {
        str(path): lines
        for path in recipes()
        if "customer-stack" in path.read_text() and "execution-stack" not in path.read_text()
        if (lines := credentials.credential_lines(path.read_text()))
    }
    assert found == {}
