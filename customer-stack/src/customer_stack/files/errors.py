"""Refusals of files."""

from typing import ClassVar

from shared.errors import Kind, Refusal


class FileUnusable(Refusal):
    """What was sent is no picture or PDF that we take."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "files.unusable"


class FileTooLarge(Refusal):
    """A file of more bytes, or a picture of more points, than we take."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "files.too_large"
