"""Use cases of the files of cases: attach one, and show it to those who may see it."""

from typing import Final
from uuid import UUID

from customer_stack.cases.domain.content import FILES_LIMIT, CaseFile
from customer_stack.cases.errors import CaseFileNotFound, TooManyCaseFiles
from customer_stack.cases.service.ground import Ground, Person, record_of, require_case, require_locked
from customer_stack.cases.store import content as store
from customer_stack.disclosures import service as disclosures
from customer_stack.disclosures.domain import Look
from customer_stack.files.examining import Examiner
from customer_stack.files.sealing import open_file, seal_file
from shared.audit import append

CHUNKS: Final = "cases_file_chunk"
"""For which table the parts of files are sealed."""


class Filing:
    """Files of cases."""

    def __init__(self, ground: Ground) -> None:
        """Work on `ground`."""
        self._ground = ground
        self._examiner = Examiner()

    async def add(self, person: Person, case_id: UUID, raw: bytes) -> CaseFile:
        """Attach a file to a case. Raises CaseNotFound, FileUnusable, FileTooLarge, TooManyCaseFiles."""
        kind = await self._examiner.examine(raw)
        ground = self._ground
        async with ground.database.transaction(person.tenant_id) as tx:
            case = await require_locked(tx, case_id, person)
            if len(await store.load_files(tx, case_id)) >= FILES_LIMIT:
                raise TooManyCaseFiles(f"A case takes {FILES_LIMIT} files. Put what is left into one.")
            now = ground.clock.now()
            file = CaseFile(ground.ids.new(), case_id, kind, len(raw), person.staff_id, now)
            cipher = await ground.customers.cipher_of(tx, case.customer_id)
            await store.insert_file(tx, case.tenant_id, file, seal_file(cipher, CHUNKS, file.id, raw))
            more = {"file_id": file.id, "format": kind.value, "size_bytes": len(raw)}
            await append(tx, [record_of(case, "file_added", now, person.actor, **more)])
            return file

    async def read(self, person: Person, case_id: UUID, file_id: UUID) -> tuple[CaseFile, bytes]:
        """Return a file of a case, which the audit remembers. Raises CaseNotFound, CaseFileNotFound."""
        ground = self._ground
        async with ground.database.transaction(person.tenant_id) as tx:
            case = await require_case(tx, case_id, person)
            file = await store.find_file(tx, case_id, file_id)
            if file is None:
                raise CaseFileNotFound("The case has no such file. Check the id.")
            cipher = await ground.customers.cipher_of(tx, case.customer_id)
            sealed = await store.load_chunks(tx, file_id)
            shown = record_of(case, "file_shown", ground.clock.now(), person.actor, file_id=file_id)
            await append(tx, [shown])
            look = Look(person.tenant_id, case.customer_id, file_id, person.staff_id, "cases.file", shown.at)
            await disclosures.record(tx, look)
            return file, open_file(cipher, CHUNKS, file_id, sealed, file.size_bytes)
