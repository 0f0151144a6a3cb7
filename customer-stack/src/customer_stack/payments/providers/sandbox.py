"""The sandbox's bank over HTTP: signed webhooks in, statements out.

`Bank-Signature: t=<unix seconds>,v1=<hex HMAC-SHA256(secret, t + "." + raw body)>`. A time more than five
minutes from ours is refused, so a message that leaked cannot be played again later; within them, repeats
are harmless because events are deduplicated.
"""

import hashlib
import hmac
import re
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import httpx
import orjson
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from customer_stack.payments.domain import Notice, Statement, StatementEntry
from customer_stack.payments.errors import BankUnavailable, NoticeInvalid, SignatureInvalid
from shared.money import LKR_SCALE, InexactAmount, to_minor

SIGNATURE_AGE_SECONDS: Final = 300
PAGE: Final = 500
PAY_IN: Final = "pay_in.received"

_UNUSABLE: Final = (
    httpx.HTTPError,
    orjson.JSONDecodeError,
    KeyError,
    TypeError,
    InvalidOperation,
    InexactAmount,
)
_NAME: Final = r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$"
"""The bank's names of events and bookings: no blanks, no control characters."""

_SIGNATURE: Final = re.compile(r"t=([0-9]{1,12}),v1=([0-9a-f]{64})")


class PayInMessage(BaseModel):
    """The body of a pay-in message."""

    model_config = ConfigDict(extra="forbid")

    event_id: str = Field(pattern=_NAME)
    type: str
    bank_reference: str = Field(pattern=_NAME)
    pay_reference: str = Field(max_length=140)
    amount: str = Field(pattern=r"^[0-9]{1,13}\.[0-9]{2}$")
    currency: str
    payer_account: str = Field(min_length=1, max_length=140)
    booked_at: AwareDatetime


class SandboxBank:
    """Speaks to the sandbox bank."""

    name = "sandbox-bank"

    def __init__(self, base_url: str, api_key: str, webhook_secret: str, client: httpx.AsyncClient) -> None:
        """Use `client` for calls to `base_url`; verify messages with `webhook_secret`."""
        self._url = base_url.rstrip("/")
        self._key = api_key
        self._secret = webhook_secret.encode()
        self._client = client

    def read_notice(self, raw: bytes, signature: str | None, now: datetime) -> Notice | None:
        """Return the pay-in that a signed message announces; None when it announces something else.

        Raises SignatureInvalid, NoticeInvalid.
        """
        self._verify(raw, signature, now)
        try:
            announced: Any = orjson.loads(raw)
        except orjson.JSONDecodeError as error:
            raise NoticeInvalid("The message is not JSON. Send the agreed form.") from error
        if not isinstance(announced, dict):
            raise NoticeInvalid("The message is not an object. Send the agreed form.")
        if announced.get("type") != PAY_IN:
            return None
        try:
            message = PayInMessage.model_validate(announced)
            amount = to_minor(Decimal(message.amount), LKR_SCALE)
            booked_at = message.booked_at.astimezone(UTC)
        except (ValidationError, InexactAmount, InvalidOperation, OverflowError) as error:
            raise NoticeInvalid("The message does not have the agreed form of a pay-in.") from error
        if message.currency != "LKR" or amount == 0:
            raise NoticeInvalid("A pay-in is an amount of LKR above zero.")
        return Notice(
            provider=self.name,
            event_id=message.event_id,
            bank_reference=message.bank_reference,
            pay_reference=message.pay_reference,
            amount=amount,
            payer_account=message.payer_account,
            booked_at=booked_at,
        )

    def _verify(self, raw: bytes, signature: str | None, now: datetime) -> None:
        match = _SIGNATURE.fullmatch(signature or "")
        if match is None:
            raise SignatureInvalid("Send the header Bank-Signature: t=<unix time>,v1=<hex HMAC-SHA256>.")
        expected = hmac.new(self._secret, match[1].encode() + b"." + raw, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(expected, match[2]):
            raise SignatureInvalid("The signature does not belong to this message and our secret.")
        if abs(int(now.timestamp()) - int(match[1])) > SIGNATURE_AGE_SECONDS:
            raise SignatureInvalid("The signature is too old. Sign the message again and send it.")

    async def fetch_statement(self) -> Statement:
        """Return the whole statement. Raises BankUnavailable; nothing else."""
        entries: list[StatementEntry] = []
        after = 0
        try:
            while True:
                page, before = await self._fetch_page(after), after
                for entry in page["entries"]:
                    amount = to_minor(Decimal(entry["amount"]), LKR_SCALE)
                    entries.append(StatementEntry(entry["bank_reference"], amount))
                    after = entry["entry_id"]
                if not page["has_more"]:
                    return Statement(to_minor(Decimal(page["balance"]), LKR_SCALE), entries)
                if after <= before:
                    raise BankUnavailable("The bank's statement does not end. Ask the bank.")
        except _UNUSABLE as error:
            raise BankUnavailable("The bank's statement could not be fetched. Try again later.") from error

    async def _fetch_page(self, after: int) -> Any:
        answer = await self._client.get(
            f"{self._url}/v1/statement",
            params={"after": after, "limit": PAGE},
            headers={"Authorization": f"Bearer {self._key}"},
        )
        answer.raise_for_status()
        return orjson.loads(answer.content)
