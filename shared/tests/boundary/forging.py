"""Messages that nobody may accept, made from good ones: every way we know to get one past the wall.

A *kind* makes one arrival out of a good message and names the codes with which it may be refused. Shapes
are taken from the descriptors, so that a message that a version gains is forged too. All chance comes from
one seeded generator: the same seed gives the same messages.
"""

import random
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from google.protobuf.descriptor import FieldDescriptor

from boundary.v1 import boundary_pb2 as v1
from shared.boundary import methods, methods_v1, schema, signing
from shared.boundary.calls import CALL_KEY, CallHeader, pack_call
from shared.boundary.keys import KeyRing, make_keys
from shared.boundary.methods import Method
from shared.boundary.receiver import Arrival

METHODS = [
    method
    for version in (methods_v1, methods)
    for method in vars(version).values()
    if isinstance(method, Method)
]
KINDS = {}


@dataclass(frozen=True)
class Good:
    """A message that would be accepted: its method, its content and its bytes."""

    method: Method
    message: object
    raw: bytes


def forgery(*codes, needs=lambda message: True):
    """Register a kind, refused with one of `codes`; `needs` tells which messages it can be made of."""

    def register(make):
        KINDS[make.__name__] = (make, frozenset(codes), needs)
        return make

    return register


class Forger:
    """Makes good and bad arrivals, all from one seed."""

    caller, callee = "customer-lk.sandbox", "execution.sandbox"

    def __init__(self, seed, clock):
        self.rng, self.clock, now = random.Random(seed), clock, clock.now()  # noqa: S311 - repeatable
        day, span = (
            timedelta(days=1),
            {"not_before": now - timedelta(days=1), "not_after": now + timedelta(days=1)},
        )
        self.key, self.answer_key = self._keys(self.caller, self.callee, **span)
        self.expired, _ = self._keys(self.caller, self.callee, not_before=now - 2 * day, not_after=now - day)
        self.coming, _ = self._keys(self.caller, self.callee, not_before=now + day, not_after=now + 2 * day)
        self.elsewhere, _ = self._keys(self.caller, "execution.production", **span)
        self.records = [self.key, self.answer_key, self.expired, self.coming, self.elsewhere]
        self.ring = KeyRing(self.records)

    def _keys(self, caller, callee, **span):
        made = make_keys(caller, callee, **span)
        return [replace(each, id=self.uuid(), secret=self.rng.randbytes(32)) for each in made]

    def uuid(self):
        return UUID(int=self.rng.getrandbits(128), version=self.rng.choice((4, 5)))

    def good(self, method=None):
        """Return a message that is in order, with every limit of the schema used."""
        method = method or self.rng.choice(METHODS)
        message = self._fill(method.request())
        return Good(method, message, message.SerializeToString(deterministic=True))

    def _fill(self, message):
        rng = self.rng
        if message.DESCRIPTOR is v1.Uuid.DESCRIPTOR:
            high, low = divmod(self.uuid().int, 1 << 64)
            message.high, message.low = high, low
            return message
        for field in message.DESCRIPTOR.fields:
            path = field.full_name.removeprefix("boundary.")
            if field.is_repeated:
                for _ in range(rng.randint(max(1, schema.LIST_LIMITS[path][0]), 3)):
                    self._fill(getattr(message, field.name).add())
            elif field.message_type is not None:
                if path not in schema.OPTIONAL or rng.random() < 0.5:
                    getattr(message, field.name).SetInParent()
                    self._fill(getattr(message, field.name))
            elif field.enum_type is not None:
                setattr(
                    message, field.name, rng.choice([v.number for v in field.enum_type.values if v.number])
                )
            elif field.type == FieldDescriptor.TYPE_FIXED64:
                setattr(message, field.name, rng.getrandbits(64))
            else:
                least, most = schema.NUMBER_LIMITS.get(path, schema.IN_REQUESTS)
                setattr(message, field.name, rng.choice((least, most, rng.randint(least, most))))
        return message

    def header(self, key=None, **changes):
        time_ns = signing.to_ns(self.clock.now()) + self.rng.randrange(-29 * 10**9, 4 * 10**9)
        made = CallHeader((key or self.key).id, time_ns, self.rng.randbytes(16), self.uuid())
        return replace(made, **changes)

    def packed(self, method, raw, *, key=None, header=None):
        """Return the header of a call as `key` signs it."""
        key = key or self.key
        header = header or self.header(key)
        return pack_call(header, signing.sign_request(key, method.path, header, raw))

    def signed(self, method, raw, **options):
        """Return an arrival whose signature is good."""
        return Arrival(raw, ((CALL_KEY, self.packed(method, raw, **options)),), None)

    def accepted(self, good):
        return self.signed(good.method, good.raw)

    def forge(self, kind):
        """Return what to deliver, to which method, and the codes with which it may be refused."""
        make, codes, needs = KINDS[kind]
        good = self.good()
        while not needs(good.message):
            good = self.good()
        return good.method, make(self, good), codes

    def flipped(self, raw, start=0, end=None):
        """Return bytes with one to eight bits of a range turned round."""
        changed = bytearray(raw)
        bits = self.rng.sample(range(8 * start, 8 * (end or len(raw))), self.rng.randint(1, 8))
        for bit in bits:
            changed[bit // 8] ^= 1 << bit % 8
        return bytes(changed)


def parts_of(message):
    """Return a message and all messages in it."""
    parts = [message]
    for field, value in message.ListFields():
        if field.message_type is not None:
            for each in value if field.is_repeated else [value]:
                parts += parts_of(each)
    return parts


def fields_of(message, wanted):
    """Return (part, field) of all fields, set or not, that `wanted` takes."""
    return [
        (part, field) for part in parts_of(message) for field in part.DESCRIPTOR.fields if wanted(part, field)
    ]
