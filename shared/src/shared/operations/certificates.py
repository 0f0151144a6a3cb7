"""How long certificates are still valid, as metrics of the process that uses them.

A process reads its certificates once, at its start. So does this: a renewed file counts after a restart,
which is when it is used.
"""

import time
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Final

from cryptography import x509
from prometheus_client import Gauge

SECONDS_LEFT: Final = Gauge(
    "bulkhead_certificate_seconds_left",
    "Validity left of a certificate of the boundary that this process has loaded.",
    ("certificate",),
)


def watch_certificates(loaded: Mapping[str, bytes]) -> None:
    """Show how long what was loaded (PEM) is valid: of several certificates in one file the first to end."""
    for name, pem in loaded.items():
        SECONDS_LEFT.labels(name).set_function(partial(_seconds_until, end_of(pem)))


def end_of(pem: bytes) -> datetime:
    """Return when the first of the certificates ends. Raises ValueError when there is none."""
    return min(each.not_valid_after_utc for each in x509.load_pem_x509_certificates(pem))


def _seconds_until(moment: datetime) -> float:
    return moment.timestamp() - time.time()
