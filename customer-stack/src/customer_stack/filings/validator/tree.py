"""Reading of an XML tree that may lack anything."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from lxml import etree


class Node:
    """An element. What is absent is None, never an error: a rule says that it is missing."""

    __slots__ = ("_element",)

    def __init__(self, element: etree._Element) -> None:
        """Read `element`."""
        self._element = element

    @property
    def place(self) -> str:
        """Return where the element stands, as a path with numbers."""
        path: str = self._element.getroottree().getpath(self._element)
        return path.removeprefix("/")

    def child(self, name: str) -> "Node | None":
        """Return the first child of a name."""
        found = self._element.find(name)
        return None if found is None else Node(found)

    def children(self, name: str) -> Iterator["Node"]:
        """Yield the children of a name."""
        for each in self._element.findall(name):
            yield Node(each)

    def text(self, name: str) -> str | None:
        """Return the text of a child, trimmed; None when there is none or it is blank."""
        found = self._element.findtext(name)
        return (found or "").strip() or None

    def has(self, name: str) -> bool:
        """Tell whether a child has a text or children of its own."""
        found = self._element.find(name)
        return found is not None and (len(found) > 0 or bool((found.text or "").strip()))

    def day(self, name: str) -> date | None:
        """Return the day of a moment; None when it is none."""
        try:
            return datetime.fromisoformat(self.text(name) or "").date()
        except ValueError:
            return None

    def amount(self, name: str) -> Decimal | None:
        """Return an exact amount; None when it is none."""
        try:
            found = Decimal(self.text(name) or "")
        except InvalidOperation:
            return None
        return found if found.is_finite() else None
