"""Refusals of payments."""

from typing import ClassVar

from shared.errors import Kind, Refusal


class EventAltered(Refusal):
    """An event that was taken before came again with another content."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "payments.event_altered"


class BankUnavailable(Refusal):
    """The bank did not answer."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    code: ClassVar[str] = "payments.bank_unavailable"


class CollectionMissing(Refusal):
    """No department stands for the bank's collection account."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    code: ClassVar[str] = "payments.collection_missing"


class TakeBackDiffers(Refusal):
    """The bank takes back another amount than it paid in, or names the same booking for another."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "payments.take_back_differs"


class PayInNotFound(Refusal):
    """No such pay-in."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "payments.pay_in_not_found"


class NotInSuspense(Refusal):
    """The money of a pay-in does not lie in suspense."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "payments.not_in_suspense"


class ProposalPending(Refusal):
    """A proposal about the pay-in stands."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "payments.proposal_pending"


class ProposalNotFound(Refusal):
    """No such proposal."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "payments.proposal_not_found"


class ProposalDecided(Refusal):
    """A proposal was decided before."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "payments.proposal_decided"


class SamePerson(Refusal):
    """Who proposed wants to approve."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "payments.same_person"


class ReceiverUnsuitable(Refusal):
    """The customer to whom suspense would go is not known or not active."""

    kind: ClassVar[Kind] = Kind.REFUSED
    code: ClassVar[str] = "payments.receiver_unsuitable"
