"""Reads the reviewed configuration beside this module."""

from functools import cache
from importlib import resources

import yaml

from customer_stack.reconciliation.domain.materiality import Materiality, read_materiality


@cache
def load_materiality() -> Materiality:
    """Return the limits of `breaks.yaml`."""
    text = resources.files("customer_stack.reconciliation").joinpath("breaks.yaml").read_text("utf-8")
    return read_materiality(yaml.safe_load(text))
