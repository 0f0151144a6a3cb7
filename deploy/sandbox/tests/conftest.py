"""Real programs for the tests: started as processes, spoken to over HTTP only."""

import base64
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from bulkhead_local import programs
from bulkhead_local.layout import free_ports

KEY_ID = "0d2c1c0e-8a5d-4f0e-9f53-5f3b5f0f3c11"
START_SECONDS = 60


class Program:
    """One running sandbox program."""

    def __init__(self, name: str, settings: Mapping[str, str], log: Path) -> None:
        self.name = name
        self.log = log
        self.settings = dict(settings)
        [self.port] = free_ports(1)
        self.process: programs.Process | None = None
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=10)

    def start(self) -> None:
        """Start and wait until it is healthy."""
        environment = {**os.environ, **self.settings, f"SANDBOX_{self.name.upper()}_PORT": str(self.port)}
        with self.log.open("ab") as log:
            self.process = programs.start([programs.script("sandbox"), self.name], environment, output=log)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                if self.http.get("/health").status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        raise TimeoutError(f"{self.name} did not start")

    def kill(self) -> None:
        """End it as a crash does."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(10)

    def stop(self) -> None:
        """End it in peace, where it runs."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(10)
        self.http.close()


class Member:
    """A signing client of the exchange."""

    def __init__(self, program: Program, key: rsa.RSAPrivateKey) -> None:
        self.program = program
        self.key = key

    def headers(self, method: str, path: str, *, time_ms: int | None = None) -> dict[str, str]:
        timestamp = str(time_ms or time.time_ns() // 1_000_000)
        pss = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32)
        signature = self.key.sign(f"{timestamp}{method}{path}".encode(), pss, hashes.SHA256())
        return {
            "KALSHI-ACCESS-KEY": KEY_ID,
            "KALSHI-ACCESS-TIMESTAMP": timestamp,
            "KALSHI-ACCESS-SIGNATURE": base64.b64encode(signature).decode(),
        }

    def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        full = f"/trade-api/v2{path}"
        return self.program.http.request(method, full, headers=self.headers(method, full), **options)

    def order(self, ticker: str, side: str, count: str, price: str, **more: Any) -> httpx.Response:
        body = {
            "ticker": ticker,
            "side": side,
            "count": count,
            "price": price,
            "time_in_force": "immediate_or_cancel",
            "self_trade_prevention_type": "taker_at_cross",
            **more,
        }
        return self.call("POST", "/portfolio/events/orders", json=body)

    def balance(self) -> str:
        return str(self.call("GET", "/portfolio/balance").json()["balance_dollars"])


@pytest.fixture(scope="session")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="module")
def start(
    tmp_path_factory: pytest.TempPathFactory, key: rsa.RSAPrivateKey
) -> Iterator[Callable[..., Program]]:
    started: list[Program] = []

    def start_one(name: str, **settings: str) -> Program:
        folder = tmp_path_factory.mktemp(name)
        keys_file = folder / "keys.json"
        public = key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        keys_file.write_text(json.dumps({KEY_ID: public.decode()}))
        program = Program(
            name,
            {
                "SANDBOX_STATE_DIR": str(folder),
                "SANDBOX_EXCHANGE_KEYS_FILE": str(keys_file),
                "SANDBOX_EXCHANGE_SETTLEMENT_TIMER_SECONDS": "0",
                "SANDBOX_BANK_API_KEY": "bank-key",
                "SANDBOX_IDENTITY_API_KEY": "identity-key",
                "SANDBOX_ACQUIRER_API_KEY": "acquirer-key",
                **settings,
            },
            folder / "program.log",
        )
        started.append(program)
        program.start()
        return program

    yield start_one
    for program in started:
        program.stop()


@pytest.fixture
def journal_path(tmp_path: Path) -> Path:
    return tmp_path / "test.journal"


@pytest.fixture(scope="module")
def exchange_program(start: Callable[..., Program]) -> Program:
    return start("exchange", SANDBOX_EXCHANGE_PING_SECONDS="0.2")


@pytest.fixture(scope="module")
def member(exchange_program: Program, key: rsa.RSAPrivateKey) -> Member:
    return Member(exchange_program, key)
