"""Which device somebody signs in with: a long-lived random cookie, known to the house by its digest only.

The digest is keyed and of one tenant: it cannot be computed without the key, and the same device of two
tenants has two ids. A client without cookies is a new device each time; it works like any other.
"""

import os
import re
from base64 import urlsafe_b64encode
from typing import Final
from uuid import UUID

from customer_stack.customers.sealing import Sealing

DEVICE_COOKIE: Final = "bulkhead_device"
LIFETIME_SECONDS: Final = 400 * 86_400
"""As long as browsers keep a cookie at most; every sign-in begins it anew."""

_SECRET_BYTES: Final = 32
_FORM: Final = re.compile(r"[A-Za-z0-9_-]{43}")


def read_device(sent: str | None) -> str:
    """Return the cookie that a client sent, or a new one for who sent none of ours."""
    if sent is not None and _FORM.fullmatch(sent):
        return sent
    return urlsafe_b64encode(os.urandom(_SECRET_BYTES)).rstrip(b"=").decode()


def device_id_of(sealing: Sealing, tenant_id: UUID, device: str) -> UUID:
    """Return the id of a device at a tenant."""
    return UUID(bytes=sealing.index("device", tenant_id, device)[:16])
