"""What bytes may be a message of the wall: strictly one form, every id and number checked.

A message is refused unless its own re-serialisation, after unknown fields are dropped, gives exactly the
bytes that arrived. That catches unknown fields at any depth, fields sent twice, padded numbers and
fields out of order: all the places where something could be smuggled past the shapes.
The rules of a message type are compiled once from its descriptor.

Guaranteed, for every message that passes:
- ids carry the bits of a UUID, enums are declared, lists and texts are within their limits;
- every field that isn't listed as optional is there; every integer fits PostgreSQL's bigint, and those
  of a request are too small for eight letters; a digest or signature in a request doesn't read as text;
- a request has no text at all: a shape with a string or bytes field is refused when it is compiled.
"""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import DecodeError, Message

from boundary.v1 import boundary_pb2 as pb
from boundary.v2 import boundary_pb2 as v2
from shared.boundary.columns import Column, compile_columns, enum_column, id_columns, number_column
from shared.boundary.errors import CallRefused, Code
from shared.boundary.wire import are_uuid_bits, digest_from_wire, signature_from_wire
from shared.errors import invariant

MessageT = TypeVar("MessageT", bound=Message)
Check = Callable[[Any], None]

# Limits belong to a field of one version: a message that a newer version says anew brings its own.
OPTIONAL: Final = frozenset(
    {
        "v1.ListMarketsRequest.after",
        "v1.GetStatementRequest.after",
        "v2.GetStatementResponse.standing",
        "v2.ExchangeCheckpointsRequest.offer",
        "v2.ExchangeCheckpointsRequest.cosignature",
        "v2.ExchangeCheckpointsRequest.finding",
        "v2.ExchangeCheckpointsResponse.cosignature",
        "v2.ExchangeCheckpointsResponse.offer",
    }
)
LIST_LIMITS: Final = {
    "v1.RegisterAccountsRequest.accounts": (1, 500),
    "v1.SubmitIntentsRequest.intents": (1, 500),
    "v1.SubmitIntentsResponse.answers": (1, 500),
    "v1.CancelIntentsRequest.intents": (1, 500),
    "v1.CancelIntentsResponse.answers": (1, 500),
    "v1.ListMarketsResponse.markets": (0, 200),
    "v1.GetOrderBookResponse.yes_bids": (0, 50),
    "v1.GetOrderBookResponse.no_bids": (0, 50),
    "v1.FetchReportsResponse.reports": (0, 1000),
    "v1.GetStatementResponse.lines": (0, 500),
    "v1.StatementLine.holdings": (0, 2000),
    "v2.SubmitIntentsResponse.answers": (1, 500),
    "v2.FetchReportsResponse.reports": (0, 1000),
    "v2.GetStatementResponse.lines": (0, 500),
    "v2.Offer.proof": (0, 64),
}
TEXT_LIMITS: Final = {"v1.Market.ticker": 64, "v1.Market.title": 200, "v1.Market.rules": 500}
NUMBER_LIMITS: Final = {
    # Wide enough for whatever a customer stack can mean, and for execution to say what is wrong with it.
    "v1.Intent.quantity": (0, 10**9),
    "v1.Intent.limit_price": (0, 10**5),
    "v1.Intent.max_total": (0, 10**13),
    "v1.ListMarketsRequest.limit": (1, 200),
    "v1.GetOrderBookRequest.depth": (1, 50),
    "v1.FetchReportsRequest.limit": (1, 1000),
    "v1.FetchReportsRequest.wait_ms": (0, 20_000),
    "v1.GetStatementRequest.limit": (1, 500),
    "v2.Checkpoint.epoch": (1, 10**6),
    "v2.Cosignature.epoch": (1, 10**6),
    "v2.Held.epoch": (1, 10**6),
}
BIGINT: Final = (-(2**63), 2**63 - 1)
IN_REQUESTS: Final = (0, 2**53 - 1)
"""An integer of a request without limits of its own: up to nine thousand million dollars. Eight letters, in
whichever alphabet or encoding, are a larger number."""

_checks: dict[tuple[str, bool], Check] = {}


def parse_request(raw: bytes, shape: type[MessageT]) -> MessageT:
    """Return the request in `raw`. Raises CallRefused. In a request, an unspecified enum is refused."""
    return _parse(raw, shape, is_request=True)


def parse_response(raw: bytes, shape: type[MessageT]) -> MessageT:
    """Return the answer in `raw`. Raises CallRefused."""
    return _parse(raw, shape, is_request=False)


def _parse(raw: bytes, shape: type[MessageT], *, is_request: bool) -> MessageT:
    try:
        message = shape.FromString(raw)
    except DecodeError:
        raise CallRefused(Code.MALFORMED) from None
    message.DiscardUnknownFields()
    if message.SerializeToString(deterministic=True) != raw:
        raise CallRefused(Code.UNKNOWN_FIELD)
    descriptor: Any = shape.DESCRIPTOR  # two kinds in the stubs, one at run time
    _check_of(descriptor, is_request=is_request)(message)
    return message


def _check_of(descriptor: Descriptor, *, is_request: bool) -> Check:
    key = (descriptor.full_name, is_request)
    if key not in _checks:
        _checks[key] = _compile(descriptor, is_request=is_request)
    return _checks[key]


def _compile(descriptor: Descriptor, *, is_request: bool) -> Check:
    if descriptor is pb.Uuid.DESCRIPTOR:
        return _check_uuid
    if descriptor is pb.Digest.DESCRIPTOR:
        return _check_digest if is_request else _check_nothing
    if descriptor is v2.Signature.DESCRIPTOR:
        return _check_signature if is_request else _check_nothing
    if descriptor is v2.Node.DESCRIPTOR:
        # Its handler proves it against a signed root and keeps none. A node that reads as text by chance
        # comes again in every later proof: refusing it would end the witness for good.
        return _check_nothing
    checks = tuple(_compile_field(field, is_request=is_request) for field in descriptor.fields)
    unions = tuple(union.name for union in descriptor.oneofs)

    def check(message: Message) -> None:
        for each in checks:
            each(message)
        for union in unions:
            if message.WhichOneof(union) is None:
                raise CallRefused(Code.MALFORMED)

    return check


def _compile_field(field: FieldDescriptor, *, is_request: bool) -> Check:
    value_check = _compile_value(field, is_request=is_request)
    name = field.name
    if field.is_repeated:
        return _compile_list(field, value_check, is_request=is_request)
    if field.has_presence:
        may_be_absent = _path(field) in OPTIONAL or field.containing_oneof is not None

        def check_present(message: Message) -> None:
            if message.HasField(name):
                value_check(getattr(message, name))
            elif not may_be_absent:
                raise CallRefused(Code.MALFORMED)

        return check_present

    def check_value(message: Message) -> None:
        value_check(getattr(message, name))

    return check_value


def _compile_list(field: FieldDescriptor, value_check: Check, *, is_request: bool) -> Check:
    name, shape = field.name, field.message_type
    invariant(shape is not None, "a list is a list of messages")
    least, most = LIST_LIMITS[_path(field)]
    are_good = compile_columns(_columns_of(shape, is_request=is_request))

    def check_list(message: Message) -> None:
        values = getattr(message, name)
        if not least <= len(values) <= most:
            raise CallRefused(Code.OUT_OF_BOUNDS)
        if are_good is not None and values and are_good(values):
            return
        for value in values:
            value_check(value)

    return check_list


def _compile_value(field: FieldDescriptor, *, is_request: bool) -> Check:
    if field.message_type is not None:
        return _check_of(field.message_type, is_request=is_request)
    if field.enum_type is not None:
        return _check_enum(_accepted_of(field, is_request=is_request))
    if field.type == FieldDescriptor.TYPE_BOOL:
        return _check_nothing
    if field.type == FieldDescriptor.TYPE_STRING:
        invariant(not is_request, "a request has a text field")
        return _check_text(TEXT_LIMITS[_path(field)])
    invariant(field.cpp_type in _INTEGERS, "a message has a field that is neither id, enum nor integer")
    return _check_number(*_bounds_of(field, is_request=is_request))


def _columns_of(descriptor: Any, *, is_request: bool) -> list[Column]:
    """Return the columns of a flat message, none of any other."""
    if descriptor is pb.Uuid.DESCRIPTOR:
        return id_columns()
    if descriptor is v2.Node.DESCRIPTOR:
        return []
    columns: list[Column] = []
    for field in descriptor.fields:
        if field.message_type is pb.Uuid.DESCRIPTOR and _is_mandatory(field):
            columns += id_columns(f"{field.name}.")
        elif field.is_repeated or field.has_presence or field.type == FieldDescriptor.TYPE_STRING:
            return []
        elif field.enum_type is not None:
            columns.append(enum_column(field.name, _accepted_of(field, is_request=is_request)))
        elif field.type != FieldDescriptor.TYPE_BOOL:
            columns.append(number_column(field.name, *_bounds_of(field, is_request=is_request)))
    return columns


def _is_mandatory(field: FieldDescriptor) -> bool:
    return not field.is_repeated and field.containing_oneof is None and _path(field) not in OPTIONAL


def _bounds_of(field: FieldDescriptor, *, is_request: bool) -> tuple[int, int]:
    """Return the least and the most that a number may be."""
    return NUMBER_LIMITS.get(_path(field), IN_REQUESTS if is_request else BIGINT)


def _accepted_of(field: Any, *, is_request: bool) -> frozenset[int]:
    """Return the numbers that an enum may have."""
    declared = {value.number for value in field.enum_type.values}
    return frozenset(declared - {0} if is_request else declared)


_INTEGERS: Final = frozenset(
    {
        FieldDescriptor.CPPTYPE_INT32,
        FieldDescriptor.CPPTYPE_INT64,
        FieldDescriptor.CPPTYPE_UINT32,
        FieldDescriptor.CPPTYPE_UINT64,
    }
)


def _path(field: FieldDescriptor) -> str:
    """Return version, message and field."""
    return field.full_name.removeprefix("boundary.")


def _check_nothing(_value: object) -> None:
    """Accept: the type leaves no room for anything else."""


def _check_uuid(message: pb.Uuid) -> None:
    if not are_uuid_bits(message.high, message.low):
        raise CallRefused(Code.BAD_UUID)


def _check_digest(message: pb.Digest) -> None:
    """Refuse 32 bytes that read as text. Of a hundred million digests one reads so by chance."""
    _refuse_text(digest_from_wire(message))


def _check_signature(message: v2.Signature) -> None:
    """Refuse 64 bytes that read as text."""
    _refuse_text(signature_from_wire(message))


def _refuse_text(value: bytes) -> None:
    try:
        value.decode()
    except UnicodeDecodeError:
        return
    raise CallRefused(Code.OUT_OF_BOUNDS)


def _check_enum(accepted: frozenset[int]) -> Check:
    def check(value: int) -> None:
        if value not in accepted:
            raise CallRefused(Code.UNDECLARED_ENUM)

    return check


def _check_number(least: int, most: int) -> Check:
    def check(value: int) -> None:
        if not least <= value <= most:
            raise CallRefused(Code.OUT_OF_BOUNDS)

    return check


def _check_text(limit: int) -> Check:
    def check(value: str) -> None:
        if len(value) > limit or not value.isprintable():
            raise CallRefused(Code.OUT_OF_BOUNDS)

    return check
