"""The sandbox exchange as a process of its own, for tests that speak to it over the wire."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from cryptography.hazmat.primitives import serialization

from bulkhead_local.layout import free_ports
from bulkhead_local.programs import script, start

PUBLIC = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo


@contextmanager
def sandbox_process(folder: Path, key_id: str, public_key: Any) -> Iterator[int]:
    """Run the sandbox exchange with one key; yield its port once it answers."""
    (folder / "keys.json").write_text(json.dumps({key_id: public_key.public_bytes(*PUBLIC).decode()}))
    [port] = free_ports(1)
    environment = {
        **os.environ,
        "SANDBOX_EXCHANGE_PORT": str(port),
        "SANDBOX_EXCHANGE_KEYS_FILE": str(folder / "keys.json"),
    }
    with (folder / "exchange.log").open("ab") as log:
        process = start([script("sandbox"), "exchange"], environment, output=log)
    try:
        _wait(port)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def _wait(port: int) -> None:
    for _ in range(400):
        try:
            if httpx.get(f"http://127.0.0.1:{port}/health", timeout=5, trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise TimeoutError("the sandbox exchange did not start")
