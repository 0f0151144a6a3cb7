"""The routes of this version of the software, and those of versions before that sessions still have."""

from collections.abc import Collection
from importlib import resources
from typing import Any, Final

import orjson

from customer_stack.access.catalogue import load_roles
from customer_stack.access.domain import permissions_of
from customer_stack.kyc.domain.checks import CHECKS
from customer_stack.kyc.domain.configuring import Vocabulary, read_configuration
from customer_stack.kyc.domain.routing import Configuration
from customer_stack.reviewed_files import read_yaml

FILE: Final = "onboarding.yaml"


class Routes:
    """The configuration that new submissions get, and a reader of kept ones."""

    def __init__(self, document: Any, vocabulary: Vocabulary) -> None:
        """Read the current document. Raises ConfigurationUnusable."""
        self._vocabulary = vocabulary
        self.current = read_configuration(document, vocabulary)
        self._known = {self.current.digest: self.current}

    def find(self, digest: bytes) -> Configuration | None:
        """Return a version that was read before."""
        return self._known.get(digest)

    def read_kept(self, text: bytes) -> Configuration:
        """Return a version from its kept text. Raises ConfigurationUnusable when a check of it is gone."""
        kept = read_configuration(orjson.loads(text), self._vocabulary)
        self._known[kept.digest] = kept
        return kept


def load_document() -> Any:
    """Return the routes that come with the software, as YAML says them."""
    return read_yaml(
        resources.files("customer_stack.kyc").joinpath("routes", FILE).read_text(encoding="utf-8")
    )


def open_routes(vendors: Collection[str]) -> Routes:
    """Return the routes, checked against what there is. Raises ConfigurationUnusable."""
    roles = load_roles()
    return Routes(load_document(), Vocabulary(CHECKS, vendors, permissions_of(roles, roles)))
