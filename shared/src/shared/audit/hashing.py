"""SHA-256 of many short messages, in about half of the standard library's time.

The standard library's hash sets up a context of OpenSSL for every message, which for a record or a node of
the tree costs more than the hashing. StringZilla hashes in one call, with the processor's SHA instructions.
Where there are none the standard library is the quicker one, and is taken.

Guaranteed: the same 32 bytes as `hashlib.sha256(data).digest()`, whichever it is.
"""

import hashlib
from typing import Final

import stringzilla

_BY_INSTRUCTION: Final = frozenset({"goldmont", "neonsha"})
"""What the library calls processors with SHA-256 instructions: x86 and Arm."""


def _sha256(data: bytes, /) -> bytes:
    return hashlib.sha256(data).digest()


sha256: Final = stringzilla.sha256 if _BY_INSTRUCTION & set(stringzilla.__capabilities__) else _sha256
"""Return the SHA-256 of some bytes."""
