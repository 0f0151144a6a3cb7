"""Settings from the environment, and from files: one per setting in a folder, as secret stores mount them.

A file is named like the variable, in lower case or not: `customer_database_url` holds what
`CUSTOMER_DATABASE_URL` would. White space around its text is not part of it. Where both are given, the
variable counts. A folder may hold other files.

Guaranteed:
- a folder that is named and not there, a file without text, and a link that leads out of the folder are
  refused: they would read as a setting that was not given;
- outside a sandbox, so are a file that others can read and a folder that others can change. That a folder's
  names can be listed is no harm, and container engines mount folders so.
"""

import os
import re
from pathlib import Path
from typing import ClassVar, Final

from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SecretsSettingsSource
from typing_extensions import override

from shared.errors import Kind, Refusal
from shared.operations.key_files import list_exposed

_OTHERS_WRITE: Final = 0o002
_LARGEST_SECRET_BYTES: Final = 65_536


class SecretsFolderUnusable(Refusal):
    """Settings cannot be read from the folder with secrets."""

    kind = Kind.INVALID
    code = "settings.secrets_folder_unusable"


class StackSettings(BaseSettings):
    """Settings of one stack. A subclass per stack says how its variables begin: `CUSTOMER_`."""

    stack_prefix: ClassVar[str]

    @classmethod
    @override
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read what is given, then the environment, then the folder. Raises SecretsFolderUnusable."""
        folder = secrets_folder(cls.stack_prefix)
        if folder is None:
            return init_settings, env_settings
        return init_settings, env_settings, SecretsSettingsSource(settings_cls, secrets_dir=folder)


def secrets_folder(prefix: str) -> Path | None:
    """Return the folder that `<prefix>SECRETS_FOLDER` names, or None. Raises SecretsFolderUnusable."""
    variable = f"{prefix}SECRETS_FOLDER"
    named = os.environ.get(variable, "")
    if not named:
        return None
    folder = Path(named)
    try:
        files = list_secret_files(folder, prefix)
        empty = [file.name for file in files if not _is_inside(file, folder) or not _text_of(file)]
        sandbox = _environment_of(files, prefix) == "sandbox"
        exposed = [] if sandbox else [file.name for file in list_exposed(files)]
        open_folder = not sandbox and _others_change(folder)
    except (OSError, UnicodeDecodeError) as error:
        raise SecretsFolderUnusable(
            f"{variable} cannot be read ({type(error).__name__}). Name a folder of text files that this "
            "user can read."
        ) from error
    if empty:
        raise SecretsFolderUnusable(
            f"These files in {variable} have no text in this folder: {', '.join(empty)}. Fill them."
        )
    if exposed:
        raise SecretsFolderUnusable(
            f"Others can use these files in {variable}: {', '.join(exposed)}. Take that away: chmod 600."
        )
    if open_folder:
        raise SecretsFolderUnusable(f"Others can change the folder of {variable}. Take that away: chmod 700.")
    return folder


def list_secret_files(folder: Path, prefix: str) -> list[Path]:
    """Return the files that are named like settings of this stack. Raises OSError."""
    named = re.compile(rf"{prefix}\w+", re.IGNORECASE | re.ASCII)
    return sorted(file for file in folder.iterdir() if named.fullmatch(file.name) and file.is_file())


def _environment_of(files: list[Path], prefix: str) -> str | None:
    name = f"{prefix}ENVIRONMENT"
    if (given := os.environ.get(name)) is not None:
        return given
    return next((_text_of(file) for file in files if file.name.lower() == name.lower()), None)


def _is_inside(file: Path, folder: Path) -> bool:
    """Tell whether a file is where it seems to be; a link inside the folder is how Kubernetes mounts one."""
    return folder.resolve() in file.resolve().parents


def _text_of(file: Path) -> str:
    with file.open(encoding="utf-8") as opened:
        return opened.read(_LARGEST_SECRET_BYTES).strip()


def _others_change(folder: Path) -> bool:
    """Tell whether others can put a file here. What is mounted to be read nobody changes."""
    read_only = bool(os.statvfs(folder).f_flag & os.ST_RDONLY)
    return not read_only and bool(folder.stat().st_mode & _OTHERS_WRITE)
