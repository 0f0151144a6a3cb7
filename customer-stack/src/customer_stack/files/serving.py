"""Files over HTTP: read with a bound, served so that nothing of them runs or stays."""

from typing import Any, Final
from uuid import UUID

from fastapi import Request, Response

from customer_stack.files.domain import SIZE_LIMIT_BYTES, Format
from customer_stack.files.errors import FileTooLarge

_TYPES: Final = {each.media_type: {"schema": {"type": "string", "format": "binary"}} for each in Format}
FILE_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": f"The file itself: JPEG, PNG or PDF, at most {SIZE_LIMIT_BYTES} bytes.",
        "content": _TYPES,
    }
}
FILE_ANSWER: Final[dict[int | str, dict[str, Any]]] = {200: {"description": "The file.", "content": _TYPES}}
"""What the documentation says of routes that take and give files."""


def serve_file(file_id: UUID, kind: Format, raw: bytes) -> Response:
    """Return a file so that a browser keeps no copy, guesses no type and runs nothing of it."""
    headers = {
        "Content-Disposition": f'attachment; filename="{file_id.hex}.{kind.value}"',
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return Response(raw, media_type=kind.media_type, headers=headers)


async def read_bounded(request: Request) -> bytes:
    """Return the body, and stop reading where it is longer than any file. Raises FileTooLarge."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > SIZE_LIMIT_BYTES:
            raise FileTooLarge(f"A file has at most {SIZE_LIMIT_BYTES} bytes. Send a smaller picture.")
        parts.append(part)
    return b"".join(parts)
