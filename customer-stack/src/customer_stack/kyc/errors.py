"""Refusals of identity checks."""

from typing import ClassVar

from shared.errors import Kind, Refusal


class SessionNotFound(Refusal):
    """No such session within reach of who asks."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "kyc.session_not_found"


class NotDraft(Refusal):
    """A session that was submitted cannot be changed."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "kyc.not_draft"


class StateConflict(Refusal):
    """The session's state does not allow this step."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "kyc.state_conflict"


class FilesMissing(Refusal):
    """The route of this document needs pictures that were not sent."""

    kind: ClassVar[Kind] = Kind.REFUSED
    code: ClassVar[str] = "kyc.files_missing"


class TooManyFiles(Refusal):
    """A session has as many uploads as it may have."""

    kind: ClassVar[Kind] = Kind.REFUSED
    code: ClassVar[str] = "kyc.too_many_files"


class KycFileNotFound(Refusal):
    """No such file within reach of who asks."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "kyc.file_not_found"


class DocumentUnreadable(Refusal):
    """Machine-readable lines that do not say what a passport is registered by."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "kyc.lines_unreadable"


class NothingToReview(Refusal):
    """The session waits for nobody, or for somebody else."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "kyc.nothing_to_review"


class ReviewerUnsuitable(Refusal):
    """The step needs a permission that the reviewer does not have."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "kyc.reviewer_unsuitable"


class SamePerson(Refusal):
    """Four eyes are two people."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "kyc.same_person"


class TakenByAnother(Refusal):
    """Another reviewer has the session."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "kyc.taken"


class VerdictIncomplete(Refusal):
    """A verdict without the reason that it needs, or with one that it cannot have."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "kyc.verdict_incomplete"


class BusinessNotFound(Refusal):
    """No such business within reach of who asks."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "kyc.business_not_found"


class BusinessConflict(Refusal):
    """The business's state, or another business, does not allow this."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "kyc.business_conflict"


class InvitationInvalid(Refusal):
    """No open invitation with this token, or not for this customer."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "kyc.invitation_invalid"


class OwnersIncomplete(Refusal):
    """Owners or directors are missing, or too many."""

    kind: ClassVar[Kind] = Kind.REFUSED
    code: ClassVar[str] = "kyc.owners_incomplete"


class OwnersUnverified(Refusal):
    """Somebody who is declared is not a verified customer."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "kyc.owners_unverified"


class IdentityOutdated(Refusal):
    """What proved the customer's identity is no longer good enough."""

    kind: ClassVar[Kind] = Kind.REFUSED
    code: ClassVar[str] = "kyc.identity_outdated"


class TierLimitExceeded(Refusal):
    """More than the customer's tier allows."""

    kind: ClassVar[Kind] = Kind.REFUSED
    code: ClassVar[str] = "kyc.tier_limit_exceeded"


class ParameterUnusable(Exception):
    """A check cannot be made from its parameters. Becomes a line of ConfigurationUnusable."""


class ConfigurationUnusable(Exception):
    """Routes that cannot be used, with every reason. The process must not start."""


class BusinessUnscreened(Refusal):
    """A business, or somebody who owns it, was not screened yet, or may be listed."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "kyc.business_unscreened"
