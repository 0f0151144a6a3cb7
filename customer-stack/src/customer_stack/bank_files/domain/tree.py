"""XML of strangers, as a bounded tree. Pure.

`defusedxml` refuses document types and entities, so nothing is fetched and nothing grows while it is read.
Size, depth and number of elements are bounded before the tree stands.

Guaranteed: whatever the bytes are, the answer is a tree or a refusal.
"""

from collections.abc import Iterator
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from customer_stack.bank_files.errors import FileInvalid, FileTooLarge

SIZE_LIMIT_BYTES: Final = 5_000_000
DEPTH_LIMIT: Final = 32
ELEMENT_LIMIT: Final = 200_000
TEXT_LIMIT: Final = 500


class _BoundedBuilder(TreeBuilder):
    """Builds the tree and counts what it builds."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0
        self._elements = 0

    def start(self, tag: str, attrs: dict[Any, Any], /) -> Element:
        self._depth += 1
        self._elements += 1
        if self._depth > DEPTH_LIMIT or self._elements > ELEMENT_LIMIT:
            raise FileTooLarge("The file is nested too deeply or has too many parts. Ask for smaller files.")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)


class Node:
    """One element of a message, in the namespace of its document."""

    __slots__ = ("_element", "_space")

    def __init__(self, element: Element, space: str) -> None:
        """Look at `element`; children are those of the namespace `space`."""
        self._element = element
        self._space = space

    def all(self, path: str) -> "Iterator[Node]":
        """Return every element at a path such as "Refs/EndToEndId"."""
        steps = "/".join(f"{{{self._space}}}{step}" for step in path.split("/"))
        return (Node(found, self._space) for found in self._element.findall(steps))

    def one(self, path: str) -> "Node | None":
        """Return the element at a path, or None. Raises FileInvalid where there are two."""
        found = list(self.all(path))
        if len(found) > 1:
            raise FileInvalid(f"{path} stands more than once where the message allows one.")
        return found[0] if found else None

    def need(self, path: str) -> "Node":
        """Return the one element at a path. Raises FileInvalid."""
        found = self.one(path)
        if found is None:
            raise FileInvalid(f"{path} is missing. Ask the bank for a complete file.")
        return found

    def text(self, path: str) -> str | None:
        """Return the trimmed text at a path, None where there is none. Raises FileInvalid, FileTooLarge."""
        found = self.one(path)
        return None if found is None else found.own_text or None

    def need_text(self, path: str) -> str:
        """Return the text at a path. Raises FileInvalid, FileTooLarge."""
        return self.need(path).own_text

    @property
    def own_text(self) -> str:
        """Return this element's trimmed text. Raises FileTooLarge."""
        text = (self._element.text or "").strip()
        if len(text) > TEXT_LIMIT:
            raise FileTooLarge("A text of the file is longer than any message allows.")
        return text

    def attribute(self, name: str) -> str | None:
        """Return an attribute."""
        found: str | None = self._element.get(name)
        return found


def read_tree(raw: bytes) -> tuple[str, Node]:
    """Return the namespace of a document and its root. Raises FileInvalid, FileTooLarge."""
    if len(raw) > SIZE_LIMIT_BYTES:
        raise FileTooLarge(f"A file has at most {SIZE_LIMIT_BYTES} bytes. Ask the bank for smaller files.")
    parser = DefusedXMLParser(target=_BoundedBuilder(), encoding="utf-8", forbid_dtd=True)
    try:
        parser.feed(raw)
        root = parser.close()
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise FileInvalid("The file is not plain XML in UTF-8. Send the file as the bank gave it.") from error
    space, separator, name = root.tag.removeprefix("{").partition("}")
    if not separator or name != "Document":
        raise FileInvalid("The file is not an ISO 20022 document. Send camt.053, camt.054 or pain.002.")
    return space, Node(root, space)
