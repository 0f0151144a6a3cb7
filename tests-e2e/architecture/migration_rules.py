"""What a migration may not do while yesterday's code still runs: read from its SQL. Pure.

Old and new code work on one database for as long as a rolling upgrade takes, and for as long as one may be
rolled back. A migration expands; what nobody uses any more goes in a later release (docs/systems/upgrade.md).
"""

import re
from typing import Final

LITERAL: Final = re.compile(r"'(?:[^']|'')*'", re.DOTALL)
COMMENT: Final = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
BODY: Final = re.compile(r"(\$\w*\$).*?\1", re.DOTALL)
NAME: Final = r"(?:only\s+)?(?:if\s+(?:not\s+)?exists\s+)?([\w.]+)"

DROPS: Final = re.compile(
    r"\bdrop\s+(table|column|type|view|materialized\s+view|schema|function|procedure)\b"
)
DROPS_COLUMN: Final = re.compile(
    r"\bdrop\s+(?!constraint|default|not\s+null|expression|identity)(?:if\s+exists\s+)?\w+$"
)
RENAMES: Final = re.compile(r"\brename\b")
RETYPES: Final = re.compile(r"\balter\s+(?:column\s+)?\w+\s+(?:set\s+data\s+)?type\b")
REQUIRES: Final = re.compile(r"\bset\s+not\s+null\b")
ADDS: Final = re.compile(
    r"\badd\s+(?:column\s+)?(?!constraint\b|value\b|check\b|unique\b|primary\b|foreign\b|exclude\b)"
)
TIMEOUTS: Final = re.compile(r"\bset\s+(?:local\s+|session\s+)?(?:lock|statement)_timeout\b")
WHOLE: Final = re.compile(r"^(?:update|delete\s+from)\s+" + NAME)
LOCKS: Final = re.compile(r"^(?:lock\s+table|vacuum|cluster|reindex|truncate)\b")
INDEXES: Final = re.compile(r"^create\s+(?:unique\s+)?index\b.*?\bon\s+" + NAME)
CREATES: Final = re.compile(r"\bcreate\s+(?:unlogged\s+)?table\s+" + NAME)
TABLE: Final = re.compile(r"^alter\s+table\s+" + NAME)
CONSTRAINT: Final = re.compile(r"\badd\s+constraint\b")
TAKES: Final = ("drops ", "renames ", "changes a column's ", "demands ", "adds a column ", "takes a right ")
REVOKES: Final = re.compile(r"^revoke\b")


def find_faults(sql: str) -> list[str]:
    """Return in words what a migration may not do, each with its statement's beginning."""
    text = COMMENT.sub(" ", BODY.sub("$body$", LITERAL.sub("''", COMMENT.sub(" ", sql))))
    statements = [" ".join(each.lower().split()) for each in text.split(";")]
    own = {name for each in statements for name in CREATES.findall(each)}
    return [f"{fault}: {each[:90]}" for each in statements if each for fault in _faults_of(each, own)]


def takes_away(faults: list[str]) -> bool:
    """Tell whether older code cannot live with one of the faults at all, however few rows there are."""
    return any(fault.startswith(TAKES) for fault in faults)


def _faults_of(statement: str, own: set[str]) -> list[str]:
    altered = TABLE.match(statement)
    table = altered.group(1) if altered else None
    if table in own:
        return []
    faults = []
    if DROPS.search(statement) or (table and any(DROPS_COLUMN.search(part) for part in _actions(statement))):
        faults.append("drops what yesterday's code may use")
    if RENAMES.search(statement):
        faults.append("renames what yesterday's code knows")
    if RETYPES.search(statement):
        faults.append("changes a column's type: the table is written anew under a lock")
    if REQUIRES.search(statement):
        faults.append("demands a value that yesterday's code does not give")
    if table:
        faults += _faults_of_table(statement)
    return faults + _faults_of_locks(statement, own)


def _faults_of_table(statement: str) -> list[str]:
    faults = []
    for action in _actions(statement):
        if (
            ADDS.search(action)
            and "not null" in action
            and "default" not in action
            and "generated" not in action
        ):
            faults.append("adds a column without a default that yesterday's code does not fill")
        if CONSTRAINT.search(action) and "not valid" not in action and "using index" not in action:
            faults.append("checks every row under a lock: NOT VALID first, VALIDATE in a later version")
    return faults


def _faults_of_locks(statement: str, own: set[str]) -> list[str]:
    faults = []
    if TIMEOUTS.search(statement):
        faults.append("changes the runner's timeouts")
    if LOCKS.search(statement):
        faults.append("locks a table")
    changed, indexed = WHOLE.match(statement), INDEXES.match(statement)
    if changed and changed.group(1) not in own:
        faults.append("changes rows in the migration's transaction: a task does it, page by page")
    if indexed and indexed.group(1) not in own:
        faults.append("makes an index while writers wait")
    if REVOKES.search(statement) and not any(f" {name} " in f"{statement} " for name in own):
        faults.append("takes a right that yesterday's code may use")
    return faults


def _actions(statement: str) -> list[str]:
    """Return the parts of an ALTER TABLE between commas outside of brackets."""
    parts, depth, part = [], 0, ""
    for character in statement:
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            parts.append(part.strip())
            part = ""
        else:
            part += character
    return [*parts, part.strip()]
