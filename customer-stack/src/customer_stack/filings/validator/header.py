"""Rules of the report as a whole."""

from collections.abc import Iterator

from customer_stack.filings.validator.catalogue import find
from customer_stack.filings.validator.expectations import Expectations
from customer_stack.filings.validator.findings import Finding
from customer_stack.filings.validator.tree import Node


def check_header(report: Node, expected: Expectations) -> Iterator[Finding]:
    """Yield what is wrong with the head of a report."""
    if expected.entity_id is not None and report.text("rentity_id") != str(expected.entity_id):
        yield find("report.entity_differs", "report/rentity_id")
    if report.text("currency_code_local") != "LKR":
        yield find("report.currency", "report/currency_code_local")
    if report.text("report_code") != "STR":
        return
    if not report.has("reason"):
        yield find("report.reason_missing", "report/reason")
    if not report.has("action"):
        yield find("report.action_missing", "report/action")
    indicators = report.child("report_indicators")
    if indicators is None or not indicators.has("indicator"):
        yield find("report.indicator_missing", "report/report_indicators")
