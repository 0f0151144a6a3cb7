"""The sandbox's bank over HTTP: signed webhooks in, statements out.

`Bank-Signature: t=<unix seconds>,v1=<hex HMAC-SHA256(secret, t + "." + raw body)>`. A time more than five
minutes from ours is refused, so a message that leaked cannot be played again later; within them, repeats
are harmless because events are deduplicated.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, Final, TypeVar

import httpx
import orjson
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from customer_stack.payments.domain import Notice, Statement, StatementEntry, TakeBack
from customer_stack.payments.errors import BankUnavailable
from customer_stack.webhooks.domain import Envelope
from customer_stack.webhooks.errors import MessageInvalid, SignatureInvalid
from shared.money import LKR_SCALE, to_minor

SIGNATURE_AGE_SECONDS: Final = 300
PAGE: Final = 500
PAY_IN: Final = "pay_in.received"
TAKEN_BACK: Final = "pay_in.taken_back"

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$")]
"""The bank's names of events and bookings: no blanks, no control characters."""

Cents = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,13}\.[0-9]{2}$")]
SignedCents = Annotated[str, StringConstraints(pattern=r"^-?[0-9]{1,13}\.[0-9]{2}$")]
"""Amounts of LKR: no exponent, so that a short text is never a huge number."""

_SIGNATURE: Final = re.compile(r"t=([0-9]{1,12}),v1=([0-9a-f]{64})")


class Announcement(BaseModel):
    """What every message of the bank has."""

    event_id: Name
    type: Annotated[str, StringConstraints(pattern=r"^[a-z_.]{1,64}$")]


class PayInMessage(BaseModel):
    """The body of a pay-in message."""

    model_config = ConfigDict(extra="forbid")

    event_id: Name
    type: str
    bank_reference: Name
    pay_reference: str = Field(max_length=140)
    amount: Cents
    currency: str
    payer_account: str = Field(min_length=1, max_length=140)
    booked_at: AwareDatetime


class TakenBackMessage(BaseModel):
    """The body of a message that a pay-in was taken back."""

    model_config = ConfigDict(extra="forbid")

    event_id: Name
    type: str
    bank_reference: Name
    reversal_reference: Name
    amount: Cents
    currency: str
    booked_at: AwareDatetime


class EntryRow(BaseModel):
    """One line of the statement, as far as it is compared."""

    entry_id: int = Field(ge=1)
    bank_reference: str = Field(max_length=64)
    amount: SignedCents
    booked_at: AwareDatetime | None = None


class StatementPage(BaseModel):
    """A page of the statement."""

    balance: SignedCents
    entries: list[EntryRow] = Field(max_length=PAGE)
    has_more: bool


MessageT = TypeVar("MessageT", PayInMessage, TakenBackMessage)


class BankSignature:
    """Verifies the bank's messages, and refuses those about pay-ins that do not have the agreed form."""

    name = "bank"

    def __init__(self, webhook_secret: str) -> None:
        """Verify with the secret that we share with the bank."""
        self._secret = webhook_secret.encode()

    def open(self, raw: bytes, headers: Mapping[str, str], now: datetime) -> Envelope:
        """Return the message. Raises SignatureInvalid, MessageInvalid."""
        self._verify(raw, headers.get("bank-signature"), now)
        try:
            announced = Announcement.model_validate_json(raw)
        except ValidationError as error:
            raise MessageInvalid("The message is no event in JSON. Send the agreed form.") from error
        envelope = Envelope(self.name, announced.event_id, announced.type, raw)
        _read_pay_in(envelope)
        _read_taken_back(envelope)
        return envelope

    def _verify(self, raw: bytes, signature: str | None, now: datetime) -> None:
        match = _SIGNATURE.fullmatch(signature or "")
        if match is None:
            raise SignatureInvalid("Send the header Bank-Signature: t=<unix time>,v1=<hex HMAC-SHA256>.")
        expected = hmac.new(self._secret, match[1].encode() + b"." + raw, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(expected, match[2]):
            raise SignatureInvalid("The signature does not belong to this message and our secret.")
        if abs(int(now.timestamp()) - int(match[1])) > SIGNATURE_AGE_SECONDS:
            raise SignatureInvalid("The signature is too old. Sign the message again and send it.")


class SandboxBank:
    """Speaks to the sandbox bank."""

    name = "sandbox-bank"

    def __init__(self, base_url: str, api_key: str, client: httpx.AsyncClient) -> None:
        """Use `client` for calls to `base_url`."""
        self._url = base_url.rstrip("/")
        self._key = api_key
        self._client = client

    def read_notice(self, envelope: Envelope) -> Notice | None:
        """Return the pay-in that a message announces, None for another message. Raises MessageInvalid."""
        message = _read_pay_in(envelope)
        if message is None:
            return None
        return Notice(
            provider=self.name,
            event_id=message.event_id,
            bank_reference=message.bank_reference,
            pay_reference=message.pay_reference,
            amount=_cents(message.amount),
            payer_account=message.payer_account,
            booked_at=message.booked_at.astimezone(UTC),
        )

    def read_take_back(self, envelope: Envelope) -> TakeBack | None:
        """Return the pay-in that a message takes back, None for another message. Raises MessageInvalid."""
        message = _read_taken_back(envelope)
        if message is None:
            return None
        return TakeBack(
            provider=self.name,
            bank_reference=message.bank_reference,
            reversal_reference=message.reversal_reference,
            amount=_cents(message.amount),
            booked_at=message.booked_at.astimezone(UTC),
        )

    async def fetch_statement(self) -> Statement:
        """Return the whole statement. Raises BankUnavailable; nothing else."""
        entries: list[StatementEntry] = []
        after = 0
        try:
            while True:
                page, before = await self._fetch_page(after), after
                for entry in page.entries:
                    amount = _cents(entry.amount)
                    entries.append(StatementEntry(entry.bank_reference, amount, entry.booked_at))
                    after = entry.entry_id
                if not page.has_more:
                    return Statement(_cents(page.balance), entries)
                if after <= before:
                    raise BankUnavailable("The bank's statement does not end. Ask the bank.")
        except (httpx.HTTPError, ValidationError) as error:
            raise BankUnavailable("The bank's statement could not be fetched. Try again later.") from error

    async def _fetch_page(self, after: int) -> StatementPage:
        answer = await self._client.get(
            f"{self._url}/v1/statement",
            params={"after": after, "limit": PAGE},
            headers={"Authorization": f"Bearer {self._key}"},
        )
        answer.raise_for_status()
        return StatementPage.model_validate_json(answer.content)


def _read_pay_in(envelope: Envelope) -> PayInMessage | None:
    return _read(envelope, PayInMessage) if envelope.kind == PAY_IN else None


def _read_taken_back(envelope: Envelope) -> TakenBackMessage | None:
    return _read(envelope, TakenBackMessage) if envelope.kind == TAKEN_BACK else None


def _read(envelope: Envelope, kind: type[MessageT]) -> MessageT:
    """Return a message about a pay-in. Raises MessageInvalid."""
    try:
        document: Any = orjson.loads(envelope.body)
        message = kind.model_validate(document)
        message.booked_at.astimezone(UTC)
    except (orjson.JSONDecodeError, ValidationError, OverflowError) as error:
        raise MessageInvalid("The message does not have the agreed form of a pay-in.") from error
    if message.currency != "LKR" or _cents(message.amount) == 0:
        raise MessageInvalid("A pay-in is an amount of LKR above zero.")
    return message


def _cents(text: str) -> int:
    return to_minor(Decimal(text), LKR_SCALE)
