"""Rules of the wall: what a request can carry, and that the generated package is what the file says."""

import subprocess
import sys
from collections.abc import Iterator, Sequence

import pytest
from google.protobuf.descriptor import Descriptor, FieldDescriptor, FileDescriptor, MethodDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool

from architecture.sources import ROOT
from boundary.v1 import boundary_pb2 as v1
from boundary.v2 import boundary_pb2 as v2
from shared.boundary.schema import TEXT_LIMITS

TEXT = {FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES}
ANSWERS_WITH_TEXT = {"ListMarketsResponse"}
VERSIONS = (v1.DESCRIPTOR, v2.DESCRIPTOR)
NEW_IN_V2 = {"ExchangeCheckpoints"}


def reachable(message: Descriptor) -> Iterator[FieldDescriptor]:
    """Yield every field of a message and of the messages in it."""
    pending, seen = [message], set()
    while pending:
        each = pending.pop()
        if each.full_name in seen:
            continue
        seen.add(each.full_name)
        for field in each.fields:
            yield field
            if field.message_type is not None:
                pending.append(field.message_type)


def text_fields(message: Descriptor) -> list[str]:
    """Return the fields through which text could travel."""
    return [field.full_name for field in reachable(message) if field.type in TEXT]


def methods_of(version: FileDescriptor) -> Sequence[MethodDescriptor]:
    """Return the calls of one version."""
    methods: Sequence[MethodDescriptor] = version.services_by_name["Boundary"].methods
    return methods


def test_no_version_is_left_out() -> None:
    files = {path.parent.name for path in (ROOT / "proto" / "boundary").rglob("*.proto")}
    assert {version.package for version in VERSIONS} == {f"boundary.{name}" for name in files}
    names = [{method.name for method in methods_of(version)} for version in VERSIONS]
    assert names == [names[0], names[0] | NEW_IN_V2]


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.package)
def test_no_request_can_carry_text(version: FileDescriptor) -> None:
    methods = methods_of(version)
    assert len(methods) == (9 if version is v2.DESCRIPTOR else 8)
    assert {method.name: text_fields(method.input_type) for method in methods} == {
        method.name: [] for method in methods
    }
    with_text = {method.output_type.name for method in methods if text_fields(method.output_type)}
    assert with_text == ANSWERS_WITH_TEXT


def test_the_text_of_answers_is_bounded_and_there_is_no_other() -> None:
    answers = [method.output_type for version in VERSIONS for method in methods_of(version)]
    texts = {name.removeprefix("boundary.") for answer in answers for name in text_fields(answer)}
    assert texts == set(TEXT_LIMITS)


def test_a_field_keeps_its_number_from_version_to_version() -> None:
    first, *later = VERSIONS
    for version in later:
        for name, message in version.message_types_by_name.items():
            before = first.message_types_by_name.get(name)
            for field in () if before is None else before.fields:
                assert message.fields_by_name[field.name].number == field.number, field.full_name


def test_the_rule_sees_text_in_a_nested_message() -> None:
    bad = FileDescriptorProto(name="bad.proto", package="bad", syntax="proto3")
    inner = bad.message_type.add(name="Inner")
    inner.field.add(name="note", number=1, type=FieldDescriptor.TYPE_STRING, label=1)
    outer = bad.message_type.add(name="Outer")
    outer.field.add(
        name="inner", number=1, type=FieldDescriptor.TYPE_MESSAGE, type_name=".bad.Inner", label=1
    )
    pool = DescriptorPool()
    pool.Add(bad)
    assert text_fields(pool.FindMessageTypeByName("bad.Outer")) == ["bad.Inner.note"]


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.package)
def test_every_call_is_unary(version: FileDescriptor) -> None:
    for method in methods_of(version):
        assert not method.client_streaming
        assert not method.server_streaming


def test_no_money_or_quantity_travels_as_a_float() -> None:
    floating = {FieldDescriptor.TYPE_FLOAT, FieldDescriptor.TYPE_DOUBLE}
    for version in VERSIONS:
        for message in version.message_types_by_name.values():
            assert not [field.full_name for field in reachable(message) if field.type in floating]


def test_the_generated_package_is_up_to_date() -> None:
    run = subprocess.run(
        [sys.executable, str(ROOT / "proto" / "generate.py"), "--check"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
