"""Rotation: no key in use is lost, and under load no call is refused, in whatever order files change."""

import asyncio
import contextlib
import json
import shutil
import stat
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
import typer
from typer.testing import CliRunner

from boundary.v1 import boundary_pb2 as pb
from shared.boundary import methods
from shared.boundary.client import BoundaryClient
from shared.boundary.errors import KeysUnusable
from shared.boundary.key_commands import add_key_commands, change_file
from shared.boundary.key_source import KeyFile
from shared.boundary.keys import SIGNS_AFTER, Direction, KeyRing, dump_keys, load_keys
from shared.boundary.receiver import Identity
from shared.boundary.rotation import OVERLAP, Change, revoke, rotate, take
from shared.boundary.server import BoundaryServer
from shared.clock import FixedClock

from .conftest import CALLEE, CALLER, NOW, keys_for, register

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
PAIR = (CALLER, CALLEE)
SKEW = timedelta(seconds=4)


def rotated(records, *, now=NOW, lead=5 * MINUTE, validity=DAY):
    return rotate(records, PAIR, now=now, lead=lead, validity=validity)


def test_a_rotation_adds_a_pair_and_drops_only_what_has_expired():
    expired, active, coming = keys_for(end=NOW), keys_for(), keys_for(start=NOW + MINUTE)
    made = rotated([*expired, *active, *coming])
    assert made.dropped == tuple(expired)
    assert made.records == (*active, *coming, *made.added)
    assert {key.direction for key in made.added} == set(Direction)
    assert all(key.not_before == NOW + 5 * MINUTE for key in made.added)


def test_the_key_in_use_outlives_the_first_use_of_the_new_one():
    ends = NOW + 5 * MINUTE + SIGNS_AFTER + OVERLAP
    assert rotated(keys_for(end=ends)).added
    with pytest.raises(KeysUnusable, match="shorter lead"):
        rotated(keys_for(end=ends - timedelta(seconds=1)))
    assert rotated(keys_for(end=NOW + MINUTE), lead=timedelta(0)).added
    assert rotated(keys_for(end=NOW), lead=5 * MINUTE).added


def test_a_handed_pair_is_taken_once_and_never_over_another():
    ours, made = keys_for(), rotated(keys_for())
    taken = take(ours, made.added, now=NOW)
    assert taken.records == (*ours, *made.added)
    assert take(taken.records, made.added, now=NOW).added == ()
    with pytest.raises(KeysUnusable, match="id of another key"):
        take(taken.records, [replace(made.added[0], secret=bytes(32))], now=NOW)
    with pytest.raises(KeysUnusable, match="expired"):
        take(ours, keys_for(end=NOW), now=NOW)


def test_a_leaked_key_goes_at_once_but_not_the_last_by_mistake():
    leaked, fresh = keys_for(), keys_for(start=NOW)
    made = revoke([*leaked, *fresh], leaked[0].id, now=NOW, even_if_last=False)
    assert made.dropped == (leaked[0],)
    assert KeyRing(made.records).find_signing(Direction.REQUEST, *PAIR, NOW) == fresh[0]
    with pytest.raises(KeysUnusable, match="stands still"):
        revoke(leaked, leaked[0].id, now=NOW, even_if_last=False)
    assert revoke(leaked, leaked[0].id, now=NOW, even_if_last=True).records == (leaked[1],)
    with pytest.raises(KeysUnusable, match="no such key"):
        revoke(leaked, uuid4(), now=NOW, even_if_last=True)


def test_no_command_leaves_a_file_that_running_processes_would_not_take_over(tmp_path):
    leaked, coming = keys_for(), keys_for(start=NOW + MINUTE)
    for others in ([], coming):
        without_calls = revoke([*leaked, *others], leaked[0].id, now=NOW, even_if_last=True)
        with pytest.raises(KeysUnusable, match="No active key would be left"):
            revoke(without_calls.records, leaked[1].id, now=NOW, even_if_last=True)
        fresh = rotated(without_calls.records, lead=timedelta(0)).records
        assert leaked[1] not in revoke(fresh, leaked[1].id, now=NOW, even_if_last=False).records
    with pytest.raises(KeysUnusable, match="stack names"):
        rotate([], ("customer", "execution"), now=NOW, lead=timedelta(0), validity=DAY)
    with pytest.raises(KeysUnusable, match="different stacks"):
        run("rotate-keys", "--caller", CALLER, "--callee", CALLER, file=tmp_path / "keys.json")
    assert not list(tmp_path.iterdir())


class Load:
    """A real server and a real client with a key file each, clocks that differ, and calls without pause."""

    def __init__(self, folder, keys):
        self.files = {name: folder / f"{name}.json" for name in ("receiver", "sender")}
        for file in self.files.values():
            file.write_bytes(dump_keys(keys))
        self.clocks = {"receiver": FixedClock(NOW), "sender": FixedClock(NOW + SKEW)}
        self.used, self.calls, self.stopping = set(), 0, False
        self.answered = asyncio.Event()

    async def run(self, changes, until, slowly_at):
        """Turn the clocks to `until`, changing files as `changes` say; return how many calls were made."""
        identity = Identity(CALLEE, KeyFile(self.files["receiver"]), self.clocks["receiver"], self.remember)
        server = BoundaryServer("127.0.0.1:0", identity)
        server.handle(methods.REGISTER_ACCOUNTS, self.handle)
        port = await server.start()
        keys = KeyFile(self.files["sender"])
        try:
            async with BoundaryClient(
                f"127.0.0.1:{port}", keys, sender=CALLER, audience=CALLEE, clock=self.clocks["sender"]
            ) as client:
                callers = [asyncio.create_task(self.call(client)) for _ in range(8)]
                now = NOW
                while now < until and not any(caller.done() for caller in callers):
                    now += timedelta(seconds=0.5 if abs(now - slowly_at) < 2 * SKEW else 5)
                    self.clocks["receiver"].set(now)
                    self.clocks["sender"].set(now + SKEW)
                    while changes and changes[0][0] <= now:
                        name, change = changes.pop(0)[1:]
                        change_file(self.files[name], change)
                    # Time goes on with the calls, so that a slow machine makes none of them stale.
                    self.answered.clear()
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self.answered.wait(), 5)
                self.stopping = True
                await asyncio.gather(*callers)
        finally:
            await server.stop()
        return self.calls

    async def call(self, client):
        while not self.stopping:
            await client.call(methods.REGISTER_ACCOUNTS, register(), idempotency_key=uuid4())
            self.calls += 1
            if self.calls % 4 == 0:
                self.answered.set()

    async def handle(self, request, call):
        self.used.add(call.key_id)
        call.nonce_state.is_consumed = True
        return pb.RegisterAccountsResponse(registered=len(request.accounts))

    async def remember(self, call):
        call.nonce_state.is_committed = True


@pytest.mark.parametrize("first", ["receiver", "sender"])
async def test_keys_are_rotated_under_load_without_a_refused_call(tmp_path, first):
    old = keys_for(end=NOW + 9 * MINUTE)
    load, second = Load(tmp_path, old), "sender" if first == "receiver" else "receiver"
    made = rotated(old, lead=3 * MINUTE)
    changes = [
        (NOW + MINUTE, first, lambda records: take(records, made.added, now=NOW)),
        (NOW + 2 * MINUTE, second, lambda records: take(records, made.added, now=NOW)),
        (NOW + 9 * MINUTE, first, lambda records: Change(made.added, dropped=tuple(records))),
    ]
    calls = await load.run(changes, until=NOW + 11 * MINUTE, slowly_at=made.added[0].not_before)
    assert calls > 100
    assert load.used == {old[0].id, made.added[0].id}


def app_of():
    app = typer.Typer()
    add_key_commands(app, "TEST_")
    return app


def run(*words, file):
    result = CliRunner().invoke(app_of(), list(words), env={"TEST_BOUNDARY_KEYS_FILE": str(file)})
    if isinstance(result.exception, KeysUnusable):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def test_the_commands_carry_a_pair_from_one_file_to_the_other_and_show_no_secret(tmp_path):
    ours, theirs, handed = (tmp_path / name for name in ("ours.json", "theirs.json", "pair.json"))
    first = run("rotate-keys", "--caller", CALLER, "--callee", CALLEE, "--lead-minutes", "0", file=ours)
    shutil.copy(ours, theirs)
    printed = run("rotate-keys", "--hand-over", str(handed), "--json", file=ours)
    taken = run("rotate-keys", "--take", str(handed), "--json", file=theirs)
    assert json.loads(printed) == json.loads(taken)
    assert {row["change"] for row in json.loads(printed)} == {"added"}
    assert load_keys(ours).records == load_keys(theirs).records
    leaked = load_keys(ours).records[0]
    said = run("revoke-key", str(load_keys(handed).records[0].id), file=ours) + first + printed + taken
    document = json.loads(dump_keys(load_keys(theirs).records))
    assert str(leaked.id) in said
    assert not any(entry["secret"] in said for entry in document["keys"])
    for file in (ours, theirs, handed):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_command_that_cannot_know_or_write_says_so(tmp_path):
    absent = tmp_path / "keys.json"
    with pytest.raises(KeysUnusable, match="--caller"):
        run("rotate-keys", file=absent)
    with pytest.raises(KeysUnusable, match="can't be written"):
        run("rotate-keys", "--caller", CALLER, "--callee", CALLEE, file=tmp_path / "no" / "keys.json")
    assert not absent.exists()
    handed = tmp_path / "pair.json"
    handed.touch()
    with pytest.raises(KeysUnusable, match=r"pair\.json can't be written: File exists"):
        run(*("rotate-keys", "--caller", CALLER, "--callee", CALLEE, "--hand-over", str(handed)), file=absent)
    assert not absent.exists()


def test_a_file_keeps_its_groups_right_to_read(tmp_path):
    file = tmp_path / "keys.json"
    file.write_bytes(dump_keys(keys_for()))
    file.chmod(0o644)
    change_file(file, rotated)
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
