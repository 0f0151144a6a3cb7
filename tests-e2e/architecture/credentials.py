"""Where a credential of the exchange could be kept, and how one would be seen there.

Only the execution stack may have any. The words are those under which the exchange, its client libraries
and its way of signing are known; a name that has one of them is a place for its credentials.
"""

import ast
import re
from collections.abc import Iterable, Mapping

from pydantic import AliasChoices
from pydantic_settings import BaseSettings

EXCHANGE_WORDS = re.compile(
    r"exchange|kalshi|trade_?api|trading|omnibus_?key|rsa_?pss|order_?entry", re.IGNORECASE
)
EXCHANGE_MODULES = re.compile(
    r"kalshi|polymarket|ccxt|execution_stack|sandbox|cryptography\.hazmat\.primitives\.asymmetric|Crypto|rsa|jwt|websockets"
)

WORTH_PARSING = re.compile(
    r"kalshi|polymarket|ccxt|execution_stack|sandbox|asymmetric|Crypto|\brsa\b|jwt|websockets"
)


def settings_of(package: str) -> list[type[BaseSettings]]:
    """Return every settings class that a package has defined, those of those too."""
    found: list[type[BaseSettings]] = []
    pending = list(BaseSettings.__subclasses__())
    while pending:
        each = pending.pop()
        pending += each.__subclasses__()
        if each.__module__.split(".")[0] == package and each not in found:
            found.append(each)
    return found


def credential_fields(settings: type[BaseSettings]) -> list[str]:
    """Return the variables that a settings class reads and that have a word of the exchange."""
    prefix = str(settings.model_config.get("env_prefix", ""))
    names: list[str] = []
    for name, field in settings.model_fields.items():
        alias = field.validation_alias
        choices = alias.choices if isinstance(alias, AliasChoices) else [alias or ""]
        names += [prefix + name, *(str(each) for each in choices), field.alias or ""]
    return sorted({name for name in names if EXCHANGE_WORDS.search(name)})


def takes_anything(settings: type[BaseSettings]) -> bool:
    """Tell whether a settings class keeps variables that it has no field for."""
    return settings.model_config.get("extra") == "allow"


def credential_variables(environment: Mapping[str, str], secrets: Iterable[str]) -> list[str]:
    """Return the variables with a word of the exchange in their name, or a secret of it in their value."""
    held = [each for each in secrets if each]
    return sorted(
        name
        for name, value in environment.items()
        if EXCHANGE_WORDS.search(name) or any(secret in value for secret in held)
    )


def exchange_imports(text: str) -> list[str]:
    """Return the modules that Python text imports and that only whoever speaks to the exchange needs."""
    if not WORTH_PARSING.search(text):
        return []
    names: list[str] = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return sorted({name for name in names if EXCHANGE_MODULES.match(name)})


def exchange_requirements(requirements: Iterable[str]) -> list[str]:
    """Return the requirements of a package that only whoever speaks to the exchange needs."""
    return [each for each in requirements if EXCHANGE_MODULES.match(each.replace("-", "_"))]


def credential_lines(text: str) -> list[str]:
    """Return the lines of an image's recipe, or of a list of services, with a word of the exchange."""
    return [line.strip() for line in text.splitlines() if EXCHANGE_WORDS.search(line.split("#", 1)[0])]
