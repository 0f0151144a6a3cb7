"""Lists from a folder that holds files as their publishers name them.

    sdn.csv, alt.csv, add.csv    OFAC, all three
    *.xml                        the United Nations' consolidated list
    targets.simple.csv           OpenSanctions
    local.csv                    the house's own

Guaranteed:
- every file of the folder is read or named as left out; one that cannot be trusted refuses the whole folder.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from customer_stack.screening.lists.entry import WatchList
from customer_stack.screening.lists.errors import ListRefused
from customer_stack.screening.lists.local import read_local
from customer_stack.screening.lists.ofac import OfacFiles, read_ofac
from customer_stack.screening.lists.open_sanctions import read_open_sanctions
from customer_stack.screening.lists.united_nations import read_united_nations
from customer_stack.screening.providers.folder import LARGEST_BYTES

OFAC_FILES: Final = ("sdn.csv", "alt.csv", "add.csv")


@dataclass(frozen=True, slots=True)
class Folder:
    """The lists of a folder, and the names of the files that no reader knows."""

    lists: tuple[WatchList, ...]
    left_out: tuple[str, ...]


def read_folder(path: Path) -> Folder:
    """Read all lists of a folder. Raises ListRefused."""
    if not path.is_dir():
        raise ListRefused(f"{path} is no folder")
    files = {each.name.lower(): each for each in sorted(path.iterdir()) if each.is_file()}
    lists: list[WatchList] = []
    if any(name in files for name in OFAC_FILES):
        if missing := [name for name in OFAC_FILES if name not in files]:
            raise ListRefused(f"{path}: {', '.join(missing)} of OFAC's three files is missing")
        lists.append(read_ofac(OfacFiles(*(_read(files.pop(name)) for name in OFAC_FILES))))
    left_out = []
    for name, file in files.items():
        if name.endswith(".xml"):
            lists.append(read_united_nations(_read(file), file.name))
        elif name == "targets.simple.csv":
            lists.append(read_open_sanctions(_read(file), file.name))
        elif name == "local.csv":
            lists.append(read_local(_read(file), file.name))
        else:
            left_out.append(file.name)
    if not lists:
        raise ListRefused(f"{path} holds no list: no sdn.csv, no XML, no targets.simple.csv, no local.csv")
    if len({each.source for each in lists}) != len(lists):
        raise ListRefused(f"{path} holds one list twice; leave one of them")
    return Folder(tuple(lists), tuple(left_out))


def _read(file: Path) -> bytes:
    if file.stat().st_size > LARGEST_BYTES:
        raise ListRefused(f"{file.name} is larger than any list")
    return file.read_bytes()
