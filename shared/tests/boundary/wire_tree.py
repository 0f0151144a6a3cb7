"""A message as its fields on the wire, so that a test can write what no serialiser would."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Field:
    """One field: `value` is a number, bytes, or the fields of a message; padding makes numbers overlong."""

    number: int
    wire: int
    value: object
    tag_padding: int = 0
    value_padding: int = 0


def read_tree(raw, descriptor):
    """Return the fields of a message in canonical form."""
    fields, at = [], 0
    while at < len(raw):
        tag, at = _read_varint(raw, at)
        number, wire = tag >> 3, tag & 7
        if wire == 0:
            value, at = _read_varint(raw, at)
        elif wire == 1:
            value, at = int.from_bytes(raw[at : at + 8], "little"), at + 8
        else:
            size, at = _read_varint(raw, at)
            value = read_tree(raw[at : at + size], descriptor.fields_by_number[number].message_type)
            at += size
        fields.append(Field(number, wire, value))
    return fields


def write_tree(fields):
    """Return the bytes of fields, exactly as told."""
    return b"".join(_write(field) for field in fields)


def lists_of(fields, descriptor):
    """Return every list of fields in a tree, with the descriptor of its message."""
    found = [(fields, descriptor)]
    for field in fields:
        if isinstance(field.value, list):
            found += lists_of(field.value, descriptor.fields_by_number[field.number].message_type)
    return found


def varint(number, padding=0):
    """Return a number seven bits a byte, with as many needless bytes as asked."""
    encoded = bytearray()
    while number >= 0x80:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    if padding:
        encoded[-1] |= 0x80
        encoded += b"\x80" * (padding - 1) + b"\x00"
    return bytes(encoded)


def _write(field):
    tag = varint(field.number << 3 | field.wire, field.tag_padding)
    if field.wire == 0:
        return tag + varint(field.value, field.value_padding)
    if field.wire in (1, 5):
        return tag + field.value.to_bytes(8 if field.wire == 1 else 4, "little")
    content = write_tree(field.value) if isinstance(field.value, list) else field.value
    return tag + varint(len(content), field.value_padding) + content


def _read_varint(raw, at):
    number = shift = 0
    while True:
        byte = raw[at]
        number |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return number, at
