"""Checks a goAML file by itself, before the FIU does. Shares no code with what writes our files.

It reads the XML alone: first its structure, by a schema of our own writing of what is published (4.0.2), then
the rules that the FIU-SL adds and those that its reporters are known to trip over. So what the writer
misunderstands, this does not repeat; and a file of another system can be tried as well.

Guaranteed:
- hostile XML is refused unread: no document type, no entities, no network, no file beyond its limit;
- every finding has a stable code, a place and a sentence; both kinds of checks are always made.
"""

from customer_stack.filings.validator.expectations import Expectations, read_institutions
from customer_stack.filings.validator.findings import Finding, Weight
from customer_stack.filings.validator.validating import is_acceptable, validate

__all__ = ["Expectations", "Finding", "Weight", "is_acceptable", "read_institutions", "validate"]
