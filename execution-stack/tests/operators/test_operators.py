"""Keys of operators: founded once, in and out by two, and nobody's word twice."""

import asyncio
import json
from uuid import uuid4

import asyncpg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from execution_stack.cli import app
from execution_stack.operators import service
from execution_stack.operators.domain import Act, Key, message, require_others
from execution_stack.operators.errors import KeysFounded, KeyTaken, KeyUnknown, LastKeys
from execution_stack.operators.service import OperatorKeys, Signed
from shared.clock import SystemClock
from shared.ids import HOUSE_TENANT
from shared.operations.system_key import SystemKey

PEOPLE = [uuid4() for _ in range(4)]


def make():
    return SystemKey(Ed25519PrivateKey.generate())


@given(st.booleans(), st.sets(st.sampled_from(PEOPLE)), st.sets(st.sampled_from(PEOPLE)))
def test_a_key_stands_once_two_registered_it_and_until_two_retired_it(is_founded, registered, retired):
    key = Key(uuid4(), PEOPLE[0], bytes(32), is_founded, frozenset(registered), frozenset(retired))
    assert key.stands is ((is_founded or len(registered) >= 2) and len(retired) < 2)


@given(st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=5))
def test_two_operators_are_always_left(owners):
    keys = [Key(uuid4(), owner, bytes(32), is_founded=True) for owner in owners]
    left = {key.operator for key in keys[1:]}
    if len(left) >= 2:
        require_others(keys, keys[0])
    else:
        with pytest.raises(LastKeys):
            require_others(keys, keys[0])


@given(
    st.lists(st.integers(0, 9), min_size=2, max_size=4), st.lists(st.integers(0, 9), min_size=2, max_size=4)
)
def test_what_is_signed_is_one_act_on_one_thing(first, second):
    assert (message("a", *first) == message("a", *second)) is (first == second)
    assert message("a", *first) != message("b", *first)


async def test_the_first_are_founded_together_and_others_come_and_go_by_two(execution_database):
    database = execution_database.app
    keys = OperatorKeys(database, SystemClock())
    first, second, third = make(), make(), make()
    with pytest.raises(KeyUnknown):
        await keys.register(first, PEOPLE[2], third.public)
    founding = list(zip(PEOPLE, (first.public, second.public), strict=False))
    with pytest.raises(KeyTaken):
        await keys.found([founding[0], (PEOPLE[0], second.public)])
    founded = await keys.found(founding)
    assert [key.stands for key in founded] == [True, True]
    with pytest.raises(KeysFounded):
        await keys.found([(PEOPLE[2], third.public)])
    for _ in range(2):  # said twice by one is said once
        assert not (await keys.register(first, PEOPLE[2], third.public)).stands
    with pytest.raises(KeyTaken):
        await keys.register(second, PEOPLE[3], third.public)
    with pytest.raises(KeyUnknown):
        await keys.retire(third, founded[0].id)
    added = await keys.register(second, PEOPLE[2], third.public)
    assert (added.stands, added.operator) == (True, PEOPLE[2])
    lost = next(key for key in founded if key.public == first.public)
    assert (await keys.retire(second, lost.id)).stands
    assert not (await keys.retire(third, lost.id)).stands
    with pytest.raises(KeyUnknown):
        await keys.register(first, PEOPLE[3], make().public)
    with pytest.raises(LastKeys):
        await keys.retire(second, added.id)
    with pytest.raises(KeyTaken):
        await keys.register(second, PEOPLE[0], first.public)
    # What the retired key signed while it stood is still its operator's.
    signed = Signed(PEOPLE[0], lost.id, first.sign(b"this"))
    async with database.transaction(HOUSE_TENANT) as tx:
        assert await service.is_by(tx, signed, b"this")
        assert not await service.is_by(tx, signed, b"that")
        assert not await service.is_by(tx, Signed(PEOPLE[1], lost.id, signed.signature), b"this")
        kinds = await tx.fetch("SELECT kind FROM audit_record WHERE kind LIKE 'operators.%' ORDER BY id")
    wanted = ["found", "found", "register", "register", "retire", "retire"]
    assert [row["kind"] for row in kinds] == [f"operators.key_{each}" for each in wanted]


async def test_the_database_takes_no_word_of_a_key_about_itself(execution_database):
    database = execution_database.app
    first, second = make(), make()
    (key, _) = await OperatorKeys(database, SystemClock()).found(
        list(zip(PEOPLE, (first.public, second.public), strict=False))
    )
    with pytest.raises(asyncpg.CheckViolationError):
        async with database.transaction(HOUSE_TENANT) as tx:
            await tx.execute(
                "INSERT INTO operator_key_act (tenant_id, key_id, act, operator, signed_with, signature, at) "
                "VALUES ($1, $2, $3, $4, $2, $5, now())",
                HOUSE_TENANT,
                key.id,
                Act.REGISTER,
                key.operator,
                bytes(64),
            )


async def test_operators_work_with_commands_and_files(execution_database, tmp_path, monkeypatch):
    monkeypatch.setenv("EXECUTION_DATABASE_URL", execution_database.dsn("app"))
    monkeypatch.setenv("EXECUTION_ENVIRONMENT", "sandbox")
    founding, files = ["operator-keys-found", "--json"], []
    for number in range(2):
        key = Ed25519PrivateKey.generate()
        files.append(tmp_path / f"{number}.pem")
        files[-1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        public = tmp_path / f"{number}.pub"
        public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
        founding += ["--operator", str(PEOPLE[number]), "--public-key", str(public)]

    async def run(*arguments):
        return await asyncio.to_thread(CliRunner().invoke, app, arguments)

    assert (await run(*founding[:6])).exit_code == 2
    made = await run(*founding)
    assert [each["state"] for each in json.loads(made.stdout)] == ["stands", "stands"]
    assert len(json.loads((await run("operator-keys", "--json")).stdout)) == 2
    unknown = await run(
        "settlement-release", "propose", "--settlement", str(uuid4()), "--key-file", "nothing"
    )
    assert (unknown.exit_code, "private key" in unknown.output) == (2, True)
