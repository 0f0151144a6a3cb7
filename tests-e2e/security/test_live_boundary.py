"""The wall of a running platform: what is replayed, stale, forged or malformed is refused and counted."""

import asyncio
import dataclasses
import re
import secrets
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import grpc
import httpx
import pytest

from boundary.v1 import boundary_pb2 as pb
from bulkhead_local.certificates import ensure_certificate
from bulkhead_local.installation import Installation
from bulkhead_local.layout import HOST
from platform_under_test import boundary_channel, secure_channel, superuser_of
from security.conftest import Watched
from security.dumps import PROCESSES, fetch
from security.proxy import answered_calls, tls_context
from security.scene import Scene
from shared.boundary import methods, methods_v1, signing
from shared.boundary.calls import ANSWER_KEY, CALL_KEY, CODE_KEY, CallHeader, pack_call
from shared.boundary.keys import Direction, KeyRecord, load_keys
from shared.boundary.wire import uuid_to_wire

pytestmark = pytest.mark.system

CUSTOMER, EXECUTION = "customer.sandbox", "execution.sandbox"
PATH: Final = methods.REGISTER_ACCOUNTS.path
COUNTER: Final = re.compile(
    rb'^boundary_(calls|refusals)_total\{.*?code="([a-z_]+)".*\} ([0-9.e+]+)$', re.MULTILINE
)


def counters(platform: Installation) -> dict[tuple[str, str], int]:
    """Return how often each code was answered: (calls or refusals, code) -> count."""
    _, text = fetch(f"{platform.ports.url('execution_management')}/metrics")
    found: dict[tuple[str, str], int] = {}
    for name, code, value in COUNTER.findall(text):
        key = (name.decode(), code.decode())
        found[key] = found.get(key, 0) + int(float(value))
    return found


@contextmanager
def counted(platform: Installation, code: str) -> Iterator[None]:
    """Expect exactly one more refusal with this code."""
    before = counters(platform)
    yield
    after = counters(platform)
    for name in ("calls", "refusals"):
        assert after.get((name, code), 0) - before.get((name, code), 0) == 1, f"{name} of {code}"


@dataclasses.dataclass(frozen=True)
class Wall:
    """Calls that we sign ourselves, with the customer stack's own key, and send straight to execution."""

    platform: Installation
    key: KeyRecord
    tenant: UUID

    def message(self) -> tuple[UUID, bytes]:
        """Return a new account and the request that would register it."""
        account = uuid4()
        entry = pb.Account(account=uuid_to_wire(account), tenant=uuid_to_wire(self.tenant))
        return account, pb.RegisterAccountsRequest(accounts=[entry]).SerializeToString(deterministic=True)

    def header(self, **changes: Any) -> CallHeader:
        """Return a fresh header."""
        header = CallHeader(self.key.id, time.time_ns() // 1000 * 1000, secrets.token_bytes(16), uuid4())
        return dataclasses.replace(header, **changes)

    def sign(self, header: CallHeader, raw: bytes, key: KeyRecord | None = None) -> bytes:
        """Return the metadata value of a signed call."""
        return pack_call(header, signing.sign_request(key or self.key, PATH, header, raw))

    def send(self, raw: bytes, *metadata: tuple[str, str | bytes], path: str = PATH) -> tuple[str, bool]:
        """Send bytes; return the code that is answered, and whether the answer is signed."""
        with boundary_channel(self.platform) as channel:
            return self.send_on(channel, raw, *metadata, path=path)

    def send_on(
        self, channel: grpc.Channel, raw: bytes, *metadata: tuple[str, str | bytes], path: str = PATH
    ) -> tuple[str, bool]:
        """Send bytes over a channel; return the code that is answered, and whether the answer is signed."""
        with channel:
            call = channel.unary_unary(path, None, None)
            info: Any
            try:
                _, info = call.with_call(raw, metadata=metadata, timeout=10)
            except grpc.RpcError as error:
                info = error
            answer = {str(key): value for key, value in info.trailing_metadata() or ()}
            return str(answer.get(CODE_KEY, info.code())), ANSWER_KEY in answer

    async def is_registered(self, account: UUID) -> bool:
        """Tell whether execution knows an account."""
        async with superuser_of(self.platform, "execution") as connection:
            count = await connection.fetchval(
                "SELECT count(*) FROM account_reference r WHERE r::text LIKE '%' || $1 || '%'", str(account)
            )
        return bool(count)


@pytest.fixture(scope="package")
def wall(watched: Watched) -> Wall:
    ring = load_keys(watched.platform.folder / "secrets" / "customer_boundary_keys.json")
    key = ring.find_signing(Direction.REQUEST, CUSTOMER, EXECUTION, datetime.now(UTC))
    tenant = watched.platform.state()["tenants"][0]["id"]
    return Wall(watched.platform, key, UUID(tenant))


async def test_a_call_that_is_signed_well_takes_effect_once(wall: Wall) -> None:
    """The control of everything below, and the replay: the same bytes again are refused and counted."""
    account, raw = wall.message()
    signed = wall.sign(wall.header(), raw)
    assert wall.send(raw, (CALL_KEY, signed)) == ("ok", True)
    assert await wall.is_registered(account)
    with counted(wall.platform, "replayed"):
        assert wall.send(raw, (CALL_KEY, signed)) == ("replayed", True)


Forgery = Callable[[Wall, bytes], list[tuple[str, str | bytes]]]


def unsigned(wall: Wall, raw: bytes) -> list[tuple[str, str | bytes]]:
    return []


def tampered(wall: Wall, raw: bytes) -> list[tuple[str, str | bytes]]:
    return [(CALL_KEY, wall.sign(wall.header(), raw[:-1] + bytes([raw[-1] ^ 1])))]


def stale(wall: Wall, raw: bytes) -> list[tuple[str, str | bytes]]:
    return [(CALL_KEY, wall.sign(wall.header(time_ns=time.time_ns() - 60_000_000_000), raw))]


def from_future(wall: Wall, raw: bytes) -> list[tuple[str, str | bytes]]:
    return [(CALL_KEY, wall.sign(wall.header(time_ns=time.time_ns() + 60_000_000_000), raw))]


def for_another_audience(wall: Wall, raw: bytes) -> list[tuple[str, str | bytes]]:
    key = dataclasses.replace(wall.key, audience="execution.production")
    return [(CALL_KEY, wall.sign(wall.header(), raw, key))]


def with_the_key_of_answers(wall: Wall, raw: bytes) -> list[tuple[str, str | bytes]]:
    ring = load_keys(wall.platform.folder / "secrets" / "customer_boundary_keys.json")
    key = ring.find_signing(Direction.RESPONSE, EXECUTION, CUSTOMER, datetime.now(UTC))
    return [(CALL_KEY, wall.sign(wall.header(key_id=key.id), raw, key))]


def with_a_key_of_our_own(wall: Wall, raw: bytes) -> list[tuple[str, str | bytes]]:
    key = dataclasses.replace(wall.key, id=uuid4(), secret=secrets.token_bytes(32))
    return [(CALL_KEY, wall.sign(wall.header(key_id=key.id), raw, key))]


def with_more_metadata(wall: Wall, raw: bytes) -> list[tuple[str, str | bytes]]:
    return [(CALL_KEY, wall.sign(wall.header(), raw)), ("customer-name", "Zyxandra")]


@pytest.mark.parametrize(
    ("forge", "code", "is_signed"),
    [
        (unsigned, "unsigned", False),
        (tampered, "tampered", False),
        (stale, "stale", True),
        (from_future, "from_future", True),
        (for_another_audience, "tampered", False),
        (with_the_key_of_answers, "unknown_key", False),
        (with_a_key_of_our_own, "unknown_key", False),
        (with_more_metadata, "unknown_metadata", False),
    ],
)
async def test_a_forged_call_is_refused_and_counted(
    wall: Wall, forge: Forgery, code: str, is_signed: bool
) -> None:
    account, raw = wall.message()
    metadata = forge(wall, raw)
    with counted(wall.platform, code):
        assert wall.send(raw, *metadata) == (code, is_signed)
    assert not await wall.is_registered(account)


def with_an_unknown_field(raw: bytes) -> bytes:
    name = b"Zyxandra Quillfeather-Marrow"
    return raw + b"\x7a" + bytes([len(name)]) + name  # field 15, a string


def with_a_field_twice(raw: bytes) -> bytes:
    return raw[:-9] + raw[-9:] + b"\x08\x01"


def with_a_uuid_that_is_none(raw: bytes) -> bytes:
    entry = pb.Account(account=pb.Uuid(high=0x5A79_7861_6E64_7261, low=1), tenant=pb.Uuid(high=1, low=1))
    return pb.RegisterAccountsRequest(accounts=[entry]).SerializeToString(deterministic=True)


def with_nothing(raw: bytes) -> bytes:
    return b""


def with_noise(raw: bytes) -> bytes:
    return b"\xff" * 40


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (with_an_unknown_field, "unknown_field"),
        (with_a_field_twice, "unknown_field"),
        (with_a_uuid_that_is_none, "bad_uuid"),
        (with_nothing, "out_of_bounds"),
        (with_noise, "malformed"),
    ],
)
async def test_a_malformed_message_with_a_valid_signature_is_refused_and_counted(
    wall: Wall, spoil: Callable[[bytes], bytes], code: str
) -> None:
    account, good = wall.message()
    raw = spoil(good)
    signed = wall.sign(wall.header(), raw)
    with counted(wall.platform, code):
        assert wall.send(raw, (CALL_KEY, signed)) == (code, True)
    with counted(wall.platform, "replayed"):
        assert wall.send(raw, (CALL_KEY, signed)) == ("replayed", True)
    assert not await wall.is_registered(account)


def test_a_signature_holds_for_one_method_of_one_version_only(wall: Wall) -> None:
    _, raw = wall.message()
    signed = wall.sign(wall.header(), raw)
    for path in (methods.SUBMIT_INTENTS.path, methods_v1.REGISTER_ACCOUNTS.path):
        with counted(wall.platform, "tampered"):
            assert wall.send(raw, (CALL_KEY, signed), path=path) == ("tampered", False)


async def test_a_good_signature_needs_the_certificate_of_its_sender(wall: Wall, tmp_path: Path) -> None:
    """Without one, with one of a rogue authority, or with another stack's, the key alone opens nothing."""
    account, raw = wall.message()
    authority = (wall.platform.folder / "secrets" / "authority.pem").read_bytes()
    rogue = ensure_certificate(tmp_path, "customer")
    rogues = (rogue.private_key.read_bytes(), rogue.certificate.read_bytes())
    for channel in (
        secure_channel(wall.platform, authority),
        secure_channel(wall.platform, authority, *rogues),
    ):
        code, is_signed = wall.send_on(channel, raw, (CALL_KEY, wall.sign(wall.header(), raw)))
        assert "UNAVAILABLE" in code
        assert not is_signed
    with counted(wall.platform, "wrong_peer"):
        channel = boundary_channel(wall.platform, "execution")
        sent = wall.send_on(channel, raw, (CALL_KEY, wall.sign(wall.header(), raw)))
        assert sent == ("wrong_peer", False)
    assert not await wall.is_registered(account)


@pytest.mark.parametrize(
    "path",
    [
        "/boundary.v1.Boundary/DumpEverything",
        "/boundary.v2.Boundary/DumpEverything",
        "/boundary.v3.Boundary/SubmitIntents",
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
        "/grpc.health.v1.Health/Check",
    ],
)
def test_there_are_no_other_methods(wall: Wall, path: str) -> None:
    code, _ = wall.send(b"", path=path)
    assert "UNIMPLEMENTED" in code


async def test_what_was_recorded_on_the_wire_cannot_be_played_again(watched: Watched, scene: Scene) -> None:
    """A whole recorded connection of the customer stack, sent again byte by byte, has no effect."""
    platform = watched.platform
    watched.proxy.drop_connections()
    first = len(watched.proxy.connections)
    await place_one_wager(platform, scene)
    deadline = time.monotonic() + 20
    while not any(is_worth_replaying(each) for each in watched.proxy.connections[first:]):
        assert time.monotonic() < deadline, "the customer stack submits the intent over a new connection"
        await asyncio.sleep(0.2)
    await asyncio.to_thread(platform.supervisor.stop, ["customer-worker"])
    try:
        connection = next(each for each in watched.proxy.connections[first:] if is_worth_replaying(each))
        recorded, calls = answered_calls(connection)
        facts = await count_facts(platform)
        before = counters(platform)
        answer = await asyncio.to_thread(play_again, platform, recorded)
        after = counters(platform)
        refused = sum(
            after.get(("refusals", code), 0) - before.get(("refusals", code), 0)
            for code in ("replayed", "stale")
        )
        assert refused == calls
        assert after.get(("refusals", "replayed"), 0) > before.get(("refusals", "replayed"), 0)
        assert after.get(("calls", "ok"), 0) == before.get(("calls", "ok"), 0)
        assert b"replayed" in answer
        assert await count_facts(platform) == facts
    finally:
        await asyncio.to_thread(platform.supervisor.restart, "customer-worker")


def is_worth_replaying(connection: Any) -> bool:
    recorded, calls = answered_calls(connection)
    return calls >= 4 and b"SubmitIntents" in recorded


def play_again(platform: Installation, recorded: bytes) -> bytes:
    """Send a recording to execution; return all that it answers within two quiet seconds."""
    answer = bytearray()
    context = tls_context(platform.folder / "secrets", "customer", ssl.Purpose.SERVER_AUTH)
    address = (HOST, platform.ports.execution_grpc)
    with (
        socket.create_connection(address, timeout=10) as plain,
        context.wrap_socket(plain, server_hostname=EXECUTION) as wire,
    ):
        wire.sendall(recorded)
        wire.settimeout(2)
        try:
            while chunk := wire.recv(65536):
                answer += chunk
        except TimeoutError:
            pass
    return bytes(answer)


async def place_one_wager(platform: Installation, scene: Scene) -> None:
    """Have somebody of the scene place a wager on a market that is still open."""
    person = scene.people[0]
    async with httpx.AsyncClient(base_url=platform.ports.url("customer_http"), timeout=20) as client:
        signed_in = {"tenant": person.tenant, "email": person.email, "password": person.password}
        session = (await client.post("/v1/sessions", json=signed_in)).raise_for_status().json()
        client.headers["Authorization"] = f"Bearer {session['token']}"
        markets = (await client.get("/v1/markets?limit=200")).raise_for_status().json()["items"]
        market = next(each for each in markets if each["status"] == "open" and each["yes_ask"])
        body = {
            "market_id": market["id"],
            "side": "yes",
            "action": "buy",
            "quantity": "1.00",
            "limit_price": "0.50",
        }
        placed = await client.post("/v1/wagers", json=body, headers={"Idempotency-Key": str(uuid4())})
        assert placed.status_code == 201, placed.text


async def count_facts(platform: Installation) -> dict[str, int]:
    """Return how many rows each table has that a call could have written, nonces left out."""
    tables = ("account_tenant", "account_reference", "intent", "ledger_transfer", "settlement_confirmation")
    async with superuser_of(platform, "execution") as connection:
        return {table: await connection.fetchval(f"SELECT count(*) FROM {table}") for table in tables}


BUSINESS: Final = (
    "/v1/customers",
    "/v1/wagers",
    "/v1/wallet",
    "/v1/markets",
    "/v1/sessions",
    "/staff/sessions",
    "/staff/treasury/contributions",
    "/webhooks/bank",
    "/docs",
    "/openapi.json",
    "/redoc",
    "/",
    "/debug/pprof",
    "/metrics/../v1/wagers",
    "/admin",
)


def test_management_ports_have_three_pages_and_nothing_else(watched: Watched) -> None:
    for processes in PROCESSES.values():
        for port in processes.values():
            base = watched.platform.ports.url(port)
            for page in ("/health", "/ready", "/metrics"):
                assert fetch(base + page)[0] == 200
                assert fetch(base + page, "POST")[0] == 405
            for path in BUSINESS:
                for method in ("GET", "POST", "PUT", "DELETE"):
                    status, _ = fetch(base + path, method)
                    assert status in (404, 405), f"{method} {path} on {port}"


def test_the_public_port_has_no_management_pages(watched: Watched) -> None:
    base = watched.platform.ports.url("customer_http")
    for page in ("/health", "/ready", "/metrics"):
        assert fetch(base + page)[0] == 404


def test_old_calls_are_refused_whatever_the_clock_skew(wall: Wall) -> None:
    """The window is half a minute: a call of 29 seconds ago is taken, one of 31 is not."""
    for age, code in ((timedelta(seconds=28), "ok"), (timedelta(seconds=32), "stale")):
        _, raw = wall.message()
        header = wall.header(time_ns=time.time_ns() - int(age.total_seconds()) * 1_000_000_000)
        assert wall.send(raw, (CALL_KEY, wall.sign(header, raw)))[0] == code
