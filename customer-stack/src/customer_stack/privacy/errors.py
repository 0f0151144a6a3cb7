"""Refusals of privacy."""

from typing import ClassVar

from shared.errors import Kind, Refusal


class ConsentMissing(Refusal):
    """Somebody has not agreed to what they must agree to first, or not to its present version."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "privacy.consent_missing"


class TextUnknown(Refusal):
    """No such version of a text is shown at present."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "privacy.text_unknown"


class ConsentRequired(Refusal):
    """What an open account rests on cannot be taken back; closing the account ends it."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "privacy.consent_required"


class AccountNotEmpty(Refusal):
    """Money, contracts or something under way is left in the account."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "privacy.account_not_empty"


class AccountRestricted(Refusal):
    """The account cannot be closed now."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "privacy.account_restricted"


class ProposalNotFound(Refusal):
    """No such proposal."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "privacy.proposal_not_found"


class ProposalNotPossible(Refusal):
    """What is proposed does not fit how the person stands, or another proposal is open."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "privacy.proposal_not_possible"


class ProposalDecided(Refusal):
    """The proposal was decided before."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "privacy.proposal_decided"


class OwnProposal(Refusal):
    """Whoever proposed tried to decide, or somebody else to withdraw."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "privacy.own_proposal"


class ExportPending(Refusal):
    """Another export of the same person is being made."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "privacy.export_pending"


class ExportTooSoon(Refusal):
    """The last export of this person is too young for another one."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "privacy.export_too_soon"


class ExportNotFound(Refusal):
    """No such export, or none that is offered."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "privacy.export_not_found"


class RegisterUnusable(Refusal):
    """The file of erasures cannot be written or read, so nobody is erased."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    code: ClassVar[str] = "privacy.register_unusable"
