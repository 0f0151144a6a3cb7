"""Wire shapes of bank files."""

from uuid import UUID

from customer_stack.bank_files.domain.records import ImportedFile, StoredBatch, StoredEntry
from customer_stack.edge.schemas import Answer
from shared.money import LKR_SCALE, format_minor


class FileAnswer(Answer):
    """A file of the bank's. `open` counts the entries that are still to be applied."""

    id: UUID
    kind: str
    message_id: str
    imported_by: str
    imported_at: str
    entries: int
    open: int


class FilesAnswer(Answer):
    """A page of files, newest first."""

    items: list[FileAnswer]
    next_cursor: str | None


class EntryAnswer(Answer):
    """A booked movement of the account, and what became of it.

    `meaning` is pay_in, taken_back, payout_paid, payout_returned or own. `outcome` is empty until it was
    applied, then applied, own, unmatched (nothing of ours), contradicts or held (a person looks at it).
    """

    number: int
    bank_reference: str
    amount: str
    direction: str
    meaning: str
    payout_id: UUID | None
    booked_at: str
    outcome: str | None
    problem: str | None


class EntriesAnswer(Answer):
    """A page of a file's entries in their order."""

    items: list[EntryAnswer]
    next_cursor: str | None


class PayoutFileAnswer(Answer):
    """A file of payouts for the bank. `digest` is the SHA-256 of its bytes."""

    id: UUID
    pay_on: str
    payouts: int
    control_sum: str
    digest: str
    made_by: str
    made_at: str


class PayoutFilesAnswer(Answer):
    """A page of files of payouts, newest first."""

    items: list[PayoutFileAnswer]
    next_cursor: str | None


def show_file(file: ImportedFile) -> FileAnswer:
    """Return a file as staff sees it."""
    return FileAnswer(
        id=file.id,
        kind=file.kind.value,
        message_id=file.message_id,
        imported_by=file.imported_by,
        imported_at=file.imported_at.isoformat(),
        entries=file.entries,
        open=file.open,
    )


def show_entry(entry: StoredEntry) -> EntryAnswer:
    """Return an entry as staff sees it: without what names the other side."""
    return EntryAnswer(
        number=entry.number,
        bank_reference=entry.bank_reference,
        amount=format_minor(entry.amount, LKR_SCALE),
        direction=entry.direction.value,
        meaning=entry.meaning.value,
        payout_id=entry.payout_id,
        booked_at=entry.booked_at.isoformat(),
        outcome=entry.outcome.value if entry.outcome else None,
        problem=entry.problem,
    )


def show_batch(batch: StoredBatch) -> PayoutFileAnswer:
    """Return a file of payouts as staff sees it."""
    return PayoutFileAnswer(
        id=batch.id,
        pay_on=batch.pay_on.isoformat(),
        payouts=batch.transfers,
        control_sum=format_minor(batch.control_sum, LKR_SCALE),
        digest=batch.digest.hex(),
        made_by=batch.made_by,
        made_at=batch.made_at.isoformat(),
    )
