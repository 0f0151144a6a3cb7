"""Whether the process of a container is ready: exit code 0, or 1 and the reason.

    python3 healthy.py 127.0.0.1:8001 127.0.0.1:8002

The addresses are those of management ports; the first that somebody listens on answers for the process. Of
the standard library only, and of that little: it is started every few seconds.
"""

import socket
import sys
from collections.abc import Sequence

TIMEOUT_SECONDS = 3.0
PATHS = ("/ready", "/health")
"""The sandbox's counterparties have the second only."""


def status_of(address: str, path: str) -> int | None:
    """Return the HTTP status of a page, or None where nobody listens."""
    host, _, port = address.rpartition(":")
    try:
        connection = socket.create_connection((host, int(port)), TIMEOUT_SECONDS)
    except OSError:
        return None
    with connection:
        connection.settimeout(TIMEOUT_SECONDS)
        connection.sendall(f"GET {path} HTTP/1.0\r\nHost: {host}\r\n\r\n".encode())
        line = connection.makefile("rb").readline(200).split()
    return int(line[1]) if len(line) > 1 else 0


def judge(addresses: Sequence[str]) -> str | None:
    """Return what is wrong, or None."""
    for address in addresses:
        for path in PATHS:
            status = status_of(address, path)
            if status is None:
                break
            if status != 404:
                return None if status == 200 else f"{address}{path} answers {status}"
    return f"nobody listens on {' or '.join(addresses)}"


if __name__ == "__main__":
    try:
        PROBLEM = judge(sys.argv[1:])
    except OSError as error:
        PROBLEM = f"no answer in time: {type(error).__name__}"
    print(PROBLEM or "ready")
    sys.exit(PROBLEM is not None)
