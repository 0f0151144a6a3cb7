"""How far a database is, beside what the code knows: what starts, and what is refused with which sentence."""

from pathlib import Path

import asyncpg
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from shared.versions import ChainUnusable, DatabaseAhead, DatabaseBehind, read_chain, require_version

STACKS = ("customer", "execution")
FOLDERS = {stack: Path(__file__).resolve().parents[2] / f"{stack}-stack" / "migrations" for stack in STACKS}
LATER = "2099_01_01_01_later"
FOLDER = FOLDERS["customer"]


def write(folder, name, before):
    (folder / "versions").mkdir(parents=True, exist_ok=True)
    text = f'"""What it does."""\n\nrevision = "{name}"\ndown_revision = {before}\n'
    (folder / "versions" / f"{name}.py").write_text(text)


async def change(database, statement):
    connection = await asyncpg.connect(database.dsn("superuser"))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def stand_at(database, revision):
    await change(database, f"UPDATE alembic_version SET version_num = '{revision}'")


@pytest.mark.parametrize("stack", STACKS)
def test_the_chain_is_the_one_that_migrations_run(stack):
    config = Config()
    config.set_main_option("script_location", str(FOLDERS[stack]))
    scripts = ScriptDirectory.from_config(config)
    assert read_chain(FOLDERS[stack]) == tuple(each.revision for each in scripts.walk_revisions())[::-1]


@pytest.mark.parametrize(
    "files",
    [[], [("b", '"a"')], [("a", "None"), ("c", '"b"')], [("a", "None"), ("b", '"a"'), ("c", '"a"')]],
    ids=["nothing", "no beginning", "a gap", "two ends"],
)
def test_a_folder_without_one_chain_is_refused(files, tmp_path):
    for name, before in files:
        write(tmp_path, name, before)
    with pytest.raises(ChainUnusable, match="MIGRATIONS_FOLDER"):
        read_chain(tmp_path)


async def test_a_database_at_the_end_of_the_chain_is_fine(customer_database):
    await require_version(customer_database.app, FOLDER, "stack")


async def test_a_database_behind_is_refused_with_what_to_run(customer_database):
    chain = read_chain(FOLDER)
    for number, lacks in ((-2, "1"), (-5, "4"), (0, str(len(chain) - 1))):
        await stand_at(customer_database, chain[number])
        with pytest.raises(DatabaseBehind, match=rf"lacks {lacks} migrations.*`stack migrate`.*backup\.md"):
            await require_version(customer_database.app, FOLDER, "stack")


@pytest.mark.parametrize(
    "statement",
    [
        "REVOKE SELECT ON alembic_version FROM bulkhead_app",
        "DROP TABLE schema_floor",
        "DROP TABLE alembic_version",
        "DELETE FROM alembic_version",
    ],
    ids=["of a time before it was told", "without the list", "without a chain", "with an empty chain"],
)
async def test_a_database_that_does_not_say_how_far_it_is_counts_as_behind(customer_database, statement):
    await change(customer_database, statement)
    with pytest.raises(DatabaseBehind, match="`stack migrate`"):
        await require_version(customer_database.app, FOLDER, "stack")


async def test_yesterdays_code_goes_on_with_todays_database_unless_something_was_taken(
    customer_database,
):
    await stand_at(customer_database, LATER)
    await require_version(customer_database.app, FOLDER, "stack")
    await change(customer_database, f"INSERT INTO schema_floor VALUES ('{read_chain(FOLDER)[-1]}')")
    await require_version(customer_database.app, FOLDER, "stack")
    await change(customer_database, f"INSERT INTO schema_floor VALUES ('{LATER}')")
    with pytest.raises(DatabaseAhead, match=rf"{LATER}.*upgrade\.md"):
        await require_version(customer_database.app, FOLDER, "stack")


async def test_what_code_must_know_is_the_owners_to_say(customer_database):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with customer_database.app.transaction() as tx:
            await tx.execute(f"INSERT INTO schema_floor VALUES ('{LATER}')")
