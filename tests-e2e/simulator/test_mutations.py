"""The simulation notices a ledger that is broken, whichever rule is taken away."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import asyncpg
import pytest

from bulkhead_local.postgres import Server
from simulator.attacks import rule_of
from simulator.mutations import NOT_NOTICED, Mutation, find_mutations
from simulator.runner import Failed, Places, simulate

STEPS = 400
Template = Callable[[str], str]
FEW = (
    "without ledger_balance_floor",
    "ledger_follow_capture: SET held = b.held",
    "without row-level security: ledger_transfer",
)


@contextlib.asynccontextmanager
async def scratch(server: Server, template: Template) -> AsyncIterator[str]:
    """Give a migrated database that may be broken."""
    source, name = await asyncio.to_thread(template, "customer"), "mutated"
    admin = await asyncpg.connect(server.dsn("superuser", "postgres"))
    try:
        await admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        await admin.execute(f'CREATE DATABASE "{name}" OWNER bulkhead_owner TEMPLATE "{source}"')
        yield name
        await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    finally:
        await admin.close()


async def all_mutations(server: Server, template: Template) -> list[Mutation]:
    async with scratch(server, template) as name:
        connection = await asyncpg.connect(server.dsn("owner", name))
        try:
            return await find_mutations(connection)
        finally:
            await connection.close()


async def notice(server: Server, template: Template, mutation: Mutation) -> str | None:
    """Break a ledger and simulate on it; return what was noticed."""
    async with scratch(server, template) as name:
        connection = await asyncpg.connect(server.dsn("owner", name))
        try:
            await connection.execute(mutation.statement)
        finally:
            await connection.close()
        places = Places(server.dsn("app", name), server.dsn("owner", name))
        must_hit = frozenset({mutation.rule} if mutation.rule else ())
        try:
            await simulate(places, seed=7, steps=STEPS, full_every=200, must_hit=must_hit)
        except Failed as failed:
            return str(failed)
    return None


@pytest.mark.parametrize("name", FEW)
async def test_a_broken_ledger_is_noticed(
    postgres_server: Server, database_template: Template, name: str
) -> None:
    mutations = {each.name: each for each in await all_mutations(postgres_server, database_template)}
    found = await notice(postgres_server, database_template, mutations[name])
    assert found is not None
    assert "make simulate SEED=7" in found


@pytest.mark.long
async def test_every_rule_that_is_taken_away_is_missed(
    postgres_server: Server, database_template: Template, capsys: pytest.CaptureFixture[str]
) -> None:
    survivors = []
    mutations = await all_mutations(postgres_server, database_template)
    for mutation in mutations:
        found = await notice(postgres_server, database_template, mutation)
        if found is None:
            survivors.append(mutation.name)
        with capsys.disabled():
            print(
                f"\n  {mutation.name}: {'NOT NOTICED' if found is None else found.splitlines()[0][:110]}",
                end="",
            )
    assert len(mutations) > 140
    assert sorted(survivors) == sorted(NOT_NOTICED)


def test_an_error_without_a_rule_is_told_as_it_is() -> None:
    assert rule_of(ValueError("something else")) == "ValueError: something else"
