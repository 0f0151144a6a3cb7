"""Every source of the catalogue can be read in every scope, and none has a sealed column."""

import re

import pytest

from customer_stack.access.catalogue import load_roles
from customer_stack.evidence.configuration import load_sources
from customer_stack.evidence.domain.packs import Scope
from customer_stack.evidence.domain.sources import CatalogueUnusable, read_catalogue
from customer_stack.privacy.configuration import load_inventory


async def test_every_statement_runs_and_gives_the_columns_that_it_names(services, tenant):
    now = services.clock.now()
    async with services.database.transaction(tenant.id) as tx:
        for source in load_sources():
            for scope in source.scopes:
                statement = await tx.connection.prepare(source.statement(scope))
                names = tuple(each.name for each in statement.get_attributes())
                assert names == source.sheet.columns, source.name
                scope_id = None if scope is Scope.PERIOD else tenant.id
                await statement.fetch(scope_id, now, now)


def test_no_column_holds_personal_data():
    """Columns that the inventory seals, empties or deletes never stand in a pack."""
    tables = load_inventory().tables
    found = [
        f"{source.name}.{name}"
        for source in load_sources()
        for name, expression in source.columns.items()
        for table in set(re.findall(r"\w+", source.tables)) & tables.keys()
        if set(re.findall(r"\w+", expression)) & tables[table].columns.keys()
    ]
    assert found == []


def test_every_scope_has_sources_and_permissions_are_real():
    sources = load_sources()
    assert {scope for source in sources for scope in source.scopes} == set(Scope)
    given = frozenset().union(*(role.permissions for role in load_roles().values()))
    assert {source.permission for source in sources} - {None} <= given


@pytest.mark.parametrize(
    "changes", [{"key": "absent"}, {"scopes": {"planet": "true"}}, {"columns": None}, {"order": None}]
)
def test_a_catalogue_that_contradicts_itself_is_refused(changes):
    good = {"says": "x", "version": 1, "from": "t", "columns": {"a": None}, "order": ["a"], "scopes": {}}
    assert read_catalogue({"x": good})
    with pytest.raises(CatalogueUnusable):
        read_catalogue({"x": good | changes})
