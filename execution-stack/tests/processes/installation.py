"""The sandbox exchange and both processes of the stack, started for one test."""

import asyncio
import json
import os
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from boundary.v1 import boundary_pb2 as pb
from bulkhead_local.layout import free_ports
from bulkhead_local.programs import run, script, start
from shared.audit.keys import make_key, origin_of
from shared.boundary import methods
from shared.boundary.client import BoundaryClient
from shared.boundary.keys import dump_keys, load_keys, make_keys
from shared.boundary.wire import uuid_from_wire, uuid_to_wire
from shared.clock import SystemClock

COMMAND_SECONDS = 120
CALLER, STACK = "customer.sandbox", "execution.sandbox"


class Installation:
    def __init__(self, folder, database):
        self.folder = folder
        self.exchange_port, self.port, self.management, self.worker_management = free_ports(4)
        self._write_keys()
        secret, public = folder / "audit_key.txt", folder / "audit_public_keys.txt"
        make_key(secret, public, origin_of("sandbox", "execution"))
        other = folder / "other_audit_public_keys.txt"
        make_key(folder / "other_audit_key.txt", other, origin_of("sandbox", "customer"))
        self.environment = {
            "PATH": os.environ["PATH"],
            "EXECUTION_ENVIRONMENT": "sandbox",
            "EXECUTION_DATABASE_URL": database.dsn("app"),
            "EXECUTION_SEALER_DATABASE_URL": database.dsn("sealer"),
            "EXECUTION_AUDITOR_DATABASE_URL": database.dsn("auditor"),
            "EXECUTION_AUDIT_KEY_FILE": str(secret),
            "EXECUTION_OTHER_AUDIT_PUBLIC_KEYS_FILE": str(other),
            "EXECUTION_AUDIT_PUBLIC_KEYS_FILE": str(public),
            "EXECUTION_BOUNDARY_PORT": str(self.port),
            "EXECUTION_MANAGEMENT_PORT": str(self.management),
            "EXECUTION_WORKER_MANAGEMENT_PORT": str(self.worker_management),
            "EXECUTION_BOUNDARY_KEYS_FILE": str(folder / "boundary.json"),
            "EXECUTION_EXCHANGE_URL": f"http://127.0.0.1:{self.exchange_port}",
            "EXECUTION_EXCHANGE_KEY_ID": self.exchange_key_id,
            "EXECUTION_EXCHANGE_PRIVATE_KEY_FILE": str(folder / "exchange.pem"),
            "EXECUTION_WINDOW_SECONDS": "0.4",
            "EXECUTION_FLOAT_PATIENCE_SECONDS": "1",
            "EXECUTION_REFRESH_SECONDS": "0.3",
            "EXECUTION_RESOLUTION_SECONDS": "0.3",
        }
        self.processes = {}
        self.client = BoundaryClient(
            f"127.0.0.1:{self.port}",
            load_keys(folder / "boundary.json"),
            sender=CALLER,
            audience=STACK,
            clock=SystemClock(),
        )
        self.http = httpx.AsyncClient(timeout=5, trust_env=False)

    def _write_keys(self):
        now = datetime.now(UTC)
        keys = make_keys(
            CALLER, STACK, not_before=now - timedelta(minutes=1), not_after=now + timedelta(days=1)
        )
        (self.folder / "boundary.json").write_bytes(dump_keys(keys))
        self.exchange_key_id = str(uuid4())
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        (self.folder / "exchange.pem").write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        public = key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        (self.folder / "keys.json").write_text(json.dumps({self.exchange_key_id: public.decode()}))

    async def start_exchange(self):
        environment = {
            "PATH": os.environ["PATH"],
            "SANDBOX_EXCHANGE_PORT": str(self.exchange_port),
            "SANDBOX_EXCHANGE_KEYS_FILE": str(self.folder / "keys.json"),
        }
        await self._start("exchange", ["sandbox", "exchange"], environment, self.exchange_port, "health")

    async def start(self, name):
        port = self.management if name == "boundary" else self.worker_management
        await self._start(name, ["execution-stack", name], self.environment, port, "ready")

    async def _start(self, name, command, environment, port, page):
        self._spawn(name, command, environment)
        async with asyncio.timeout(20):
            while True:
                try:
                    answer = await self.http.get(f"http://127.0.0.1:{port}/{page}")
                    if answer.status_code == 200:
                        return
                except httpx.TransportError:
                    pass
                assert self.processes[name].poll() is None, (self.folder / f"{name}.log").read_text()
                await asyncio.sleep(0.1)

    def _spawn(self, name, command, environment):
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = start([script(command[0]), *command[1:]], environment, output=log)

    def kill(self, name):
        self.processes[name].kill()
        self.processes.pop(name).wait(10)

    async def command(self, *arguments, code=0):
        command = [script("execution-stack"), *arguments]
        done = await asyncio.to_thread(run, command, self.environment, timeout_seconds=COMMAND_SECONDS)
        assert done.returncode == code, f"{done.stdout}\n{done.stderr}"
        return done.stdout or done.stderr

    async def tell(self, path, **body):
        address = f"http://127.0.0.1:{self.exchange_port}/sandbox/{path}"
        (await self.http.post(address, json=body)).raise_for_status()

    async def quote(self, ticker, *quotes):
        listed = [{"side": side, "price": price, "count": count} for side, price, count in quotes]
        await self.tell(f"markets/{ticker}/quotes", quotes=listed, freeze=True)

    async def call(self, method, request):
        return await self.client.call(method, request, idempotency_key=uuid4(), timeout_seconds=10)

    async def register(self, *pairs):
        accounts = [
            pb.Account(account=uuid_to_wire(account), tenant=uuid_to_wire(tenant))
            for account, tenant in pairs
        ]
        return await self.call(methods.REGISTER_ACCOUNTS, pb.RegisterAccountsRequest(accounts=accounts))

    async def markets(self):
        """Return the catalogue, as soon as the worker has read it."""
        async with asyncio.timeout(10):
            while True:
                answer = await self.call(methods.LIST_MARKETS, pb.ListMarketsRequest(limit=200))
                if answer.markets:
                    return {market.ticker: market for market in answer.markets}
                await asyncio.sleep(0.1)

    async def submit(self, *intents):
        answer = await self.call(methods.SUBMIT_INTENTS, pb.SubmitIntentsRequest(intents=intents))
        return [(each.outcome, each.reason) for each in answer.answers]

    async def cancel(self, *intents):
        ids = [uuid_to_wire(each) for each in intents]
        answer = await self.call(methods.CANCEL_INTENTS, pb.CancelIntentsRequest(intents=ids))
        return [each.outcome for each in answer.answers]

    async def reports(self, after=0, wait_ms=0):
        request = pb.FetchReportsRequest(after_sequence=after, limit=1000, wait_ms=wait_ms)
        return list((await self.call(methods.FETCH_REPORTS, request)).reports)

    async def wait_for(self, kind, count):
        """Return all reports once `count` of a kind are there."""
        async with asyncio.timeout(30):
            found = []
            while sum(report.HasField(kind) for report in found) < count:
                found += await self.reports(after=len(found), wait_ms=500)
        assert [report.sequence for report in found] == list(range(1, len(found) + 1))
        return found


def intent(account: UUID, market: pb.Uuid, side, action, quantity, limit, max_total) -> pb.Intent:
    return pb.Intent(
        intent=uuid_to_wire(uuid4()),
        account=uuid_to_wire(account),
        market=market,
        side=side,
        action=action,
        quantity=quantity,
        limit_price=limit,
        max_total=max_total,
    )


def id_of(message: pb.Intent) -> UUID:
    return uuid_from_wire(message.intent)


@asynccontextmanager
async def running(folder, database):
    installation = Installation(folder, database)
    try:
        await installation.start_exchange()
        await installation.tell("deposit", amount="1000.00")
        await installation.start("boundary")
        await installation.client.open()
        yield installation
    finally:
        await installation.client.close()
        await installation.http.aclose()
        for process in installation.processes.values():
            process.terminate()
        for process in installation.processes.values():
            process.wait(20)
