"""What customers type, sealed into the rows that it belongs to."""

from uuid import UUID

from customer_stack.customers.sealing import RecordSealing, Sealing


class SealedTexts:
    """Notes of transfers and payloads of QR codes, bound to their rows; keyed digests of both."""

    def __init__(self, records: RecordSealing, sealing: Sealing) -> None:
        """Work with the keys of this deployment."""
        self._records = records
        self._sealing = sealing

    def seal_note(self, order_id: UUID, text: str) -> bytes:
        """Return an order's note, sealed."""
        return self._records.seal(("transfer_order", "note_sealed", order_id), text)

    def open_note(self, order_id: UUID, sealed: bytes) -> str:
        """Return an order's note. Raises SealBroken."""
        return self._records.open(("transfer_order", "note_sealed", order_id), sealed)

    def seal_held_note(self, order_id: UUID, text: str) -> bytes:
        """Return the note of an order that waits, sealed."""
        return self._records.seal(("transfer_held", "note_sealed", order_id), text)

    def open_held_note(self, order_id: UUID, sealed: bytes) -> str:
        """Return the note of an order that waits, or waited. Raises SealBroken."""
        return self._records.open(("transfer_held", "note_sealed", order_id), sealed)

    def seal_payload(self, code_id: UUID, text: str) -> bytes:
        """Return a QR code's payload, sealed."""
        return self._records.seal(("transfer_qr_code", "payload_sealed", code_id), text)

    def open_payload(self, code_id: UUID, sealed: bytes) -> str:
        """Return a QR code's payload. Raises SealBroken."""
        return self._records.open(("transfer_qr_code", "payload_sealed", code_id), sealed)

    def index(self, tenant_id: UUID, text: str) -> bytes:
        """Return a keyed digest of a text."""
        return self._sealing.index("transfer_note", tenant_id, text)
