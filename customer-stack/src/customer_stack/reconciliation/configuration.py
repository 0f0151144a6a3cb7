"""Reads the reviewed configuration beside this module."""

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Final

from customer_stack.reconciliation.domain.clearing import Limits, read_limits
from customer_stack.reconciliation.domain.materiality import Materiality, read_materiality
from customer_stack.reconciliation.domain.sources import Configuration, read_configuration
from customer_stack.reconciliation.domain.statements import Bank, read_banks
from customer_stack.reviewed_files import read_yaml

_FOLDER: Final = resources.files("customer_stack.reconciliation")


@cache
def load_clearing_limits() -> Limits:
    """Return the limits of `clearing.yaml`."""
    return read_limits(read_yaml(_FOLDER.joinpath("clearing.yaml").read_text("utf-8")))


@cache
def load_materiality() -> Materiality:
    """Return the limits of `breaks.yaml`."""
    return read_materiality(read_yaml(_FOLDER.joinpath("breaks.yaml").read_text("utf-8")))


@cache
def load_sources() -> Configuration:
    """Return the rules and sources of `matching.yaml`, with the digest of the file."""
    raw = _FOLDER.joinpath("matching.yaml").read_bytes()
    return read_configuration(read_yaml(raw.decode()), hashlib.sha256(raw).digest())


@cache
def load_banks() -> Mapping[str, Bank]:
    """Return the mappings of `banks.yaml` by name."""
    return MappingProxyType(read_banks(read_yaml(_FOLDER.joinpath("banks.yaml").read_text("utf-8"))))
