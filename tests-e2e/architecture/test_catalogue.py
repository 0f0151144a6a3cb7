"""The repository's own rules over both live databases, each with a table that passes and one that fails."""

from typing import Any

import pytest

from architecture import catalogue
from architecture.sources import ROOT

ALLOWED_TEXT = ROOT / "tests-e2e" / "architecture" / "execution_text_columns.txt"
DATABASES = ("customer_database", "execution_database")


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue(request.param)


async def test_every_table_has_a_tenant_or_says_why_not(database: Any) -> None:
    owner = await database.connect("owner")
    assert await catalogue.tables_without_tenant(owner) == []
    await owner.execute("CREATE TABLE stray (id uuid)")
    assert await catalogue.tables_without_tenant(owner) == ["stray"]


async def test_every_tenant_table_is_isolated(database: Any) -> None:
    owner = await database.connect("owner")
    assert await catalogue.tables_without_isolation(owner) == []
    await owner.execute("CREATE TABLE stray (tenant_id uuid NOT NULL)")
    assert await catalogue.tables_without_isolation(owner) == ["stray"]


async def test_views_read_with_the_readers_rights(database: Any) -> None:
    owner = await database.connect("owner")
    assert await catalogue.views_that_bypass_isolation(owner) == []
    await owner.execute("CREATE VIEW stray AS SELECT 1 AS one")
    assert await catalogue.views_that_bypass_isolation(owner) == ["stray"]


async def test_no_column_rounds(database: Any) -> None:
    owner = await database.connect("owner")
    assert await catalogue.inexact_columns(owner) == []
    await owner.execute("CREATE TABLE stray (amount double precision)")
    assert await catalogue.inexact_columns(owner) == ["stray.amount"]


async def test_history_is_not_the_applications_to_change(database: Any) -> None:
    owner = await database.connect("owner")
    assert await catalogue.changeable_history(owner) == []
    await owner.execute("GRANT DELETE ON ledger_posting TO bulkhead_app")
    assert await catalogue.changeable_history(owner) == ["ledger_posting"]


async def test_no_role_steps_over_a_policy(database: Any) -> None:
    superuser = await database.connect("superuser")
    assert await catalogue.mighty_roles(superuser) == []
    await superuser.execute("BEGIN; ALTER ROLE bulkhead_auditor BYPASSRLS")
    assert await catalogue.mighty_roles(superuser) == ["bulkhead_auditor"]
    await superuser.execute("ROLLBACK")


async def test_text_in_the_execution_database_was_reviewed(execution_database: Any) -> None:
    allowed = {line.split("#")[0].strip() for line in ALLOWED_TEXT.read_text().splitlines()} - {""}
    owner = await execution_database.connect("owner")
    assert await catalogue.text_columns(owner) == allowed
    await owner.execute("CREATE TABLE stray (id uuid, notes text[])")
    assert await catalogue.text_columns(owner) - allowed == {"stray.notes"}
