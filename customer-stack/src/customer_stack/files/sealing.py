"""Files in sealed parts under a person's key."""

from collections.abc import Sequence
from uuid import UUID

from customer_stack.customers.sealing import PersonCipher
from customer_stack.files.domain import cut, place_of_chunk
from shared.errors import invariant


def seal_file(cipher: PersonCipher, table: str, file_id: UUID, raw: bytes) -> list[bytes]:
    """Return a file's parts, each sealed for its place in `table`."""
    parts = cut(raw)
    return [
        cipher.seal_bytes(place_of_chunk(table, file_id, number, len(parts)), part)
        for number, part in enumerate(parts, 1)
    ]


def open_file(
    cipher: PersonCipher, table: str, file_id: UUID, sealed: Sequence[bytes], size_bytes: int
) -> bytes:
    """Return a file of `size_bytes` from its sealed parts. Raises SealBroken."""
    raw = b"".join(
        cipher.open_bytes(place_of_chunk(table, file_id, number, len(sealed)), part)
        for number, part in enumerate(sealed, 1)
    )
    invariant(len(raw) == size_bytes, "a file comes back whole")
    return raw
