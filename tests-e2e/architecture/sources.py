"""Rules over source text. Each takes a file's text and returns what breaks the rule, in words."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

PERSONAL = re.compile(
    r"(?:^|_)(?:full_?name|first_?name|last_?name|family_?name|given_?name|surname|e_?mail|phone|mobile|"
    r"national_?id|nic|passport|date_of_birth|birth_?date|dob|birthday|postal_?address|home_?address|"
    r"residency|nationality|gender|ip_address)(?:_|$)",
    re.IGNORECASE,
)
TRANSACTION_WORDS = re.compile(r"^\s*(?:BEGIN|COMMIT|ROLLBACK|START TRANSACTION|SAVEPOINT)\b")
CLOCK_OR_RANDOM_MODULES = {"time", "random", "secrets", "os", "asyncio"}
CLOCK_OR_RANDOM_CALLS = {"now", "utcnow", "today", "uuid1", "uuid4", "uuid7", "urandom", "token_bytes"}
FLOAT_SUFFIXES = ("_seconds", "_ms", "seconds")
SQL_TABLE = re.compile(
    r"\b(?:FROM|JOIN|INTO|UPDATE|USING)\s+(?:ONLY\s+)?([a-z_][a-z0-9_]*)(?!\s*\(|[a-z0-9_(.])"
)
SQL_CTE = re.compile(r"(?:\bWITH(?:\s+RECURSIVE)?|,|\))\s*([a-z_][a-z0-9_]*)(?:\s*\([a-z_, ]*\))?\s+AS\s+"
                     r"(?:NOT\s+)?(?:MATERIALIZED\s+)?\(")  # fmt: skip
SQL_WRITE = re.compile(r"\b(?:INSERT INTO|UPDATE|DELETE FROM)\s+([a-z_][a-z0-9_]*)\b(?!\s*(?:OF|SKIP)\b)")
FILE_LIMIT = 500


def python_files(*folders: str) -> Iterator[Path]:
    """Yield the hand-written Python files below folders of the repository."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if not path.name.endswith(("_pb2.py", "_pb2_grpc.py")):
                yield path


def personal_names(text: str) -> list[str]:
    """Find identifiers that name a field of a person, in Python text."""
    found = []
    for node in ast.walk(ast.parse(text)):
        names: list[str] = []
        if isinstance(node, ast.arg):
            names = [node.arg]
        elif isinstance(node, ast.Name):
            names = [node.id]
        elif isinstance(node, ast.Attribute):
            names = [node.attr]
        elif isinstance(node, ast.keyword) and node.arg:
            names = [node.arg]
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names = [node.name]
        found += [name for name in names if PERSONAL.search(name)]
    return found


def personal_words(text: str) -> list[str]:
    """Find identifiers that name a field of a person, in SQL or protobuf text without its comments."""
    bare = re.sub(r"(--|//)[^\n]*", "", text)
    return [word for word in re.findall(r"[A-Za-z_][A-Za-z0-9_]*", bare) if PERSONAL.search(word)]


def exchange_credentials(text: str) -> list[str]:
    """Find names under which an address or a key of the exchange could be kept."""
    return re.findall(r"(?i)exchange_(?:url|key_id|private_key|secret)|kalshi\w*", text)


def transaction_statements(text: str) -> list[str]:
    """Find what begins or ends a database transaction: a statement, or the driver's own block."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if TRANSACTION_WORDS.match(node.value):
                found.append(node.value)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            named = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
            if node.func.attr == "transaction" and named.lstrip("_") in {"connection", "conn"}:
                found.append(f"{named}.transaction()")
    return found


def floats_in_domain(text: str) -> list[str]:
    """Find any float: a literal, the name, or a division that makes one."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            found.append(f"literal {node.value} in line {node.lineno}")
        if isinstance(node, ast.Name) and node.id == "float":
            found.append(f"float in line {node.lineno}")
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            found.append(f"true division in line {node.lineno}")
    return found


def floats_that_are_no_time(text: str) -> list[str]:
    """Find names declared float that do not say that they are a duration."""
    found = []
    for node in ast.walk(ast.parse(text)):
        named: tuple[str, ast.expr | None] | None = None
        if isinstance(node, ast.arg):
            named = (node.arg, node.annotation)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            named = (node.target.id, node.annotation)
        if named is None or named[1] is None:
            continue
        uses_float = any(isinstance(part, ast.Name) and part.id == "float" for part in ast.walk(named[1]))
        if uses_float and not named[0].lower().endswith(FLOAT_SUFFIXES):
            found.append(named[0])
    return found


def clocks_and_random(text: str) -> list[str]:
    """Find what would make a decision depend on when or how often it is asked."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found += [
                alias.name for alias in node.names if alias.name.split(".")[0] in CLOCK_OR_RANDOM_MODULES
            ]
        elif (
            isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in CLOCK_OR_RANDOM_MODULES
        ):
            found.append(str(node.module))
        elif isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in CLOCK_OR_RANDOM_CALLS:
                found.append(name)
        elif isinstance(node, ast.Await | ast.AsyncFunctionDef):
            found.append("async")
    return found


def tables_used(text: str) -> set[str]:
    """Return the tables that the SQL in Python text reads or writes, common table expressions left out."""
    used: set[str] = set()
    for sql in _texts(ast.parse(text)):
        if re.search(r"\b(?:SELECT|INSERT|UPDATE|DELETE)\b", sql):
            used |= set(SQL_TABLE.findall(sql)) - set(SQL_CTE.findall(sql))
    return used


def _texts(tree: ast.Module) -> list[str]:
    """Return all string literals; the parts of an f-string as one text."""
    texts, inside = [], set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = [part.value if isinstance(part, ast.Constant) else "" for part in node.values]
            texts.append("".join(str(part) for part in parts))
            inside |= {id(part) for part in node.values}
    texts += [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside
    ]
    return texts


def tables_owned(docstring: str) -> set[str]:
    """Return the tables that a module's docstring says it owns."""
    return _named(docstring, r"(?:Tables owned:|Owns)")


def tables_declared_read(docstring: str) -> set[str]:
    """Return tables of other modules that a docstring admits to reading, as checks across modules do."""
    return _named(docstring, r"Tables read:")


def _named(docstring: str, heading: str) -> set[str]:
    match = re.search(heading + r"\s+(.*?)\.(?:\s|$)", docstring, re.DOTALL)
    if match is None or match[1].startswith(("none", "no table")):
        return set()
    return set(re.findall(r"[a-z]+(?:_[a-z]+)*", match[1].replace(" and ", ", "))) - {"and"}


def kernel_tables() -> set[str]:
    """Return the tables and views of the kernel: every store may read them, `shared` alone writes them."""
    texts = [path.read_text() for path in ROOT.glob("shared/src/shared/sql/*.sql")]
    return {name for text in texts for name in re.findall(r"CREATE (?:TABLE|VIEW) ([a-z_]+)", text)}


def tables_written(text: str) -> set[str]:
    """Return the tables that the SQL in Python text inserts into, updates or deletes from."""
    return {name for sql in _texts(ast.parse(text)) for name in SQL_WRITE.findall(sql)}


def foreign_tables(text: str, docstring: str, kernel: set[str]) -> set[str]:
    """Return tables that a store touches and that are neither its module's own nor the kernel's to read."""
    owned, written = tables_owned(docstring), tables_written(text)
    read = {table for table in tables_used(text) - written if "_" in table or table == "market"}
    return (written - owned) | (read - owned - kernel - tables_declared_read(docstring))
