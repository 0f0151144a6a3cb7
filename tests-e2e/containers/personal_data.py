"""Where personal data could be kept in Python sources and SQL: the names of their fields."""

import ast
import re
from collections.abc import Iterator
from typing import Final

PERSONAL: Final = re.compile(
    r"(^|_)(e_?mail|phone|mobile|surname|full_?name|first_?name|last_?name|family_?name|given_?name|birth|born|"
    r"national_?id|nic|passport|street|postcode|nationality|ip_address|iban|selfie)($|_)",
    re.IGNORECASE,
)
COLUMN: Final = re.compile(
    r"^\s+\"?([a-z_]+)\"?\s+(?:text|varchar|bytea|jsonb?|date|inet)\b", re.IGNORECASE | re.MULTILINE
)


def personal_fields(source: str) -> list[str]:
    """Return the fields of classes and the parameters that are named after personal data."""
    names = set(_names(ast.parse(source)))
    return sorted(name for name in names if PERSONAL.search(name))


def _names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id
        elif isinstance(node, ast.arg):
            yield node.arg


def personal_columns(sql: str) -> list[str]:
    """Return the columns that are named after personal data."""
    return sorted({name for name in COLUMN.findall(sql) if PERSONAL.search(name)})
