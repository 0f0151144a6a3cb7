"""What is sealed into rows of other modules with the keys of records. Part of `main`."""

from uuid import UUID

from customer_stack.customers.sealing import RecordSealing


class PayerAccounts:
    """Seals payers' account numbers, and what they typed, into the rows of stored pay-in events."""

    def __init__(self, sealing: RecordSealing) -> None:
        """Seal with the keys of records."""
        self._sealing = sealing

    def seal(self, event_id: UUID, account: str) -> bytes:
        return self._sealing.seal(("payment_bank_event", "payer_account_sealed", event_id), account)

    def seal_text(self, event_id: UUID, text: str) -> bytes:
        return self._sealing.seal(("payment_bank_event", "payer_text_sealed", event_id), text)

    def open(self, event_id: UUID, sealed: bytes) -> str:
        return self._sealing.open(("payment_bank_event", "payer_account_sealed", event_id), sealed)

    def open_text(self, event_id: UUID, sealed: bytes) -> str:
        return self._sealing.open(("payment_bank_event", "payer_text_sealed", event_id), sealed)


class WebhookBodies:
    """Seals what providers send; whatever bytes it has, they come back as they were."""

    def __init__(self, sealing: RecordSealing) -> None:
        """Seal with the keys of records."""
        self._sealing = sealing

    def seal(self, message_id: UUID, body: bytes) -> bytes:
        return self._sealing.seal(("webhook_message", "body_sealed", message_id), body.decode("latin-1"))

    def open(self, message_id: UUID, sealed: bytes) -> bytes:
        text = self._sealing.open(("webhook_message", "body_sealed", message_id), sealed)
        return text.encode("latin-1")
