"""Reads the catalogue of sources."""

from functools import cache
from importlib import resources

from customer_stack.evidence.domain.sources import Source, read_catalogue
from customer_stack.reviewed_files import read_yaml


@cache
def load_sources() -> tuple[Source, ...]:
    """Return the sources. Raises CatalogueUnusable."""
    file = resources.files("customer_stack.evidence").joinpath("catalogue.yaml")
    return read_catalogue(read_yaml(file.read_text(encoding="utf-8")))
