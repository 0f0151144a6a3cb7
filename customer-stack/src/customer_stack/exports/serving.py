"""Registered files over HTTP, so that nothing on the way keeps a copy or guesses what they are."""

import base64
from collections.abc import AsyncIterator, Mapping

from fastapi import Response
from fastapi.responses import StreamingResponse

from customer_stack.exports.domain import Export


def send(export: Export, content: bytes, name: str, more: Mapping[str, str] | None = None) -> Response:
    """Answer with a file whose line is in the register."""
    headers = _headers(export, name) | dict(more or {})
    return Response(content, media_type=export.format.media_type, headers=headers)


def stream(export: Export, content: AsyncIterator[bytes], name: str, size_bytes: int) -> StreamingResponse:
    """Answer with a long file whose line is in the register, part by part."""
    headers = _headers(export, name) | {"Content-Length": str(size_bytes)}
    return StreamingResponse(content, media_type=export.format.media_type, headers=headers)


def _headers(export: Export, name: str) -> dict[str, str]:
    """Return what every file carries: its number in the register and its SHA-256 (RFC 9530)."""
    return {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Digest": f"sha-256=:{base64.b64encode(export.sha256).decode()}:",
        "Export-Id": str(export.id),
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
