"""People who can be recognised, in every form in which somebody could hide them in bytes.

A *canary* is a value that belongs to a person. A *needle* is one way to write it. Needles are searched
all at once: every position of what is searched is looked up by its first bytes.
"""

import base64
import hashlib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import quote
from uuid import UUID

from journeys.people import Person

SHORTEST: Final = 6
"""A shorter needle would be found by chance."""
FEWEST_DIGITS: Final = 8
"""Fewer digits stand somewhere in any dump."""


@dataclass(frozen=True, slots=True)
class Found:
    """A needle that was found; `where` is an offset."""

    what: str
    where: int


CANARIES: Final = (
    ("Zyxandra Quillfeather-Marrow", "zyxandra.quillfeather", date(1987, 3, 14), "198707390417", "771904263"),
    ("Ptolemaeus Vanderwhisk", "ptolemaeus_vanderwhisk", date(1979, 11, 2), "793068134V", "718350946"),
    ("ශාන්තිනී කැනරිවෙල", "shanthinee.canarywela", date(1991, 6, 23), "199117462809", "763187052"),
    ("මහින්දපාල රත්නසූරිය", "mahindapala-rathnasuriya", date(1968, 1, 19), "680195273V", "702946318"),
    ("கேனரிவேல் முருகானந்தன்", "canaryvel.muruganandan", date(1983, 8, 30), "198324293516", "754809137"),
    ("தில்லைநாயகி சிவசுந்தரம்", "thillainayaki.sivasundaram", date(1995, 12, 7), "199534147083", "729361845"),
)


def canary_people(tenants: Sequence[str]) -> list[Person]:
    """Return people of three scripts, over the tenants, with nothing that occurs anywhere else."""
    return [
        Person(
            tenant=tenants[number % len(tenants)],
            full_name=full_name,
            email=f"{mailbox}@canary-post.lk",
            password=f"Kanarienvogel {mailbox[::-1]} 7",
            date_of_birth=born,
            national_id=national_id,
            phone=f"+94{phone}",
            residency="LK",
            expected="active",
        )
        for number, (full_name, mailbox, born, national_id, phone) in enumerate(CANARIES)
    ]


def base64_at_three_offsets(content: bytes) -> Iterator[bytes]:
    """Return the characters that any base64 of something with `content` in it must contain."""
    for offset, skipped in ((0, 0), (1, 2), (2, 3)):
        encoded = base64.b64encode(b"\0" * offset + content)
        whole = (offset + len(content)) * 8 // 6
        yield encoded[skipped:whole]


def writings(text: str) -> Iterator[tuple[str, bytes]]:
    """Return all ways to write a text, each with its name."""
    spellings = {
        "plain": text,
        "upper": text.upper(),
        "lower": text.lower(),
        "reversed": text[::-1],
        "without separators": "".join(each for each in text if each.isalnum()),
        "digits": digits_of(text) if len(digits_of(text)) >= FEWEST_DIGITS else "",
        "decomposed": unicodedata.normalize("NFD", text),
        "JSON escaped": text.encode("ascii", "backslashreplace").decode(),
        "percent encoded": quote(text),
    }
    for spelling, value in spellings.items():
        for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
            content = value.encode(encoding)
            yield f"{spelling}, {encoding}", content
            yield f"{spelling}, {encoding}, hex", content.hex().encode()
            yield f"{spelling}, {encoding}, HEX", content.hex().upper().encode()
            for offset, encoded in enumerate(base64_at_three_offsets(content)):
                yield f"{spelling}, {encoding}, base64 at {offset}", encoded
                yield (
                    f"{spelling}, {encoding}, base64url at {offset}",
                    encoded.translate(bytes.maketrans(b"+/", b"-_")),
                )


def split(text: str) -> Iterator[tuple[str, bytes]]:
    """Return a text cut over integers of eight bytes, as they lie on the wire and in a database."""
    content = text.encode()
    for at in range(0, len(content) - 7, 8):
        piece = content[at : at + 8]
        yield f"bytes {at} to {at + 7} as a decimal number", str(int.from_bytes(piece, "big")).encode()
        yield f"bytes {at} to {at + 7} as a tagged fixed64", b"\x09" + piece[::-1]
        if not piece.isdigit():
            yield f"bytes {at} to {at + 7}", piece
            yield f"bytes {at} to {at + 7}, little-endian", piece[::-1]
        if at + 16 <= len(content):
            yield f"bytes {at} to {at + 15} as a UUID", str(UUID(bytes=content[at : at + 16])).encode()


def digits_of(text: str) -> str:
    """Return a text's digits."""
    return "".join(each for each in text if each.isdigit())


def numbers(text: str) -> Iterator[tuple[str, bytes]]:
    """Return a number's digits as integers on the wire: fixed64 both ways round, and varint."""
    digits = digits_of(text)
    if len(digits) < 9:
        return
    number = int(digits)
    yield "as fixed64", number.to_bytes(8, "little")
    yield "as big-endian fixed64", number.to_bytes(8, "big")
    varint, rest = bytearray(), number
    while rest >= 0x80:
        varint.append(rest & 0x7F | 0x80)
        rest >>= 7
    varint.append(rest)
    # One byte of a small number more or less occurs by chance; a tag in front of it does not.
    yield "as varint", bytes(varint)


def digests(text: str) -> Iterator[tuple[str, bytes]]:
    """Return unkeyed digests: they name a person to everybody who can guess."""
    for value in {text, text.lower(), "".join(each for each in text if each.isalnum())}:
        for algorithm in ("md5", "sha1", "sha256"):
            digest = hashlib.new(algorithm, value.encode(), usedforsecurity=False).digest()
            yield f"{algorithm}", digest
            yield f"{algorithm}, hex", digest.hex().encode()
            words = b"".join(digest[at : at + 8][::-1] for at in range(0, len(digest) // 8 * 8, 8))
            yield f"{algorithm}, as fixed64 words", words


class Needles:
    """What is searched for."""

    def __init__(self) -> None:
        self._by_start: dict[bytes, list[tuple[bytes, str]]] = defaultdict(list)
        self.count = 0

    def add(self, what: str, written: Iterable[tuple[str, bytes]]) -> None:
        """Search for the writings of something."""
        for how, content in written:
            entry = (content, f"{what} ({how})")
            if len(content) >= SHORTEST and entry not in self._by_start[content[:SHORTEST]]:
                self._by_start[content[:SHORTEST]].append(entry)
                self.count += 1

    def search(self, haystack: bytes) -> list[Found]:
        """Return what is there, the first place of each."""
        found: dict[str, int] = {}
        starts = self._by_start
        for at in range(len(haystack) - SHORTEST + 1):
            start = haystack[at : at + SHORTEST]
            if start in starts:
                for content, what in starts[start]:
                    if what not in found and haystack.startswith(content, at):
                        found[what] = at
        return [Found(what, where) for what, where in found.items()]


def texts_of(person: Person) -> dict[str, str]:
    """Return what names a person, by kind."""
    parts = {f"name part {index}": part for index, part in enumerate(person.full_name.split(), 1)}
    return {
        "name": person.full_name,
        **parts,
        "e-mail": person.email,
        "e-mail local part": person.email.split("@")[0],
        "phone": person.phone,
        "national phone": "0" + person.phone[3:],
        "national id": person.national_id,
        "passport": passport_of(person),
    }


def passport_of(person: Person) -> str:
    """Return the number of a passport that only this person could have."""
    return f"N{person.phone[:4:-1][:7]}"


def birth_dates_of(person: Person) -> dict[str, str]:
    """Return the birth date as people write it."""
    forms = ("%Y-%m-%d", "%Y%m%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%Y/%m/%d")
    return {f"birth date {form}": person.date_of_birth.strftime(form) for form in forms}


def needles_of_people(people: Iterable[Person]) -> Needles:
    """Return everything that could name these people, in every form."""
    needles = Needles()
    for number, person in enumerate(people, 1):
        for kind, text in texts_of(person).items():
            what = f"person {number}: {kind}"
            needles.add(what, writings(text))
            needles.add(what, split(text))
            needles.add(what, numbers(text))
            needles.add(what, digests(text))
        needles.add(f"person {number}: password", writings(person.password))
        for kind, text in birth_dates_of(person).items():
            needles.add(f"person {number}: {kind}", writings(text))
    return needles


def needles_of_texts(texts: Iterable[str]) -> Needles:
    """Return free texts, in every form."""
    needles = Needles()
    for number, text in enumerate(texts, 1):
        needles.add(f"free text {number}", writings(text))
    return needles
