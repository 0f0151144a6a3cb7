"""Use cases of files: take a picture of a document, and show it to those who may see it."""

from collections.abc import Callable
from uuid import UUID

from customer_stack.customers.service import lock_customer
from customer_stack.disclosures import service as disclosures
from customer_stack.files.examining import Examiner
from customer_stack.files.sealing import open_file, seal_file
from customer_stack.kyc.domain.files import CHUNKS, FILES_LIMIT, KycFile, Side
from customer_stack.kyc.domain.sessions import require_draft
from customer_stack.kyc.errors import KycFileNotFound, SessionNotFound, TooManyFiles
from customer_stack.kyc.service.ground import Ground, require_session
from customer_stack.kyc.service.recording import record_of
from customer_stack.kyc.service.reviewing import Reviewer
from customer_stack.kyc.store import files as store
from customer_stack.kyc.store import sessions as session_store
from shared import audit
from shared.database import Transaction


class Filing:
    """Files of sessions."""

    def __init__(self, ground: Ground) -> None:
        """Work on `ground`."""
        self._ground = ground
        self._examiner = Examiner()

    async def add(self, tenant_id: UUID, customer_id: UUID, side: Side, raw: bytes) -> KycFile:
        """Keep a file as a side of the draft's document, in place of the one before.

        Raises SessionNotFound, NotDraft, FileUnusable, FileTooLarge, TooManyFiles.
        """
        kind = await self._examiner.examine(raw)
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
            await store.insert_file(tx, file, seal_file(cipher, CHUNKS, file.id, raw))
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
            await disclosures.record(tx, reviewer.look(file.customer_id, file_id, "kyc.file", shown.at))
            return file, raw

    async def _read(
        self, tx: Transaction, file_id: UUID, may_see: Callable[[KycFile], bool]
    ) -> tuple[KycFile, bytes]:
        file = await store.load_file(tx, file_id)
        if file is None or not may_see(file):
            raise _not_found()
        cipher = await self._ground.customers.cipher_of(tx, file.customer_id)
        sealed = await store.load_chunks(tx, file_id)
        return file, open_file(cipher, CHUNKS, file_id, sealed, file.size_bytes)


def _not_found() -> KycFileNotFound:
    return KycFileNotFound("There is no such file. Check the id.")
