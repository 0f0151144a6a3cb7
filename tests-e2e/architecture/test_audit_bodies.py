"""The audit is kept for good and never emptied: its bodies name no field of a person.

What stands in the bodies of a running platform is searched for whole people in every writing by
`security/test_no_personal_data_crosses.py`, which reads every column of both databases.
"""

import ast
import re

from architecture.sources import PERSONAL, python_files

FREE_TEXT = re.compile(
    r"^(?:name|names|text|note|notes|comment|address|iban|holder|account_number|document_number|"
    r"description|remark|ip)$"
)


def body_keys(text: str) -> set[str]:
    """Return the keys of every dict that becomes an audit body: called `body`, or given to AuditRecord."""
    if "AuditRecord" not in text and "record_of" not in text:
        return set()
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        values: list[ast.AST] = []
        if isinstance(node, ast.Assign) and any(getattr(each, "id", "") == "body" for each in node.targets):
            values = [node.value]
        if isinstance(node, ast.AnnAssign) and getattr(node.target, "id", "") == "body" and node.value:
            values = [node.value]
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "AuditRecord":
            values = [*node.args, *(each.value for each in node.keywords)]
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "record_of":
            found |= {each.arg for each in node.keywords if each.arg}
        found |= {key for value in values for key in _keys_in(value)}
    return found


def _keys_in(value: ast.AST) -> list[str]:
    """Return the keys of every dict in an expression that are written out."""
    keys = [key for each in ast.walk(value) if isinstance(each, ast.Dict) for key in each.keys]
    return [key.value for key in keys if isinstance(key, ast.Constant) and isinstance(key.value, str)]


def personal_keys(text: str) -> list[str]:
    """Return the keys of audit bodies in Python text that name a field of a person, or free text."""
    return sorted(key for key in body_keys(text) if PERSONAL.search(key) or FREE_TEXT.match(key))


def test_no_audit_body_names_a_field_of_a_person_or_free_text() -> None:
    sources = list(python_files("customer-stack/src", "execution-stack/src", "shared/src"))
    found = {str(path): keys for path in sources if (keys := personal_keys(path.read_text()))}
    assert found == {}
    assert len({key for path in sources for key in body_keys(path.read_text())}) > 100


def test_the_rule_sees_what_it_is_for() -> None:
    assert personal_keys('body = {"wager": 1}\nAuditRecord(t, "a.b", body, at, "system")') == []
    assert personal_keys('AuditRecord(t, "a.b", {"full_name": "x", "note": y}, at, a)') == [
        "full_name",
        "note",
    ]
    assert personal_keys('body: dict[str, object] = {"email": x}; AuditRecord(t, "a.b", body, at, a)') == [
        "email"
    ]
    assert personal_keys("record_of(account, 'x', ground, 'system', phone=1)") == ["phone"]
