"""What an operator says of its documents, read from TypeScript declarations that were generated from it.

Read are interfaces with their fields, which of them are required, and enumerations. A field's name is the one
in its `@schema` comment: the declarations spell some in another way.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

_BLOCK: Final = re.compile(r"^export (?:declare )?(interface|enum|class) (\w+)")
_NAMED: Final = re.compile(r"\* @schema \w+#(\S+)")
_FIELD: Final = re.compile(r"^    readonly (\w+)(\??): (.*?);?$")
_VALUES: Final = re.compile(r"^        \[key: string\]: (.*);$")
_WORD: Final = re.compile(r'^    \w+ = "(.*)",?$')
_PLAIN: Final[dict[str, tuple[type, ...]]] = {
    "string": (str,),
    "number": (int, float),
    "boolean": (bool,),
    "number | string": (int, float, str),
}


@dataclass
class Shape:
    """An interface: its fields as name, whether it must be there, and type; or an enumeration's words."""

    fields: dict[str, tuple[bool, str]] = field(default_factory=dict)
    words: set[str] = field(default_factory=set)


def read_types(file: Path) -> dict[str, Shape]:
    """Return the shapes of a file of declarations, by name."""
    found: dict[str, Shape] = {}
    shape, named, several = Shape(), "", ("", False)
    for line in file.read_text().splitlines():
        if block := _BLOCK.match(line):
            shape = found[block[2]] = Shape()
        elif name := _NAMED.search(line):
            named = name[1]
        elif word := _WORD.match(line):
            shape.words.add(word[1])
        elif values := _VALUES.match(line):
            shape.fields[several[0]] = (several[1], f"{{{values[1]}}}")
        elif entry := _FIELD.match(line):
            key, is_required = named or entry[1], not entry[2]
            named = ""
            if entry[3] == "{":
                several = (key, is_required)
            else:
                shape.fields[key] = (is_required, entry[3])
    return found


def differences(types: dict[str, Shape], kind: str, value: Any, place: str = "") -> Iterator[str]:
    """Yield what of a value its type does not allow: unknown, missing or of another type."""
    if kind in _PLAIN:
        wanted = _PLAIN[kind]
        if not isinstance(value, wanted) or (isinstance(value, bool) and bool not in wanted):
            yield f"{place}: {kind} wanted"
    elif kind.endswith("[]"):
        if not isinstance(value, list):
            yield f"{place}: a list wanted"
            return
        for number, each in enumerate(value):
            yield from differences(types, kind[:-2], each, f"{place}[{number}]")
    elif kind.startswith("{"):
        if not isinstance(value, dict):
            yield f"{place}: names with values wanted"
            return
        for name, each in value.items():
            yield from differences(types, kind[1:-1], each, f"{place}.{name}")
    else:
        yield from _differences_of_shape(types, types[kind], value, place)


def _differences_of_shape(types: dict[str, Shape], shape: Shape, value: Any, place: str) -> Iterator[str]:
    if shape.words:
        if value not in shape.words:
            yield f"{place}: one of {sorted(shape.words)} wanted"
    elif set(shape.fields) == {"value"}:  # a number or a text, as a quantity is
        yield from differences(types, shape.fields["value"][1], value, place)
    elif not isinstance(value, dict):
        yield f"{place}: fields wanted"
    else:
        yield from (f"{place}.{name}: unknown" for name in value.keys() - shape.fields.keys())
        for name, (is_required, kind) in shape.fields.items():
            if name in value:
                yield from differences(types, kind, value[name], f"{place}.{name}")
            elif is_required:
                yield f"{place}.{name}: missing"
