"""Reads the list of purposes: the packaged one, or the operator's own (CUSTOMER_SETTLEMENT_PURPOSES_FILE)."""

from importlib import resources
from pathlib import Path

from customer_stack.reviewed_files import read_yaml
from customer_stack.settlement.domain.purposes import Purposes, read_purposes


def load_purposes(file: Path | None = None) -> Purposes:
    """Return the list in `file`, or the packaged one. Raises InvariantViolated for one that is unusable."""
    packaged = resources.files("customer_stack.settlement").joinpath("purposes.yaml")
    return read_purposes(read_yaml(packaged.read_text() if file is None else file.read_text()))
