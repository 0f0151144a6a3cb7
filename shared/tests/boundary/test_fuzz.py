"""Messages that somebody else made, by the hundred thousand: none is accepted.

Most go straight to the real receivers of all methods in both versions, as bytes and metadata, so that
there can be many of them; a part goes through gRPC to a server with a database. What counts: the answer is
a refusal for a reason that fits, nothing took effect, and the same messages unchanged are accepted.
"""

import logging
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
import structlog

from shared.audit import AuditRecord, append
from shared.boundary import nonces, receiver, schema, signing
from shared.boundary.calls import ANSWER_KEY
from shared.boundary.errors import Code, Replayed
from shared.boundary.keys import KeyRing
from shared.boundary.methods import SERVICE
from shared.boundary.receiver import Identity, Receiver
from shared.clock import FixedClock

from .conftest import TENANT
from .forgeries import KINDS
from .forging import METHODS, Forger

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SEED = 20261128
SHORT, LONG = 5_000, 250_000
BEFORE_THE_SIGNATURE = {
    Code.UNSIGNED, Code.OVERSIZE, Code.UNKNOWN_METADATA, Code.UNKNOWN_KEY, Code.WRONG_PEER, Code.TAMPERED
}  # fmt: skip


class Accepted(Exception):
    """A message got in that must not."""


class Wall:
    """The receivers of every method, and what took effect behind them."""

    def __init__(self, seed):
        self.forger = Forger(seed, FixedClock(NOW))
        self.effects = 0
        self.nonces = set()
        identity = Identity(self.forger.callee, self.forger.ring, self.forger.clock, self.remember)
        self.receivers = {
            method.path: Receiver(identity, method, self.handler_of(method)) for method in METHODS
        }

    async def remember(self, call):
        if (call.key_id, call.nonce) in self.nonces:
            raise Replayed("This call was delivered before.")
        self.nonces.add((call.key_id, call.nonce))
        call.nonce_state.is_consumed = True

    def handler_of(self, method):
        async def handle(request, call):
            await self.remember(call)
            self.effects += 1
            return method.response()

        return handle

    async def deliver(self, method, arrival):
        return await self.receivers[method.path].receive(arrival)

    async def attack(self, count, kinds=tuple(KINDS)):
        """Deliver `count` forgeries, all kinds in turn; return how many of each. Raises Accepted."""
        tried = Counter()
        for number in range(count):
            kind = kinds[number % len(kinds)]
            method, arrival, codes = self.forger.forge(kind)
            answer = await self.deliver(method, arrival)
            what = f"{kind}, message {number}, {method.path}, {answer.code}: {arrival.raw.hex()[:400]}"
            if answer.code is Code.OK or self.effects:
                raise Accepted(what)
            assert answer.code in codes, what
            assert answer.body == b"", what
            is_signed = ANSWER_KEY in dict(answer.metadata)
            assert is_signed == (answer.code not in BEFORE_THE_SIGNATURE), what
            tried[kind] += 1
        return tried


@contextmanager
def quiet():
    """Let no line be written for each refusal: there are too many."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        yield
    finally:
        structlog.configure(**before)


@pytest.fixture
def target():
    with quiet():
        yield Wall(SEED)


async def test_thousands_of_forgeries_are_refused(target):
    show(await target.attack(SHORT))


@pytest.mark.long
async def test_a_quarter_of_a_million_forgeries_are_refused(target):
    tried = await target.attack(LONG)
    show(tried)
    assert sum(tried.values()) == LONG


def show(tried):
    for kind, count in tried.items():
        print(f"{count:>8,}  {kind.replace('_', ' ')}")  # noqa: T201 - shown with -s
    print(f"{sum(tried.values()):>8,}  forgeries, none accepted (seed {SEED})")  # noqa: T201


async def test_the_same_messages_unchanged_are_accepted_once(target):
    for number, method in enumerate(METHODS * 20, 1):
        good = target.forger.good(method)
        arrival = target.forger.accepted(good)
        assert (await target.deliver(method, arrival)).code is Code.OK
        assert target.effects == number
        assert (await target.deliver(method, arrival)).code is Code.REPLAYED
        assert target.effects == number


async def test_a_refusal_that_was_signed_is_not_repeated_either(target):
    for kind in ("noise", "text_as_an_id", "unknown_field_at_any_depth"):
        method, arrival, codes = target.forger.forge(kind)
        assert (await target.deliver(method, arrival)).code in codes
        assert (await target.deliver(method, arrival)).code is Code.REPLAYED


def parse_anything(raw, shape, *, is_request):
    """Parse without asking whether there is another way to write the same."""
    message = shape.FromString(raw)
    schema._check_of(shape.DESCRIPTOR, is_request=is_request)(message)
    return message


def accept(*_arguments, **_options):
    return None


def find_any(ring, key_id, _direction, _audience, _at):
    """Find a key without asking what it is for."""
    return ring._by_id.get(key_id)


def sign_without_method(key, method, header, raw, sign=signing.sign_request):
    return sign(key, "", header, raw)


CHECKS = {
    "signature": (signing, "matches", lambda expected, given: True),
    "method in the signature": (signing, "sign_request", sign_without_method),
    "what a key is for": (KeyRing, "find_verifying", find_any),
    "time": (signing, "check_time", accept),
    "metadata": (receiver, "check_metadata", accept),
    "size": (receiver, "REQUEST_BYTES_LIMIT", 10**9),
    "one form": (schema, "_parse", parse_anything),
    "declared words": (schema, "_check_enum", lambda accepted: accept),
    "bounds": (schema, "_check_number", lambda least, most: accept),
    "bits of ids": (schema, "are_uuid_bits", lambda high, low: True),
    "idempotency key": (receiver, "are_uuid_bits", lambda high, low: True),
}


@pytest.mark.parametrize("check", CHECKS)
async def test_a_wall_without_one_of_its_checks_is_broken_through(check, monkeypatch):
    owner, name, weaker = CHECKS[check]
    monkeypatch.setattr(schema, "_checks", {})
    monkeypatch.setattr(owner, name, weaker)
    # Without the first check the later ones still refuse, but for another reason.
    with quiet(), pytest.raises(AssertionError if check == "size" else Accepted):
        await Wall(SEED).attack(3_000)


# There is no TLS here, and gRPC writes its own name over any other.
AT_THE_DOOR = [kind for kind in KINDS if kind not in ("sent_by_another_certificate", "text_as_user_agent")]


async def attack_the_door(wall, count):
    """Deliver forgeries through gRPC, those with a signed refusal twice; then good messages."""
    forger = Forger(SEED + 1, wall.clock)

    def handler_of(method):
        async def handle(request, call):
            async with wall.database.app.transaction(TENANT) as tx:
                await nonces.consume(tx, call)
                await append(tx, [AuditRecord(TENANT, "account.registered", {}, call.at, "system")])
            return method.response()

        return handle

    wall.handlers = {method: handler_of(method) for method in METHODS if method.service == SERVICE}
    running = await wall.start(keys=forger.records)
    signed = 0
    for number in range(count):
        method, arrival, codes = forger.forge(AT_THE_DOOR[number % len(AT_THE_DOOR)])
        code = await running.send(arrival.raw, arrival.metadata, method)
        assert code in codes, f"message {number}, {method.path}: {code}"
        if code not in BEFORE_THE_SIGNATURE | {Code.STALE, Code.FROM_FUTURE}:
            signed += 1
            assert await running.send(arrival.raw, arrival.metadata, method) == Code.REPLAYED
    assert await running.count_effects() == 0
    assert await running.count_nonces() == signed
    for number, method in enumerate(METHODS, 1):
        good = forger.good(method)
        sent = good.raw, forger.accepted(good).metadata, method
        assert [await running.send(*sent) for _ in range(2)] == [Code.OK, Code.REPLAYED]
        assert await running.count_effects() == number


async def test_forgeries_at_a_real_door_leave_no_row(wall):
    with quiet():
        await attack_the_door(wall, 150)


@pytest.mark.long
async def test_many_forgeries_at_a_real_door_leave_no_row(wall):
    with quiet():
        await attack_the_door(wall, 10_000)
