"""Checks of settings: whether every process could read its own, and what is in the folder with secrets."""

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from shared.doctor.examining import Finding, ok, warn, wrong
from shared.operations.settings import StackSettings, list_secret_files
from shared.production.rules import Problem

_NOT_OURS: Final = frozenset({"secrets_folder"})


def look_at_settings(kinds: Iterable[type[StackSettings]]) -> Iterable[Finding]:
    """Say of every group of settings which are missing or unusable. Raises SecretsFolderUnusable."""
    for kind in kinds:
        name = f"settings.{kind.__name__.removesuffix('Settings').lower() or 'all'}"
        try:
            kind.model_validate({})
        except ValidationError as error:
            yield wrong(name, f"{describe(kind, error)} Set it in the environment or as a file.")
        else:
            yield ok(name, "complete.")


def describe(kind: type[StackSettings], error: ValidationError) -> str:
    """Say what is missing and what is wrong, never a value."""
    prefix = str(kind.model_config.get("env_prefix", ""))
    told = [
        f"{prefix}{each['loc'][0]}".upper() + f": {each['msg']}" if each["loc"] else each["msg"]
        for each in error.errors(include_input=False, include_url=False, include_context=False)
    ]
    return "; ".join(told) + "."


def look_at_secrets(prefix: str, kinds: Iterable[type[StackSettings]]) -> Iterable[Finding]:
    """Say which files of the folder with secrets no setting reads, and which a variable stands before."""
    named = os.environ.get(f"{prefix}SECRETS_FOLDER", "")
    if not named:
        yield ok("settings.secrets", f"{prefix}SECRETS_FOLDER is not set: variables only.")
        return
    known = {
        f"{kind.model_config.get('env_prefix', '')}{field}".lower()
        for kind in kinds
        for field in kind.model_fields
    }
    files = [file.name for file in list_secret_files(Path(named), prefix)]
    foreign = [name for name in files if name.lower() not in known]
    doubled = [name for name in files if name.upper() in os.environ]
    if foreign:
        yield warn(
            "settings.secrets", f"no setting reads these files: {', '.join(foreign)}. Correct their names."
        )
    if doubled:
        yield warn(
            "settings.secrets",
            f"a variable stands before these files: {', '.join(doubled)}. Take one of the two away.",
        )
    if not foreign and not doubled:
        yield ok("settings.secrets", f"{len(files)} files, all of them read.")


def look_at_production(
    environment: str | None, find: Sequence[Callable[[], Iterable[Problem]]]
) -> Iterable[Finding]:
    """Say what production refuses; a sandbox is asked nothing."""
    if environment != "production":
        yield ok("production", "this is no production: what it refuses is not asked for.")
        return
    problems = list(dict.fromkeys(problem for each in find for problem in _found(each)))
    for problem in problems:
        yield wrong(problem.code, problem.sentence)
    if not problems:
        yield ok("production", "nothing of these settings keeps production from starting.")


def _found(find: Callable[[], Iterable[Problem]]) -> list[Problem]:
    """Return the problems of one group; what cannot be read at all is a finding of the settings."""
    try:
        return list(find())
    except ValidationError:
        return []
