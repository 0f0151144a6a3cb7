"""Refusals of settlement."""

from typing import ClassVar

from shared.errors import Kind, Refusal


class NothingToSettle(Refusal):
    """Less than a cent is owed either way."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "settlement.nothing_to_settle"


class SettlementPending(Refusal):
    """Another settlement of the tenant is proposed or approved and not yet released."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "settlement.pending"


class SettlementDifferent(Refusal):
    """Execution has other totals for the period."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "settlement.different"


class LedgerDiffers(Refusal):
    """The ledger does not owe what the reports up to the cut say."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "settlement.ledger_differs"


class SettlementNotFound(Refusal):
    """No such settlement of this tenant."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "settlement.not_found"


class ProposerCannotDecide(Refusal):
    """The person who proposed a settlement tried to approve or release it."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "settlement.proposer_cannot_decide"


class ReleaserCannotSay(Refusal):
    """The person who released a settlement tried to say by hand that it failed."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "settlement.releaser_cannot_say"


class SamePersonSaid(Refusal):
    """Whoever said what the bank said does not say so twice."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "settlement.same_person_said"


class ShortfallWaits(Refusal):
    """More is missing than is closed by two people alone: a break has to end first."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "settlement.shortfall_waits"


class WordDecided(Refusal):
    """What a person said was approved or rejected before."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "settlement.word_decided"


class WordWaits(Refusal):
    """Another word of this kind about the settlement waits for its second person."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "settlement.word_waits"


class WordExpired(Refusal):
    """What a person said was not approved in time."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "settlement.word_expired"


class MessageDiffers(Refusal):
    """The second person did not name the digest of the file that a word came with."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "settlement.message_differs"


class HandWordNotFound(Refusal):
    """Nobody said this of the settlement."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "settlement.hand_word_not_found"


class InstructionChanged(Refusal):
    """The digest that was approved is not the digest of the instruction."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "settlement.instruction_changed"


class InstructionExpired(Refusal):
    """The proposal was not decided in time."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "settlement.instruction_expired"


class NotInThisState(Refusal):
    """The step does not follow from the settlement's state."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "settlement.not_in_this_state"


class PaymentUnclear(Refusal):
    """A booking names a settlement, and is neither its payment nor plainly its return."""

    kind: ClassVar[Kind] = Kind.REFUSED
    code: ClassVar[str] = "settlement.payment_unclear"


class PaymentDifferent(Refusal):
    """The bank confirmed another amount than was released."""

    kind: ClassVar[Kind] = Kind.REFUSED
    code: ClassVar[str] = "settlement.payment_different"


class PurposeUnknown(Refusal):
    """The purpose is not on the reviewed list, or not for this direction."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "settlement.purpose_unknown"


class RouteMissing(Refusal):
    """No USD account is configured, so no instruction can say where money goes."""

    kind: ClassVar[Kind] = Kind.REFUSED
    code: ClassVar[str] = "settlement.route_missing"


class NothingShort(Refusal):
    """The amount is not what is missing of the settlement."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "settlement.nothing_short"


class FileNotMade(Refusal):
    """The settlement has no such file: it was not released, or has the other direction."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "settlement.file_not_made"


class MessageAltered(Refusal):
    """A bank's message came again with other bytes."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "settlement.message_altered"


class LineNotFound(Refusal):
    """The settlement has no line of this customer."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "settlement.line_not_found"
