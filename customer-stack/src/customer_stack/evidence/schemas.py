"""Wire shapes of evidence packs."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints

from customer_stack.edge.schemas import Answer, Body, show
from customer_stack.evidence.domain.packs import Channel, Delivery, Made, Pack, Scope, State

Words = Annotated[str, StringConstraints(min_length=2, max_length=80, strip_whitespace=True)]


class PackBody(Body):
    """What a pack is to be of. Days are days in Colombo, both included; the last one has ended."""

    model_config = Body.model_config | show(
        {
            "scope": "customer",
            "scope_id": "0199d2c4-0000-7000-8000-000000000001",
            "from": "2026-10-01",
            "to": "2026-10-31",
            "personal_data": False,
        }
    )

    scope: Scope
    scope_id: UUID | None = None
    first: Annotated[date, Field(alias="from")]
    last: Annotated[date, Field(alias="to")]
    personal_data: bool = False


class DeliveryBody(Body):
    """To which authority or firm a pack was given: its name, never a person's."""

    recipient: Words
    channel: Channel
    reference: Annotated[str, StringConstraints(min_length=1, max_length=60)] | None = None
    delivered_at: AwareDatetime


class MadeAnswer(Answer):
    """What was made, as it is registered. `is_witnessed`: the execution stack cosigned the checkpoint."""

    size_bytes: int
    sha256: str
    manifest_sha256: str
    row_count: int
    record_count: int
    checkpoint_size: int
    is_witnessed: bool
    made_at: datetime

    @classmethod
    def of(cls, made: Made) -> Self:
        """Return the wire shape of what was made."""
        return cls(
            size_bytes=made.size_bytes,
            sha256=made.sha256.hex(),
            manifest_sha256=made.manifest_sha256.hex(),
            row_count=made.row_count,
            record_count=made.record_count,
            checkpoint_size=made.checkpoint_size,
            is_witnessed=made.is_witnessed,
            made_at=made.made_at,
        )


class PackAnswer(Answer):
    """A pack. `needs`: the permissions without which nobody gets it; `made` null: not made, or not yet."""

    pack_id: UUID
    scope: Scope
    scope_id: UUID | None
    first_at: datetime
    last_at: datetime
    personal_data: bool
    needs: list[str]
    asked_by: str
    asked_at: datetime
    state: State
    expires_at: datetime | None
    made: MadeAnswer | None

    @classmethod
    def of(cls, pack: Pack) -> Self:
        """Return the wire shape of a pack."""
        return cls(
            pack_id=pack.id,
            scope=pack.wish.scope,
            scope_id=pack.wish.scope_id,
            first_at=pack.wish.first_at,
            last_at=pack.wish.last_at,
            personal_data=pack.wish.is_personal,
            needs=list(pack.permissions),
            asked_by=pack.asked_by,
            asked_at=pack.asked_at,
            state=pack.state,
            expires_at=pack.expires_at,
            made=None if pack.made is None else MadeAnswer.of(pack.made),
        )


class PackPage(Answer):
    """One page of packs, newest first."""

    items: list[PackAnswer]
    next_cursor: str | None

    @classmethod
    def of(cls, found: Sequence[Pack], limit: int) -> Self:
        """Return a page of packs, of which one more than its size was asked for."""
        more = str(found[limit - 1].id) if len(found) > limit else None
        return cls(items=[PackAnswer.of(each) for each in found[:limit]], next_cursor=more)


class DeliveryAnswer(Answer):
    """A pack that was given."""

    delivery_id: UUID
    pack_id: UUID
    recipient: str
    channel: Channel
    reference: str | None
    delivered_at: datetime
    recorded_by: UUID
    recorded_at: datetime

    @classmethod
    def of(cls, delivery: Delivery) -> Self:
        """Return the wire shape of a delivery."""
        return cls(
            delivery_id=delivery.id,
            pack_id=delivery.pack_id,
            recipient=delivery.recipient,
            channel=delivery.channel,
            reference=delivery.reference,
            delivered_at=delivery.delivered_at,
            recorded_by=delivery.recorded_by,
            recorded_at=delivery.recorded_at,
        )


class DeliveryPage(Answer):
    """One page of deliveries, newest first."""

    items: list[DeliveryAnswer]
    next_cursor: str | None

    @classmethod
    def of(cls, found: Sequence[Delivery], limit: int) -> Self:
        """Return a page of deliveries, of which one more than its size was asked for."""
        more = str(found[limit - 1].id) if len(found) > limit else None
        return cls(items=[DeliveryAnswer.of(each) for each in found[:limit]], next_cursor=more)
