"""Rules of the wall: what a request can carry, and that the generated package is what the file says."""

import subprocess
import sys
from collections.abc import Iterator

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool

from architecture.sources import ROOT
from boundary.v1 import boundary_pb2

TEXT = {FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES}
ANSWERS_WITH_TEXT = {"ListMarketsResponse"}


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


def test_no_request_can_carry_text() -> None:
    methods = boundary_pb2.DESCRIPTOR.services_by_name["Boundary"].methods
    assert len(methods) == 8
    assert {method.name: text_fields(method.input_type) for method in methods} == {
        method.name: [] for method in methods
    }
    with_text = {method.output_type.name for method in methods if text_fields(method.output_type)}
    assert with_text == ANSWERS_WITH_TEXT


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


def test_every_call_is_unary() -> None:
    for method in boundary_pb2.DESCRIPTOR.services_by_name["Boundary"].methods:
        assert not method.client_streaming
        assert not method.server_streaming


def test_no_money_or_quantity_travels_as_a_float() -> None:
    floating = {FieldDescriptor.TYPE_FLOAT, FieldDescriptor.TYPE_DOUBLE}
    for message in boundary_pb2.DESCRIPTOR.message_types_by_name.values():
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
