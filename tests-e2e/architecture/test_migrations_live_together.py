"""Yesterday's code also lives with every migration that came since the first release."""

from pathlib import Path
from typing import Final

import pytest

from architecture.migration_rules import find_faults, takes_away
from architecture.sources import ROOT
from bulkhead_local.layout import STACKS
from shared import migrations

BEFORE_THE_RULE: Final = {
    "customer": "2026_11_28_52_regulator_views",
    "execution": "2026_11_28_18_settlement_release",
}
"""Up to these no installation ever ran code of before beside them: there was no release to upgrade from."""
ALLOWED: Final[dict[str, str]] = {
    "2026_11_29_02_hand_words.py": "settlement_bank_word has a few rows a settlement: checked at once",
}
"""File -> why yesterday's code lives with what the rule finds in it all the same."""
LONGEST_LOCK_MS: Final = 5_000
KERNEL: Final = ROOT / "shared" / "src" / "shared" / "sql"

GOOD: Final = (
    "CREATE TABLE a (id uuid NOT NULL); ALTER TABLE a ALTER COLUMN id SET NOT NULL; CREATE INDEX i ON a (id)",
    "ALTER TABLE b ADD COLUMN c integer",
    "ALTER TABLE b ADD COLUMN c integer NOT NULL DEFAULT 0, ADD COLUMN d text",
    "ALTER TABLE b ADD CONSTRAINT c CHECK (d > 0) NOT VALID",
    "ALTER TABLE b DROP CONSTRAINT c; ALTER TABLE b ALTER COLUMN c DROP NOT NULL",
    "ALTER TYPE t ADD VALUE 'rename'; COMMENT ON TABLE b IS 'drop table b; rename'",
    "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE b SET c = 1; END $$",
    "-- DROP TABLE b;\nGRANT SELECT ON b TO bulkhead_app",
)
BAD: Final = (
    "DROP TABLE b",
    "ALTER TABLE b DROP COLUMN c",
    "ALTER TABLE b DROP c",
    "ALTER TABLE b ADD COLUMN d text, DROP COLUMN IF EXISTS c",
    "ALTER TABLE b RENAME COLUMN c TO d",
    "ALTER TABLE b RENAME TO d",
    "ALTER TYPE t RENAME VALUE 'a' TO 'b'",
    "ALTER TABLE b ALTER COLUMN c TYPE bigint",
    "ALTER TABLE b ALTER c SET DATA TYPE bigint",
    "ALTER TABLE b ALTER COLUMN c SET NOT NULL",
    "ALTER TABLE b ADD COLUMN c integer NOT NULL",
    "ALTER TABLE b ADD c integer NOT NULL",
    "ALTER TABLE b ADD CONSTRAINT c CHECK (d > 0)",
    "CREATE INDEX i ON b (c)",
    "CREATE UNIQUE INDEX i ON b (c)",
    "UPDATE b SET c = 1",
    "DELETE FROM b",
    "LOCK TABLE b",
    "SET lock_timeout = 0",
    "REVOKE INSERT ON b FROM bulkhead_app",
    "DROP FUNCTION f()",
)


@pytest.mark.parametrize("sql", GOOD)
def test_what_expands_is_found_good(sql: str) -> None:
    assert find_faults(sql) == []


@pytest.mark.parametrize("sql", BAD)
def test_what_yesterdays_code_does_not_live_with_is_found(sql: str) -> None:
    assert find_faults(sql) != []


SLOW: Final = ("ALTER TABLE b ADD CONSTRAINT", "CREATE ", "UPDATE ", "DELETE ", "LOCK ", "SET ")
"""Of what is bad, what older code lives with once it is done."""


def sql_of(version: Path) -> str:
    """Return the SQL that a version runs: beside it, of the kernel, and what its own text holds."""
    text = version.read_text()
    beside = version.with_suffix(".sql")
    files = [beside] if beside.exists() else []
    files += [each for each in KERNEL.glob("*.sql") if f'"{each.name}"' in text]
    assert files, f"{version.name} runs no file of SQL: the rule reads files"
    assert "op.execute" not in text, f"{version.name} runs SQL that the rule does not read"
    return "\n".join(each.read_text() for each in files)


def test_yesterdays_code_lives_with_every_new_migration() -> None:
    found = {}
    for stack in STACKS:
        for version in sorted((ROOT / f"{stack}-stack" / "migrations" / "versions").glob("*.py")):
            if version.stem <= BEFORE_THE_RULE[stack] or version.name in ALLOWED:
                continue
            if faults := find_faults(sql_of(version)):
                found[f"{stack}: {version.stem}"] = faults
    assert found == {}, "expand now, contract in a later release: docs/systems/upgrade.md"


def test_what_takes_something_away_lists_what_code_must_know() -> None:
    slow = [sql for sql in BAD if not takes_away(find_faults(sql))]
    assert slow == [sql for sql in BAD if sql.startswith(SLOW)]
    for stack in STACKS:
        for version in (ROOT / f"{stack}-stack" / "migrations" / "versions").glob("*.py"):
            if version.name in ALLOWED and takes_away(find_faults(sql := sql_of(version))):
                assert "INSERT INTO schema_floor" in sql, f"{version.name}: docs/systems/upgrade.md"


def test_no_migration_lets_traffic_queue_behind_a_lock() -> None:
    assert 0 < migrations.LOCK_TIMEOUT_MS <= LONGEST_LOCK_MS
    assert migrations.STATEMENT_TIMEOUT_MS > 0
