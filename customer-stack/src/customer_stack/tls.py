"""The authorities that this process trusts when it calls providers, read once: that is slow."""

import ssl
from functools import cache

import httpx


@cache
def trusted_authorities() -> ssl.SSLContext:
    """Return what every HTTP client of the process verifies servers with."""
    return httpx.create_ssl_context()
