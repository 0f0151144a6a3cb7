"""Reads the role files of `access/roles`."""

from functools import cache
from importlib import resources
from types import MappingProxyType

from customer_stack.access.domain import Role, read_role
from customer_stack.reviewed_files import read_yaml


@cache
def load_roles() -> MappingProxyType[str, Role]:
    """Return all roles by name."""
    folder = resources.files("customer_stack.access").joinpath("roles")
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".yaml")), key=lambda f: f.name)
    roles = [read_role(file.name.removesuffix(".yaml"), read_yaml(file.read_text())) for file in files]
    return MappingProxyType({role.name: role for role in roles})
