"""The inventory and the texts that come with this version of the software."""

import hashlib
from functools import cache
from importlib import resources

from customer_stack.privacy.domain.consents import Texts, read_texts
from customer_stack.privacy.domain.inventory import Inventory, read_inventory
from customer_stack.reviewed_files import read_yaml

_FOLDER = resources.files("customer_stack.privacy")


@cache
def load_inventory() -> Inventory:
    """Return the inventory of personal data. Raises InventoryUnusable."""
    return read_inventory(read_yaml(_FOLDER.joinpath("inventory.yaml").read_text(encoding="utf-8")))


@cache
def load_texts() -> Texts:
    """Return what people agree to, in all versions. Raises TextsUnusable."""
    folder = _FOLDER.joinpath("texts")
    bodies = {
        file.name.removesuffix(".md"): file.read_text(encoding="utf-8")
        for file in folder.iterdir()
        if file.name.endswith(".md")
    }
    catalogue = read_yaml(folder.joinpath("catalogue.yaml").read_text(encoding="utf-8"))
    return read_texts(catalogue, bodies, lambda body: hashlib.sha256(body.encode()).digest())
