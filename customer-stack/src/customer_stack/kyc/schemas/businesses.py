"""Wire shapes of businesses."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, StringConstraints, field_validator

from customer_stack.customers.schemas import Country
from customer_stack.edge.schemas import Answer, Body, Form, advise, show
from customer_stack.kyc.domain.businesses import Business, BusinessState, Owner
from customer_stack.kyc.domain.checks import Outcome
from customer_stack.kyc.service.businesses import Declared, Invitation

RegistrationNumber = Annotated[
    str, Form(r"^[A-Z0-9][A-Z0-9 /.-]{1,39}$", "must be the number in the register: letters and digits", True)
]


class BusinessBody(Body):
    """A business that you represent."""

    model_config = show({"name": "Lanka Spices (Pvt) Ltd", "number": "PV 123456", "country": "LK"})

    name: Annotated[str, StringConstraints(min_length=2, max_length=200)]
    number: RegistrationNumber
    country: Country

    @field_validator("name")
    @classmethod
    def check_name(cls, name: str) -> str:
        """Refuse what cannot be shown."""
        if not name.isprintable():
            raise advise("name", "must be a name on one line")
        return " ".join(name.split())


class InvitationBody(Body):
    """Somebody to declare: their share in basis points (2500 is a quarter), and whether they direct."""

    share_basis: Annotated[int, Field(ge=0, le=10_000)]
    is_director: bool


class AcceptanceBody(Body):
    """The token of an invitation that was made for you."""

    token: Annotated[str, StringConstraints(min_length=16, max_length=64)]


class BusinessVerdictBody(Body):
    """A verdict on a business."""

    outcome: Literal[Outcome.PASS, Outcome.REJECT]


class BusinessAnswer(Answer):
    """A business without its name."""

    business_id: UUID
    representative_id: UUID
    country: str
    state: BusinessState
    opened_at: datetime
    submitted_at: datetime | None
    decided_at: datetime | None

    @classmethod
    def of(cls, business: Business) -> Self:
        """Return the wire shape of a business."""
        return cls(
            business_id=business.id,
            representative_id=business.representative_id,
            country=business.country,
            state=business.state,
            opened_at=business.opened_at,
            submitted_at=business.submitted_at,
            decided_at=business.decided_at,
        )


class BusinessPage(Answer):
    """Businesses, oldest first."""

    items: list[BusinessAnswer]
    next_cursor: str | None


class OwnerAnswer(Answer):
    """Somebody who is declared. `is_verified`: accepted, and a verified customer."""

    owner_id: UUID
    share_basis: int
    is_director: bool
    has_accepted: bool
    is_verified: bool

    @classmethod
    def of(cls, owner: Owner, verified: frozenset[UUID]) -> Self:
        """Return the wire shape of an owner, without saying who it is."""
        return cls(
            owner_id=owner.id,
            share_basis=owner.share_basis,
            is_director=owner.is_director,
            has_accepted=owner.customer_id is not None,
            is_verified=owner.customer_id in verified,
        )


class InvitationAnswer(Answer):
    """An invitation. Give the token to the person; it is shown once."""

    owner_id: UUID
    token: str

    @classmethod
    def of(cls, invitation: Invitation) -> Self:
        """Return the wire shape of an invitation."""
        return cls(owner_id=invitation.owner.id, token=invitation.token)


class DeclaredAnswer(Answer):
    """A business with its name and who is declared. `verdicts`: how many people have looked."""

    business: BusinessAnswer
    name: str
    number: str
    owners: list[OwnerAnswer]
    verdicts: int

    @classmethod
    def of(cls, declared: Declared) -> Self:
        """Return the wire shape of a business with its owners."""
        return cls(
            business=BusinessAnswer.of(declared.business),
            name=declared.business.name,
            number=declared.business.number,
            owners=[OwnerAnswer.of(owner, declared.verified) for owner in declared.owners],
            verdicts=len(declared.verdicts),
        )


class StaffDeclaredAnswer(DeclaredAnswer):
    """The same for staff, with the customers behind it."""

    customers: dict[UUID, UUID]

    @classmethod
    def of_staff(cls, declared: Declared) -> Self:
        """Return the wire shape of a business with owner id -> customer id."""
        plain = DeclaredAnswer.of(declared)
        people = {owner.id: owner.customer_id for owner in declared.owners if owner.customer_id is not None}
        return cls(
            business=plain.business,
            name=plain.name,
            number=plain.number,
            owners=plain.owners,
            verdicts=plain.verdicts,
            customers=people,
        )
