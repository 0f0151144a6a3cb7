"""People's data, written in every way we know, put into every place of every request that takes anything.

What the wall can tell is refused. What it cannot tell by construction (a random id is any 122 bits) is
listed here place by place, with the reason why nothing gets through it: the list is reviewed, and a new
field of a request fails this test until it is in it.
"""

import base64
from uuid import UUID

import pytest
from google.protobuf.descriptor import FieldDescriptor

from boundary.v1 import boundary_pb2 as v1
from boundary.v2 import boundary_pb2 as v2
from shared.boundary import methods, wire
from shared.boundary.errors import Code

from .forging import METHODS, fields_of, parts_of
from .test_fuzz import SEED, Wall, quiet

PEOPLE = {
    "name": "Zyxandra Quillfeather-Marrow",
    "e-mail": "zyxandra.quillfeather@canary-post.lk",
    "phone": "+94771904263",
    "old NIC": "793068134V",
    "new NIC": "198707390417",
    "passport": "N7190426",
    "Sinhala": "ශාන්තිනී කැනරිවෙල",
    "Tamil": "கேனரிவேல் முருகானந்தன்",
}
FREE_BITS = {
    # An id is random: 122 bits look like any other. So an id means nothing to execution until it was
    # registered or listed, and the customer stack draws them from its random source, never from a person.
    "v1.Uuid.high", "v1.Uuid.low",
    # A digest is 256 bits; what reads as text is refused. It is compared and kept for one settlement.
    "v1.Digest.a", "v1.Digest.b", "v1.Digest.c", "v1.Digest.d",
    # A signature that does not verify ends the exchange of checkpoints; one that reads as text is refused.
    *(f"v2.Signature.{word}" for word in "abcdefgh"),
    # A subtree is proved against a signed root and never kept, so it is not asked whether it reads as text.
    *(f"v2.Node.{word}" for word in "abcd"),
}  # fmt: skip


def writings(text):
    """Return a text in all the ways in which somebody might write it, as bytes."""
    plain = text.encode()
    return {
        "plain": plain,
        "reversed": text[::-1].encode(),
        "UTF-16": text.encode("utf-16-be"),
        "base64": base64.b64encode(plain),
        "hex": plain.hex().encode(),
        "backwards": plain[::-1],
    }


NEWEST = [method for method in METHODS if method.service == methods.SERVICE]  # the older have fewer fields
each_person = pytest.mark.parametrize("who", PEOPLE)


def all_pieces(who, size):
    """Return what names a person, in all writings, cut into pieces; the last is filled up with spaces."""
    return [
        written[at : at + size].ljust(size)
        for written in writings(PEOPLE[who]).values()
        for at in range(0, len(written), size)
    ]


@pytest.fixture(scope="module")
def walls():
    with quiet():
        yield [Wall(SEED + number) for number in range(2)]


def texts_of(who, letters):
    """Return what still reads as text in 32 bytes, some letters at a time."""
    texts = [
        written.decode()
        for how, written in writings(PEOPLE[who]).items()
        if how not in ("UTF-16", "backwards")
    ]
    return [
        text[at : at + letters].encode().ljust(32) for text in texts for at in range(0, len(text), letters)
    ]


async def try_all(wall, spoil):
    """Deliver a good message of every method with `spoil` done to it; return the codes of those changed."""
    codes = []
    for method in NEWEST:
        good = wall.forger.good(method)
        if spoil(good.message):
            raw = good.message.SerializeToString(deterministic=True)
            answer = await wall.deliver(method, wall.forger.signed(method, raw))
            codes.append(answer.code)
    assert wall.effects == 0
    return codes


@each_person
async def test_no_id_carries_a_person(walls, who):
    for piece in all_pieces(who, 16):

        def spoil(message, piece=piece):
            ids = [part for part, _ in fields_of(message, lambda part, field: field.name == "high")]
            for each in ids[:1]:
                each.high, each.low = int.from_bytes(piece[:8], "big"), int.from_bytes(piece[8:], "big")
            return ids

        assert set(await try_all(walls[0], spoil)) == {Code.BAD_UUID}


@each_person
async def test_no_digest_or_signature_carries_a_person(walls, who):
    # Cut in the middle of a letter it is no text any more, and looks like any digest.
    for text in texts_of(who, 8):

        def spoil(message, text=text):
            parts = parts_of(message)
            digests = [part for part in parts if part.DESCRIPTOR is v1.Digest.DESCRIPTOR]
            for each in digests:
                each.CopyFrom(wire.digest_to_wire(text))
            signatures = [part for part in parts if part.DESCRIPTOR is v2.Signature.DESCRIPTOR]
            for each in signatures:
                each.CopyFrom(wire.signature_to_wire(text * 2))
            return digests + signatures

        assert set(await try_all(walls[0], spoil)) == {Code.OUT_OF_BOUNDS}


def is_number(part, field):
    return field.type in (FieldDescriptor.TYPE_UINT64, FieldDescriptor.TYPE_UINT32)


@each_person
async def test_no_number_carries_eight_letters_and_no_small_number_four(walls, who):
    for piece in all_pieces(who, 8):
        wide, narrow = int.from_bytes(piece, "big"), int.from_bytes(piece[:4], "big")

        def spoil(message, wide=wide, narrow=narrow):
            numbers = [place for place in fields_of(message, is_number) if place[1].name != "wait_ms"]
            for part, field in numbers[-1:]:
                setattr(part, field.name, wide if field.type == FieldDescriptor.TYPE_UINT64 else narrow)
            return numbers

        assert set(await try_all(walls[0], spoil)) == {Code.OUT_OF_BOUNDS}


@each_person
async def test_no_word_of_a_closed_list_carries_a_person(walls, who):
    for piece in all_pieces(who, 4):

        def spoil(message, piece=piece):
            words = fields_of(message, lambda part, field: field.enum_type is not None)
            for part, field in words[:1]:
                setattr(part, field.name, int.from_bytes(piece, "big", signed=True))
            return words

        assert set(await try_all(walls[0], spoil)) == {Code.UNDECLARED_ENUM}


@each_person
async def test_no_header_carries_a_person(walls, who):
    wall = walls[0]
    for method in NEWEST[:2]:
        good = wall.forger.good(method)
        for piece in all_pieces(who, 16):
            header = wall.forger.header(idempotency_key=UUID(bytes=piece))
            answer = await wall.deliver(method, wall.forger.signed(method, good.raw, header=header))
            assert answer.code is Code.BAD_UUID
            header = wall.forger.header(time_ns=int.from_bytes(piece[:8], "big"))
            answer = await wall.deliver(method, wall.forger.signed(method, good.raw, header=header))
            assert answer.code in (Code.STALE, Code.FROM_FUTURE)
        written = PEOPLE[who].encode()
        for entry in (
            ("x-name-bin", written),
            (written.hex(), "1"),
            ("user-agent", written.hex()),
            ("user-agent", f"grpc-python/1.85.1 grpc-c/53.0.0 ({written.hex()}; chttp2)"),
        ):
            arrival = wall.forger.signed(method, good.raw)
            answer = await wall.deliver(method, type(arrival)(arrival.raw, (*arrival.metadata, entry)))
            assert answer.code is Code.UNKNOWN_METADATA
    assert wall.effects == 0


async def test_what_any_bits_can_be_put_into_is_a_reviewed_list(walls):
    """Every leaf of every request is tried with eight letters; what takes them is in the list above."""
    wall, taken = walls[1], set()
    for method in METHODS:
        for letters in (b"Zyxandra", b"perera71"):
            for number in range(len(fields_of(wall.forger.good(method).message, is_leaf))):
                good = wall.forger.good(method)
                places = fields_of(good.message, is_leaf)
                if number >= len(places):
                    continue
                part, field = places[number]
                setattr(part, field.name, fitting(field, letters))
                raw = good.message.SerializeToString(deterministic=True)
                answer = await wall.deliver(method, wall.forger.signed(method, raw))
                if answer.code is Code.OK:
                    taken.add(field.full_name.removeprefix("boundary."))
    assert taken <= FREE_BITS
    assert {"v1.Digest.a"} <= taken  # the control: the list is not empty for want of trying


def is_leaf(part, field):
    return field.message_type is None


def fitting(field, letters):
    """Return the letters as a value of a field, with the bits that make a UUID where it is half of one."""
    if field.containing_type is v1.Uuid.DESCRIPTOR:
        number = int.from_bytes(letters, "big")
        if field.name == "high":
            return number & ~0xF000 | 0x4000
        return number & (2**62 - 1) | 2**63
    size = 8 if field.cpp_type == FieldDescriptor.CPPTYPE_UINT64 else 4
    return int.from_bytes(letters[:size], "big", signed=field.enum_type is not None)
