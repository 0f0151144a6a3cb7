"""The whole check of a file: read safely, structure, then rules."""

from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources
from typing import Final

from lxml import etree

from customer_stack.filings.validator.catalogue import find
from customer_stack.filings.validator.expectations import Expectations
from customer_stack.filings.validator.findings import Finding, Weight
from customer_stack.filings.validator.header import check_header
from customer_stack.filings.validator.transactions import check_transactions
from customer_stack.filings.validator.tree import Node

FILE_LIMIT_BYTES: Final = 50_000_000
FINDINGS_LIMIT: Final = 1000


def validate(raw: bytes, expected: Expectations) -> tuple[Finding, ...]:
    """Return what is wrong with a file, structure first; nothing when it may be sent."""
    if len(raw) > FILE_LIMIT_BYTES:
        return (find("file.too_large", "file"),)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError):
        return (find("file.not_xml", "file"),)
    if root.getroottree().docinfo.doctype:
        return (find("file.has_doctype", "file"),)
    report = Node(root)
    found = [
        *_check_structure(root),
        *check_header(report, expected),
        *check_transactions(report, expected),
    ]
    return tuple(found[:FINDINGS_LIMIT])


def is_acceptable(findings: Sequence[Finding]) -> bool:
    """Tell whether a file with these findings may be sent: warnings may stand."""
    return all(each.weight is not Weight.ERROR for each in findings)


@cache
def _schema() -> etree.XMLSchema:
    file = resources.files("customer_stack.filings.validator").joinpath("structure.xsd")
    return etree.XMLSchema(etree.fromstring(file.read_bytes()))


def _check_structure(root: etree._Element) -> Iterator[Finding]:
    """Yield what the schema refuses. The library's sentences quote values, so only kind and line are told."""
    schema = _schema()
    if schema.validate(root):
        return
    for error in schema.error_log:
        element = (error.path or "").rpartition("/")[2].partition("[")[0]
        yield find("file.structure", f"line {error.line}", f"<{element}>: {error.type_name}")
