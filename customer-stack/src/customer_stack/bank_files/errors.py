"""Refusals of bank files."""

from typing import ClassVar

from shared.errors import Kind, Refusal


class FileInvalid(Refusal):
    """A file that is not one of the messages that we read, or is not whole."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "bank_files.file_invalid"


class FileTooLarge(Refusal):
    """A file beyond the bounds of size or depth."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "bank_files.file_too_large"


class BalancesDisagree(Refusal):
    """A statement whose entries do not lead from its opening to its closing balance."""

    kind: ClassVar[Kind] = Kind.REFUSED
    code: ClassVar[str] = "bank_files.balances_disagree"


class OtherAccount(Refusal):
    """A file about an account that is not our collection account with this bank."""

    kind: ClassVar[Kind] = Kind.REFUSED
    code: ClassVar[str] = "bank_files.other_account"


class MessageAltered(Refusal):
    """A message id that was taken before came again with other bytes."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "bank_files.message_altered"


class ReferenceAltered(Refusal):
    """A bank reference that was taken before came again with another amount or direction."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "bank_files.reference_altered"


class NothingToSend(Refusal):
    """No payout waits for a file."""

    kind: ClassVar[Kind] = Kind.REFUSED
    code: ClassVar[str] = "bank_files.nothing_to_send"


class FileNotFound(Refusal):
    """No file of ours has this id."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "bank_files.file_not_found"


class AccountNotAssigned(Refusal):
    """The account of bank files stands for no department of this tenant."""

    kind: ClassVar[Kind] = Kind.REFUSED
    code: ClassVar[str] = "bank_files.account_not_assigned"
