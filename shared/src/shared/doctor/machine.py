"""Checks of the machine: room on disks, files with keys, the kernel's clock."""

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from shared.doctor.examining import Finding, ok, warn, wrong
from shared.operations.key_files import list_exposed
from shared.production.clock import read_kernel_clock

_WARN_FREE_PERCENT: Final = 10
_WRONG_FREE_BYTES: Final = 200_000_000


def look_at_kernel_clock(setting: str, source: str | None) -> Iterable[Finding]:
    """Say whether something sets this machine's clock."""
    found = read_kernel_clock()
    if found.is_synchronised:
        yield ok("clock.kernel", f"the kernel is synchronised, to {found.most_error_seconds:.3f} s at most.")
    elif source == "hypervisor":
        yield ok("clock.kernel", f"{setting} says that the clock is set from outside.")
    else:
        said = "says that nothing does" if found.is_synchronised is False else "cannot be asked"
        yield warn(
            "clock.kernel",
            f"nobody is known to set this machine's clock: the kernel {said}. Start chrony, or set "
            f"{setting}=hypervisor where the clock is set from outside.",
        )


def look_at_room(files: Mapping[str, Path | None]) -> Iterable[Finding]:
    """Say how much room there is where a stack writes files, by the settings that name them."""
    for setting, file in files.items():
        if file is None:
            continue
        name = f"disk.{setting.lower()}"
        folder = file.parent
        if not folder.is_dir():
            yield wrong(name, f"the folder of {setting} is not there. Make or mount it.")
            continue
        usage = shutil.disk_usage(folder)
        percent = usage.free * 100 // usage.total
        said = f"{usage.free // 1_000_000} MB ({percent} %) are free"
        if usage.free < _WRONG_FREE_BYTES:
            yield wrong(name, f"{said}: nothing more can be kept. Make room now.")
        elif percent < _WARN_FREE_PERCENT:
            yield warn(name, f"{said}. Make room, or a larger disk.")
        else:
            yield ok(name, f"{said}.")


def look_at_permissions(files: Iterable[Path | None], *, is_production: bool) -> Iterable[Finding]:
    """Say which files with keys others can use."""
    exposed = ", ".join(str(file) for file in list_exposed(files))
    if not exposed:
        yield ok("keys.permissions", "no file with keys can be read by others.")
        return
    told = wrong if is_production else warn
    yield told("keys.permissions", f"others can use these files with keys: {exposed}. Run chmod 600 on them.")
