"""The kinds of forgeries. First those that no key signed so, then those that are signed and wrong."""

from dataclasses import replace
from uuid import UUID

from google.protobuf.descriptor import FieldDescriptor

from boundary.v1 import boundary_pb2 as v1
from shared.boundary import schema, signing, wire
from shared.boundary.calls import CALL_KEY, pack_call
from shared.boundary.errors import Code
from shared.boundary.keys import Direction
from shared.boundary.receiver import REQUEST_BYTES_LIMIT, Arrival

from .forging import KINDS, METHODS, fields_of, forgery, parts_of
from .wire_tree import Field, lists_of, read_tree, write_tree

__all__ = ["KINDS"]

TEXTS = (b"Nimal Perera", b"nimal.perera@canary-post.lk", b"198707390417", b"+94771904263", "නිමල්".encode())


# --- what the signature does not cover, or covers otherwise


@forgery(Code.TAMPERED)
def bits_of_the_body_flipped(forger, good):
    return Arrival(forger.flipped(good.raw), forger.accepted(good).metadata)


@forgery(Code.TAMPERED)
def body_cut_grown_or_spliced(forger, good):
    rng, raw = forger.rng, good.raw
    at = rng.randrange(len(raw))
    other = forger.good(good.method).raw
    changed = rng.choice(
        (
            raw[:at],
            raw + rng.randbytes(rng.randint(1, 9)),
            raw + raw,
            raw[:at] + b"\x00" + raw[at:],
            raw + other,
        )
    )
    return Arrival(changed, forger.accepted(good).metadata)


@forgery(Code.TAMPERED)
def body_of_another_call(forger, good):
    other = forger.good(good.method)
    while other.raw == good.raw:
        other = forger.good(good.method)
    return Arrival(other.raw, forger.accepted(good).metadata)


@forgery(Code.TAMPERED, Code.UNKNOWN_KEY)
def bits_of_the_header_flipped(forger, good):
    packed = forger.packed(good.method, good.raw)
    return Arrival(good.raw, ((CALL_KEY, forger.flipped(packed, 0, 56)),))


@forgery(Code.TAMPERED)
def bits_of_the_signature_flipped(forger, good):
    packed = forger.packed(good.method, good.raw)
    return Arrival(good.raw, ((CALL_KEY, forger.flipped(packed, 56)),))


@forgery(Code.TAMPERED, Code.UNKNOWN_KEY)
def bytes_of_the_header_moved(forger, good):
    packed = forger.packed(good.method, good.raw)
    by = forger.rng.randrange(1, len(packed))
    return Arrival(good.raw, ((CALL_KEY, packed[by:] + packed[:by]),))


@forgery(Code.UNSIGNED)
def header_missing_doubled_or_of_another_size(forger, good):
    rng, entry = forger.rng, forger.accepted(good).metadata[0]
    at = rng.randrange(len(entry[1]))
    return Arrival(
        good.raw,
        rng.choice(
            (
                (),
                (entry, entry),
                ((CALL_KEY, entry[1][:at]),),
                ((CALL_KEY, entry[1] + rng.randbytes(rng.randint(1, 40))),),
                ((CALL_KEY, entry[1].hex().encode()),),
                ((CALL_KEY.removesuffix("-bin"), entry[1].hex()),),
            )
        ),
    )


@forgery(Code.TAMPERED)
def signed_with_another_secret(forger, good):
    secret = forger.rng.choice((forger.rng.randbytes(32), forger.answer_key.secret, bytes(32)))
    return forger.signed(good.method, good.raw, key=replace(forger.key, secret=secret))


@forgery(Code.UNKNOWN_KEY)
def signed_with_a_key_of_nobody(forger, good):
    return forger.signed(good.method, good.raw, key=replace(forger.key, id=forger.uuid()))


@forgery(Code.UNKNOWN_KEY)
def signed_with_a_key_of_another_time(forger, good):
    return forger.signed(good.method, good.raw, key=forger.rng.choice((forger.expired, forger.coming)))


@forgery(Code.UNKNOWN_KEY)
def signed_with_a_key_that_is_not_for_this(forger, good):
    key = forger.rng.choice((forger.answer_key, forger.elsewhere))
    fitting = replace(key, direction=Direction.REQUEST, sender=forger.caller, audience=forger.callee)
    return forger.signed(good.method, good.raw, key=fitting)


@forgery(Code.TAMPERED)
def signed_for_another_stack_or_environment(forger, good):
    changes = forger.rng.choice(
        (
            {"audience": "execution.production"},
            {"audience": "execution-two.sandbox"},
            {"sender": "customer-lk.production"},
            {"sender": "customer-xx.sandbox"},
            {"audience": forger.caller, "sender": forger.callee},
        )
    )
    return forger.signed(good.method, good.raw, key=replace(forger.key, **changes))


@forgery(Code.TAMPERED)
def signed_for_another_method_or_version(forger, good):
    other = forger.rng.choice([each for each in METHODS if each.path != good.method.path])
    return Arrival(good.raw, ((CALL_KEY, forger.packed(other, good.raw)),))


@forgery(Code.TAMPERED)
def signed_as_an_answer(forger, good):
    header = forger.header()
    key = forger.rng.choice((forger.key, forger.answer_key))
    signature = signing.sign_response(key, forger.rng.randbytes(32), Code.OK, good.raw)
    return Arrival(good.raw, ((CALL_KEY, pack_call(header, signature)),))


@forgery(Code.WRONG_PEER)
def sent_by_another_certificate(forger, good):
    names = forger.rng.choice((frozenset(), frozenset({"customer-xx.sandbox"}), frozenset({forger.callee})))
    return replace(forger.accepted(good), peer=names)


@forgery(Code.UNKNOWN_METADATA)
def more_metadata(forger, good):
    rng = forger.rng
    key = rng.choice(("x-name", "traceparent", "authorization", "cookie", "x-trace-bin", "Nimal".lower()))
    entry = (key, rng.choice(TEXTS) if key.endswith("-bin") else rng.choice(TEXTS).hex())
    signed = forger.accepted(good)
    return replace(signed, metadata=rng.sample((*signed.metadata, entry), 2))


@forgery(Code.UNKNOWN_METADATA)
def text_as_user_agent(forger, good):
    agent = "grpc-python-asyncio/1.85.1 grpc-c/53.0.0 (linux; chttp2)"
    text = forger.rng.choice(TEXTS).hex()
    value = forger.rng.choice((text, f"{agent} {text}", agent.replace("linux", text), "", agent.encode()))
    signed = forger.accepted(good)
    return replace(signed, metadata=(*signed.metadata, ("user-agent", value)))


@forgery(Code.OVERSIZE)
def larger_than_agreed(forger, good):
    more = REQUEST_BYTES_LIMIT + 1 - len(good.raw) + forger.rng.randrange(100)
    return forger.signed(good.method, good.raw + bytes(more))


# --- what is signed well, and must be refused all the same


@forgery(Code.STALE, Code.FROM_FUTURE)
def signed_at_another_time(forger, good):
    now, rng = signing.to_ns(forger.clock.now()), forger.rng
    time_ns = rng.choice(
        (0, 2**64 - 1, rng.getrandbits(63), now - 30_000_001_000 - rng.randrange(10**12), now + 5_000_001_000,
         now // 1000, now + rng.randrange(6 * 10**9, 10**13))
    )  # fmt: skip
    return forger.signed(good.method, good.raw, header=forger.header(time_ns=time_ns))


@forgery(Code.BAD_UUID)
def text_as_idempotency_key(forger, good):
    text = UUID(bytes=(forger.rng.choice(TEXTS) + bytes(16))[:16])
    key = forger.rng.choice((text, UUID(int=0), UUID(int=2**128 - 1), UUID(int=forger.uuid().int ^ 1 << 63)))
    return forger.signed(good.method, good.raw, header=forger.header(idempotency_key=key))


def resigned(forger, good, tree):
    return forger.signed(good.method, write_tree(tree))


@forgery(Code.UNKNOWN_FIELD, Code.MALFORMED)
def unknown_field_at_any_depth(forger, good):
    rng, tree = forger.rng, read_tree(good.raw, good.message.DESCRIPTOR)
    fields, descriptor = rng.choice(lists_of(tree, good.message.DESCRIPTOR))
    number = rng.choice((rng.randint(1, 30), rng.randint(1, 2**29 - 1)))
    while number in descriptor.fields_by_number:
        number += 1
    value = rng.choice((rng.getrandbits(64), 0, rng.choice(TEXTS), b""))
    wire = 2 if isinstance(value, bytes) else rng.choice((0, 1))
    fields.insert(rng.randint(0, len(fields)), Field(number, wire, value))
    return resigned(forger, good, tree)


@forgery(Code.UNKNOWN_FIELD)
def field_sent_twice(forger, good):
    rng, tree = forger.rng, read_tree(good.raw, good.message.DESCRIPTOR)
    places = [
        (fields, each)
        for fields, descriptor in lists_of(tree, good.message.DESCRIPTOR)
        for each in fields
        if not descriptor.fields_by_number[each.number].is_repeated
    ]
    fields, twice = rng.choice(places)
    other = replace(twice, value=rng.getrandbits(20)) if twice.wire == 0 and rng.random() < 0.5 else twice
    fields.insert(rng.choice((0, fields.index(twice) + 1, len(fields))), other)
    return resigned(forger, good, tree)


@forgery(
    Code.UNKNOWN_FIELD, needs=lambda message: any(len(each.ListFields()) > 1 for each in parts_of(message))
)
def fields_in_another_order(forger, good):
    tree = read_tree(good.raw, good.message.DESCRIPTOR)
    places = [
        (fields, at)
        for fields, _ in lists_of(tree, good.message.DESCRIPTOR)
        for at in range(1, len(fields))
        if fields[at].number != fields[at - 1].number
    ]
    fields, at = forger.rng.choice(places)
    fields[at - 1], fields[at] = fields[at], fields[at - 1]
    return resigned(forger, good, tree)


@forgery(Code.UNKNOWN_FIELD, Code.MALFORMED)
def numbers_padded_with_zeros(forger, good):
    rng, tree = forger.rng, read_tree(good.raw, good.message.DESCRIPTOR)
    fields, _ = rng.choice([place for place in lists_of(tree, good.message.DESCRIPTOR) if place[0]])
    at = rng.randrange(len(fields))
    padding = {"tag_padding": rng.randint(1, 4)}
    if fields[at].wire != 1 and rng.random() < 0.5:
        padding = {"value_padding": rng.randint(1, 12)}
    fields[at] = replace(fields[at], **padding)
    return resigned(forger, good, tree)


@forgery(Code.UNKNOWN_FIELD)
def zero_spelled_out(forger, good):
    tree = read_tree(good.raw, good.message.DESCRIPTOR)
    fields, _ = forger.rng.choice(
        [(f, d) for f, d in lists_of(tree, good.message.DESCRIPTOR) if any(e.wire != 2 for e in f)]
    )
    at = forger.rng.choice([place for place, each in enumerate(fields) if each.wire != 2])
    fields[at] = replace(fields[at], value=0)
    return resigned(forger, good, tree)


@forgery(Code.UNKNOWN_FIELD, Code.MALFORMED)
def field_of_another_type(forger, good):
    rng, tree = forger.rng, read_tree(good.raw, good.message.DESCRIPTOR)
    fields, _ = rng.choice([place for place in lists_of(tree, good.message.DESCRIPTOR) if place[0]])
    at = rng.randrange(len(fields))
    wire = rng.choice([each for each in (0, 1, 2, 5) if each != fields[at].wire])
    value = rng.choice(TEXTS) if wire == 2 else rng.getrandbits(31)
    fields[at] = Field(fields[at].number, wire, value)
    return resigned(forger, good, tree)


@forgery(Code.MALFORMED, Code.UNKNOWN_FIELD)
def cut_inside_a_field(forger, good):
    whole, ends = [], {0}
    for field in read_tree(good.raw, good.message.DESCRIPTOR):
        whole.append(field)
        ends.add(len(write_tree(whole)))
    at = forger.rng.choice([each for each in range(len(good.raw)) if each not in ends])
    return forger.signed(good.method, good.raw[:at])


@forgery(Code.MALFORMED, Code.UNKNOWN_FIELD, Code.OUT_OF_BOUNDS, Code.BAD_UUID)
def noise(forger, good):
    return forger.signed(good.method, forger.rng.randbytes(forger.rng.randint(24, 200)))


def ids_of(message):
    return [part for part in parts_of(message) if part.DESCRIPTOR is v1.Uuid.DESCRIPTOR]


@forgery(Code.BAD_UUID, needs=ids_of)
def text_as_an_id(forger, good):
    rng = forger.rng
    part = rng.choice(ids_of(good.message))
    match rng.randrange(3):
        case 0:
            number = int.from_bytes((rng.choice(TEXTS) + bytes(16))[:16], "big")
            part.high, part.low = number >> 64, number & 0x3FFF_FFFF_FFFF_FFFF
        case 1:
            version = rng.choice([each for each in range(16) if each not in (4, 5, 7)])
            part.high = part.high & ~0xF000 | version << 12
        case _:
            part.low ^= rng.choice((1 << 62, 1 << 63))
    return forger.signed(good.method, good.message.SerializeToString(deterministic=True))


def is_digest(part, field):
    return field.message_type is v1.Digest.DESCRIPTOR


@forgery(Code.OUT_OF_BOUNDS, needs=lambda message: fields_of(message, is_digest))
def text_as_a_digest(forger, good):
    part, field = forger.rng.choice(fields_of(good.message, is_digest))
    text = (forger.rng.choice(TEXTS) * 3).decode().encode()[:32].decode(errors="ignore").encode()
    getattr(part, field.name).CopyFrom(wire.digest_to_wire(text.ljust(32)))
    return forger.signed(good.method, good.message.SerializeToString(deterministic=True))


def is_enum(part, field):
    return field.enum_type is not None


@forgery(Code.UNDECLARED_ENUM, needs=lambda message: fields_of(message, is_enum))
def word_that_was_not_declared(forger, good):
    rng = forger.rng
    part, field = rng.choice(fields_of(good.message, is_enum))
    most = max(value.number for value in field.enum_type.values)
    numbers = (0, most + 1, -1, 99, 2**31 - 1, -(2**31), rng.randint(most + 1, 2**31 - 1))
    setattr(part, field.name, rng.choice(numbers))
    return forger.signed(good.method, good.message.SerializeToString(deterministic=True))


def is_bounded(part, field):
    return field.full_name.removeprefix("boundary.") in schema.NUMBER_LIMITS or (
        field.type == FieldDescriptor.TYPE_UINT64
    )


@forgery(Code.OUT_OF_BOUNDS, needs=lambda message: fields_of(message, is_bounded))
def number_out_of_bounds(forger, good):
    rng = forger.rng
    part, field = rng.choice(fields_of(good.message, is_bounded))
    _, most = schema.NUMBER_LIMITS.get(field.full_name.removeprefix("boundary."), schema.IN_REQUESTS)
    largest = 2**64 - 1 if field.type == FieldDescriptor.TYPE_UINT64 else 2**32 - 1
    setattr(part, field.name, rng.choice((most + 1, largest, rng.randint(most + 1, largest))))
    return forger.signed(good.method, good.message.SerializeToString(deterministic=True))


def is_one_list(message):
    """Tell whether a message is a list and nothing else."""
    return all(field.is_repeated for field in message.DESCRIPTOR.fields)


@forgery(Code.OUT_OF_BOUNDS, needs=is_one_list)
def list_that_is_empty_or_too_long(forger, good):
    if forger.rng.random() < 0.9:
        return forger.signed(good.method, b"")
    first = read_tree(good.raw, good.message.DESCRIPTOR)[:1]
    return forger.signed(good.method, write_tree(first) * 501)


def is_required(part, field):
    path = field.full_name.removeprefix("boundary.")
    return field.message_type is not None and not field.is_repeated and path not in schema.OPTIONAL


@forgery(Code.MALFORMED, needs=lambda message: fields_of(message, is_required))
def message_left_out(forger, good):
    part, field = forger.rng.choice(fields_of(good.message, is_required))
    part.ClearField(field.name)
    return forger.signed(good.method, good.message.SerializeToString(deterministic=True))
