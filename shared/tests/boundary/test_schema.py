"""The strict form of messages, without any network."""

import random
from uuid import UUID, uuid1, uuid4, uuid5

import pytest
from google.protobuf.descriptor import FieldDescriptor
from hypothesis import given
from hypothesis import strategies as st

from boundary.v1 import boundary_pb2 as pb
from boundary.v2 import boundary_pb2 as v2
from shared.boundary import methods, methods_v1, schema, wire
from shared.boundary.client import RESPONSE_BYTES_LIMIT
from shared.boundary.errors import CallRefused, Code
from shared.boundary.methods import Method
from shared.boundary.receiver import REQUEST_BYTES_LIMIT
from shared.ids import SystemIds

METHODS = [
    value
    for version in (methods_v1, methods)
    for value in vars(version).values()
    if isinstance(value, Method)
]
IDENT = wire.uuid_to_wire(UUID("0190a5b2-0000-7000-8000-00000000000a"))


def refused(raw, shape, *, parse=schema.parse_request):
    with pytest.raises(CallRefused) as caught:
        parse(raw, shape)
    return caught.value.answered


def intent(**changes):
    fields = {"intent": IDENT, "account": IDENT, "market": IDENT, "side": 1, "action": 2}
    return pb.Intent(**fields | {"quantity": 1000, "limit_price": 5600, "max_total": 5_892_480} | changes)


def walk(descriptor, seen):
    if descriptor.full_name not in seen:
        seen.add(descriptor.full_name)
        for field in descriptor.fields:
            yield field
            if field.message_type is not None:
                yield from walk(field.message_type, seen)


def test_the_methods_are_those_of_the_services():
    declared = [
        (service.full_name, method.name, method.input_type, method.output_type)
        for version in (pb, v2)
        for service in version.DESCRIPTOR.services_by_name.values()
        for method in service.methods
    ]
    assert declared == [(m.service, m.name, m.request.DESCRIPTOR, m.response.DESCRIPTOR) for m in METHODS]
    assert methods_v1.SUBMIT_INTENTS.path == "/boundary.v1.Boundary/SubmitIntents"
    assert methods.SUBMIT_INTENTS.path == "/boundary.v2.Boundary/SubmitIntents"


def test_no_request_has_room_for_text():
    texts = {FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES}
    for method in METHODS:
        for field in walk(method.request.DESCRIPTOR, set()):
            assert field.type not in texts, field.full_name


def test_every_shape_has_its_rules():
    for method in METHODS:
        schema._compile(method.request.DESCRIPTOR, is_request=True)
        schema._compile(method.response.DESCRIPTOR, is_request=False)


def test_every_declared_limit_belongs_to_a_field():
    fields = {
        field.full_name.removeprefix("boundary.")
        for method in METHODS
        for shape in (method.request, method.response)
        for field in walk(shape.DESCRIPTOR, set())
    }
    assert {*schema.OPTIONAL, *schema.LIST_LIMITS, *schema.TEXT_LIMITS, *schema.NUMBER_LIMITS} <= fields


def largest(message):
    """Fill a message with the most that its limits allow."""
    for field in message.DESCRIPTOR.fields:
        path = field.full_name.removeprefix("boundary.")
        if path.endswith("StatementLine.holdings"):
            continue  # a page ends at 20,000 of them, however many accounts there are: `cut_page`
        if field.is_repeated:
            getattr(message, field.name).extend(
                [largest(getattr(message, field.name).add())] * (schema.LIST_LIMITS[path][1] - 1)
            )
        elif field.message_type is not None:
            if field.containing_oneof is None or field.name == "fill":
                largest(getattr(message, field.name))
        elif field.type == FieldDescriptor.TYPE_STRING:
            setattr(message, field.name, "\U0001f40d" * schema.TEXT_LIMITS[path])
        elif field.enum_type is not None:
            setattr(message, field.name, field.enum_type.values[-1].number)
        elif field.type == FieldDescriptor.TYPE_BOOL:
            setattr(message, field.name, True)
        else:
            bits = 32 if field.cpp_type == FieldDescriptor.CPPTYPE_UINT32 else 63
            setattr(message, field.name, 2**bits - 1)
    return message


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.path)
def test_the_largest_message_has_room(method):
    assert largest(method.request()).ByteSize() <= REQUEST_BYTES_LIMIT
    holdings = 35 * 20_000 if method.name == "GetStatement" else 0
    assert largest(method.response()).ByteSize() + holdings <= RESPONSE_BYTES_LIMIT


def test_a_good_request_comes_back_as_it_was_sent():
    request = pb.SubmitIntentsRequest(intents=[intent(), intent(side=2)])
    raw = request.SerializeToString(deterministic=True)
    assert schema.parse_request(raw, pb.SubmitIntentsRequest) == request


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"\x10\x01\x10\x01", Code.UNKNOWN_FIELD),  # the same field twice
        (b"\x10\x81\x00", Code.UNKNOWN_FIELD),  # a number padded with zeros
        (b"\x10\x01\x18\x00", Code.UNKNOWN_FIELD),  # an unknown field
        (b"\x10\x00", Code.UNKNOWN_FIELD),  # a zero spelled out
        (b"\x10", Code.MALFORMED),
        (b"", Code.OUT_OF_BOUNDS),  # limit 0
        (b"\x10\xc9\x01", Code.OUT_OF_BOUNDS),  # limit 201
    ],
)
def test_only_one_spelling_of_a_message_is_accepted(raw, code):
    assert refused(raw, pb.ListMarketsRequest) is code


def test_an_optional_id_may_be_absent_but_not_wrong():
    assert schema.parse_request(b"\x10\x01", pb.ListMarketsRequest).limit == 1
    wrong = pb.ListMarketsRequest(after=pb.Uuid(), limit=1).SerializeToString(deterministic=True)
    assert refused(wrong, pb.ListMarketsRequest) is Code.BAD_UUID


def test_an_answer_may_leave_an_enum_unspecified_but_not_undeclared():
    def answer(**fields):
        answers = [v2.IntentAnswer(intent=IDENT, outcome=1, **fields)]
        return v2.SubmitIntentsResponse(answers=answers).SerializeToString(deterministic=True)

    assert schema.parse_response(answer(), v2.SubmitIntentsResponse).answers[0].reason == 0
    wrong = refused(answer(reason=99), v2.SubmitIntentsResponse, parse=schema.parse_response)
    assert wrong is Code.UNDECLARED_ENUM


@pytest.mark.parametrize("title", ["x" * 201, "one\ntwo", "esc\x1b[31m"])
def test_text_in_answers_is_bounded_and_printable(title):
    response = pb.ListMarketsResponse(markets=[pb.Market(market=IDENT, title=title)])
    raw = response.SerializeToString(deterministic=True)
    assert refused(raw, pb.ListMarketsResponse, parse=schema.parse_response) is Code.OUT_OF_BOUNDS


def test_a_report_without_a_body_is_refused():
    raw = v2.FetchReportsResponse(reports=[v2.Report(sequence=1)]).SerializeToString(deterministic=True)
    assert refused(raw, v2.FetchReportsResponse, parse=schema.parse_response) is Code.MALFORMED


def test_mutated_messages_are_refused_or_are_another_well_formed_message():
    rng = random.Random(5)  # noqa: S311 - a repeatable disorder
    request = pb.SubmitIntentsRequest(intents=[intent(), intent(side=2, action=1), intent(max_total=7)])
    good = request.SerializeToString(deterministic=True)
    refusals = dict.fromkeys(Code, 0)
    for _ in range(20_000):
        mutant = bytearray(good)
        for _ in range(rng.randint(1, 3)):
            match rng.randrange(3):
                case 0:
                    mutant[rng.randrange(len(mutant))] = rng.randrange(256)
                case 1:
                    del mutant[rng.randrange(len(mutant))]
                case _:
                    mutant.insert(rng.randrange(len(mutant)), rng.randrange(256))
        try:
            parsed = schema.parse_request(bytes(mutant), pb.SubmitIntentsRequest)
        except CallRefused as refusal:
            refusals[refusal.answered] += 1
        else:
            assert parsed.SerializeToString(deterministic=True) == mutant
            assert all(each.side in (1, 2) and each.action in (1, 2) for each in parsed.intents)
    expected = {Code.MALFORMED, Code.UNKNOWN_FIELD, Code.UNDECLARED_ENUM, Code.BAD_UUID}
    assert {code for code, count in refusals.items() if count} >= expected


@pytest.mark.parametrize("value", [uuid4(), uuid5(uuid4(), "x"), SystemIds().new()])
def test_ids_cross_unchanged(value):
    assert wire.uuid_from_wire(wire.uuid_to_wire(value)) == value


@pytest.mark.parametrize(
    "value", [uuid1(), UUID(int=0), UUID(bytes=b"nimal perera 071"), UUID(int=2**128 - 1)]
)
def test_other_ids_do_not(value):
    with pytest.raises(CallRefused):
        wire.uuid_from_wire(wire.uuid_to_wire(value))


@given(st.binary(min_size=32, max_size=32))
def test_digests_cross_unchanged(digest):
    assert wire.digest_from_wire(wire.digest_to_wire(digest)) == digest


IDS = st.sampled_from(
    [IDENT, None, pb.Uuid(high=0x0190A5B200001000, low=IDENT.low), pb.Uuid(high=IDENT.high)]
)
ENUMS = st.sampled_from([0, 1, 2, 3, -1])
NUMBERS = st.sampled_from([0, 1, 5600, 2**63 - 1])


def verdict(check, message):
    try:
        check(message)
    except CallRefused as refused:
        return refused.answered
    return Code.OK


@given(
    st.lists(
        st.fixed_dictionaries(
            dict.fromkeys(("intent", "account", "market"), IDS)
            | {"side": ENUMS, "action": ENUMS, "quantity": NUMBERS}
        ),
        max_size=3,
    ),
    st.lists(IDS.filter(bool), max_size=3),
)
def test_what_columns_find_good_the_rules_find_good_and_rules_name_the_fault(intents, ids):
    messages = [
        pb.SubmitIntentsRequest(intents=[intent(), *(intent(**changes) for changes in intents)]),
        pb.CancelIntentsRequest(intents=ids),
    ]
    for message in messages:
        by_columns = schema._compile(message.DESCRIPTOR, is_request=True)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(schema, "compile_columns", lambda _columns: None)
            by_rules = schema._compile(message.DESCRIPTOR, is_request=True)
        assert verdict(by_columns, message) is verdict(by_rules, message)


def test_a_number_of_a_list_is_bounded_like_any_other_of_a_request(monkeypatch):
    monkeypatch.delitem(schema.NUMBER_LIMITS, "v1.Intent.max_total")
    check = schema._compile(pb.SubmitIntentsRequest.DESCRIPTOR, is_request=True)
    for max_total, code in ((2**53 - 1, Code.OK), (2**53, Code.OUT_OF_BOUNDS)):
        assert verdict(check, pb.SubmitIntentsRequest(intents=[intent(max_total=max_total)])) is code


def test_the_busiest_lists_are_looked_at_by_column():
    for shape in (pb.Intent, pb.Account, pb.Uuid, v2.IntentAnswer):
        assert schema._columns_of(shape.DESCRIPTOR, is_request=True), shape.DESCRIPTOR.name
    for shape in (pb.Report, pb.Market, pb.ListMarketsRequest):
        assert not schema._columns_of(shape.DESCRIPTOR, is_request=False), shape.DESCRIPTOR.name
