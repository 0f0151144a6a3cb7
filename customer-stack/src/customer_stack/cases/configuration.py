"""Reads `deadlines.yaml`: how long cases may take, and what one person alone may decide."""

from functools import cache
from importlib import resources

from customer_stack.cases.domain.terms import Terms, read_terms
from customer_stack.reviewed_files import read_yaml
from customer_stack.working_days.catalogue import load_calendar


@cache
def load_terms() -> Terms:
    """Return the terms that come with the software."""
    text = resources.files("customer_stack.cases").joinpath("deadlines.yaml").read_text("utf-8")
    return read_terms(read_yaml(text), load_calendar())
