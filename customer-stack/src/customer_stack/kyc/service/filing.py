"""Use cases of files: take a picture of a document, and show it to those who may see it.

Files lie in the database, in sealed parts under the person's key: so one backup and one point-in-time
restore hold the session and its pictures, row-level security and erasure of the person cover both, and
nothing can be served by a path. They are few and are read by people; a store of objects would be one more
thing to lose.
"""

import asyncio
import io
from collections.abc import Callable
from typing import Final
from uuid import UUID

from PIL import Image, UnidentifiedImageError

from customer_stack.customers.service import lock_customer
from customer_stack.kyc.domain.files import (
    FILES_LIMIT,
    POINTS_LIMIT,
    SIZE_LIMIT_BYTES,
    Format,
    KycFile,
    Side,
    cut,
    place_of_chunk,
    recognise,
)
from customer_stack.kyc.domain.sessions import require_draft
from customer_stack.kyc.errors import (
    FileTooLarge,
    FileUnusable,
    KycFileNotFound,
    SessionNotFound,
    TooManyFiles,
)
from customer_stack.kyc.service.ground import Ground, require_session
from customer_stack.kyc.service.recording import record_of
from customer_stack.kyc.service.reviewing import Reviewer
from customer_stack.kyc.store import files as store
from customer_stack.kyc.store import sessions as session_store
from shared import audit
from shared.database import Transaction
from shared.errors import invariant

_THUMB: Final = (512, 512)
_AT_ONCE: Final = 2
"""Pictures that are decoded at one time: a progressive JPEG of the largest size needs some 200 MB."""

Image.MAX_IMAGE_PIXELS = POINTS_LIMIT


class Filing:
    """Files of sessions."""

    def __init__(self, ground: Ground) -> None:
        """Work on `ground`."""
        self._ground = ground
        self._examining = asyncio.Semaphore(_AT_ONCE)

    async def add(self, tenant_id: UUID, customer_id: UUID, side: Side, raw: bytes) -> KycFile:
        """Keep a file as a side of the draft's document, in place of the one before.

        Raises SessionNotFound, NotDraft, FileUnusable, FileTooLarge, TooManyFiles.
        """
        async with self._examining:
            kind = await asyncio.to_thread(examine, raw)
        async with self._ground.database.transaction(tenant_id) as tx:
            await lock_customer(tx, customer_id)
            session = await session_store.load_latest(tx, customer_id)
            if session is None:
                raise SessionNotFound("Your check has not begun yet. Ask again in a moment.")
            require_draft(session)
            if await store.count_files(tx, session.id) >= FILES_LIMIT:
                raise TooManyFiles(f"An attempt takes {FILES_LIMIT} uploads. Submit it with those it has.")
            now = self._ground.clock.now()
            file = KycFile(self._ground.ids.new(), tenant_id, customer_id, session.id, kind, len(raw), now)
            cipher = await self._ground.customers.cipher_of(tx, customer_id)
            parts = cut(raw)
            sealed = [
                cipher.seal_bytes(place_of_chunk(file.id, number, len(parts)), part)
                for number, part in enumerate(parts, 1)
            ]
            await store.insert_file(tx, file, sealed)
            await store.attach(tx, session, side, file.id)
            more = {"file_id": file.id, "side": side.value, "format": kind.value, "size_bytes": len(raw)}
            actor = f"customer:{customer_id}"
            await audit.append(tx, [record_of(session, "file_added", now, actor, **more)])
            return file

    async def read_own(self, tenant_id: UUID, customer_id: UUID, file_id: UUID) -> tuple[KycFile, bytes]:
        """Return a customer's own file. Raises KycFileNotFound, also when it is another's."""
        async with self._ground.database.transaction(tenant_id) as tx:
            return await self._read(tx, file_id, lambda file: file.customer_id == customer_id)

    async def read_as_staff(self, reviewer: Reviewer, file_id: UUID) -> tuple[KycFile, bytes]:
        """Return a file within reach, which the audit remembers. Raises KycFileNotFound."""
        async with self._ground.database.transaction(reviewer.tenant_id) as tx:
            found = await store.load_file(tx, file_id)
            if found is None:
                raise _not_found()
            session = await require_session(tx, found.session_id)
            reach = reviewer.department_id in (None, session.department_id)
            file, raw = await self._read(tx, file_id, lambda _: reach)
            shown = record_of(
                session, "file_shown", self._ground.clock.now(), reviewer.actor, file_id=file_id
            )
            await audit.append(tx, [shown])
            return file, raw

    async def _read(
        self, tx: Transaction, file_id: UUID, may_see: Callable[[KycFile], bool]
    ) -> tuple[KycFile, bytes]:
        file = await store.load_file(tx, file_id)
        if file is None or not may_see(file):
            raise _not_found()
        cipher = await self._ground.customers.cipher_of(tx, file.customer_id)
        sealed = await store.load_chunks(tx, file_id)
        raw = b"".join(
            cipher.open_bytes(place_of_chunk(file_id, number, len(sealed)), part)
            for number, part in enumerate(sealed, 1)
        )
        invariant(len(raw) == file.size_bytes, "a file comes back whole")
        return file, raw


def examine(raw: bytes) -> Format:
    """Return what a file is, after opening it as that. Raises FileUnusable, FileTooLarge."""
    if len(raw) > SIZE_LIMIT_BYTES:
        raise FileTooLarge(f"A file has at most {SIZE_LIMIT_BYTES} bytes. Send a smaller picture.")
    kind = recognise(raw)
    if kind is None:
        raise FileUnusable("Send a JPEG or PNG picture, or a PDF. The file is none of these.")
    if kind is not Format.PDF:
        _open_picture(raw, kind)
    return kind


def _open_picture(raw: bytes, kind: Format) -> None:
    """Decode a picture as what it says it is, a JPEG at an eighth of its size, to see a broken one."""
    try:
        with Image.open(io.BytesIO(raw), formats=[kind.value.upper()]) as picture:
            if picture.width * picture.height > POINTS_LIMIT:
                raise FileTooLarge(f"A picture has at most {POINTS_LIMIT} points. Send a smaller one.")
            if kind is Format.JPEG:
                picture.draft("RGB", _THUMB)
                picture.load()
            else:
                picture.verify()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise FileTooLarge(f"A picture has at most {POINTS_LIMIT} points. Send a smaller one.") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise FileUnusable("The picture cannot be opened. Take it again and send that.") from error


def _not_found() -> KycFileNotFound:
    return KycFileNotFound("There is no such file. Check the id.")
