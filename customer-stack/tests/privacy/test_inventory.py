"""The inventory of personal data is whole, and the database lets nothing but an erasure change history."""

from copy import deepcopy
from importlib import resources

import asyncpg
import pytest
import yaml

from customer_stack.privacy.configuration import load_inventory
from customer_stack.privacy.domain.inventory import EMPTIED, InventoryUnusable, Keeping, read_inventory
from customer_stack.reviewed_files import read_yaml

TEXT = ("text", "bytea", "json", "jsonb", "varchar", "bpchar", "name", "xml")


async def stored_columns(connection):
    """Return every column that could hold a name, arrays included."""
    rows = await connection.fetch(
        "SELECT c.relname || '.' || a.attname AS name FROM pg_attribute a "
        "JOIN pg_class c ON c.oid = a.attrelid "
        "JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_type e ON e.oid = t.typelem "
        "WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0 "
        "AND NOT a.attisdropped AND c.relname <> 'alembic_version' "
        "AND (t.typname = ANY($1) OR e.typname = ANY($1))",
        list(TEXT),
    )
    return {row["name"] for row in rows}


async def test_every_column_that_could_hold_a_name_was_looked_at(customer_database):
    owner = await customer_database.connect("owner")
    reviewed = load_inventory().reviewed
    assert await stored_columns(owner) - reviewed == set(), "write them into privacy/inventory.yaml"
    assert reviewed - await stored_columns(owner) == set(), "these are gone: take them out"
    await owner.execute("CREATE TABLE stray (id uuid, nickname text, photos bytea[])")
    assert await stored_columns(owner) - reviewed == {"stray.nickname", "stray.photos"}


async def test_whatever_is_called_sealed_ends_with_the_key_or_is_emptied(customer_database):
    owner = await customer_database.connect("owner")
    ends = (Keeping.PERSON, Keeping.RECORD)
    personal = {
        f"{table.name}.{column}" for table in load_inventory().tables.values() for column in table.kept(*ends)
    }
    sealed = {name for name in await stored_columns(owner) if name.endswith("sealed")}
    assert len(sealed) > 20
    assert sealed <= personal


async def test_every_table_is_reached_and_every_told_column_is_there(customer_database, tenant, services):
    for table in load_inventory().of_customers:
        told = "*" if table.tell is None else ", ".join(table.tell.columns)
        async with services.database.transaction(tenant.id) as tx:
            await tx.fetch(f"SELECT {told} FROM {table.name} WHERE {table.customer}", tenant.id)
            if table.tell is not None:
                await tx.fetch(f"SELECT 1 FROM {table.name} WHERE {table.tell.rows}", tenant.id)


async def test_what_is_emptied_may_be_emptied_and_not_rewritten(services, tenant, person):
    for table in load_inventory().of_customers:
        columns = table.kept(*EMPTIED)
        if not columns or table.name in {"webhook_message", "filing_file"}:  # no row of the person
            continue
        statement = f"UPDATE {table.name} SET {columns[0]} = '\\x01'::bytea WHERE {table.customer}"
        with pytest.raises(asyncpg.IntegrityConstraintViolationError) as caught:
            async with services.database.transaction(tenant.id) as tx:
                await tx.execute(statement, person.id)
        assert caught.value.constraint_name == "append_only", table.name


async def test_no_other_column_of_a_history_may_change(services, tenant, person):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with services.database.transaction(tenant.id) as tx:
            await tx.execute("UPDATE transfer_order SET amount = 1 WHERE sender_id = $1", person.id)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with services.database.transaction(tenant.id) as tx:
            await tx.execute("DELETE FROM payout_order WHERE customer_id = $1", person.id)


async def test_even_the_owner_empties_only(customer_database, person):
    owner = await customer_database.connect("owner")
    for change in ("amount = 1", "note_sealed = '\\x', amount = 1", "note_sealed = NULL"):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            await owner.execute(f"UPDATE transfer_order SET {change} WHERE sender_id = $1", person.id)
    await owner.execute("UPDATE transfer_order SET note_sealed = '\\x' WHERE sender_id = $1", person.id)


@pytest.mark.parametrize("table", ["customer_credential", "customer_registration"])
async def test_whoever_is_known_keeps_their_sign_in(services, tenant, person, table, customer_database):
    if table == "customer_registration":
        owner = await customer_database.connect("owner")
        await owner.execute(
            "INSERT INTO customer_registration SELECT tenant_id, id, sha256('k'), sha256('d') "
            "FROM customer_account WHERE id = $1",
            person.id,
        )
    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        async with services.database.transaction(tenant.id) as tx:
            await tx.execute(f"DELETE FROM {table} WHERE customer_id = $1", person.id)


def document():
    file = resources.files("customer_stack.privacy").joinpath("inventory.yaml")
    return read_yaml(file.read_text(encoding="utf-8"))


class Strict(yaml.SafeLoader):
    """Refuses a name that stands twice, of which the last would count in silence."""

    def construct_mapping(self, node, deep=False):
        keys = [key.value for key, _ in node.value]
        assert len(keys) == len(set(keys)), keys
        return super().construct_mapping(node, deep)


def test_nothing_stands_twice():
    text = resources.files("customer_stack.privacy").joinpath("inventory.yaml").read_text(encoding="utf-8")
    assert yaml.load(text, Strict) == document()  # noqa: S506 - a safe loader that refuses more
    with pytest.raises(AssertionError):
        yaml.load("a: {b: 1, b: 2}", Strict)  # noqa: S506


def with_(path, value):
    changed = deepcopy(document())
    place = changed
    for step in path[:-1]:
        place = place[step]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return changed


@pytest.mark.parametrize(
    "changed",
    [
        with_(("tables", "customer_profile", "customer"), "true"),
        with_(("tables", "customer_profile", "customer"), None),
        with_(("tables", "filing_file", "ages"), None),
        with_(("tables", "customer_profile", "reason"), "because"),
        with_(("tables", "customer_profile", "columns", "email"), "somehow"),
        with_(("tables", "customer_profile", "seal"), None),
        with_(("tables", "customer_profile", "impersonal"), ["email"]),
        with_(("tables", "customer_profile", "tell", "as"), "consents"),
        with_(("tables", "bad name"), {"customer": "id = $1", "reason": "identity"}),
        with_(("impersonal", "customer_profile"), ["email"]),
        with_(("reasons", "identity", "retention"), "forever"),
        with_(("retention", "relationship", "years"), 0),
        {},
    ],
)
def test_an_inventory_that_contradicts_itself_is_refused(changed):
    read_inventory(document())
    with pytest.raises(InventoryUnusable):
        read_inventory(changed)
