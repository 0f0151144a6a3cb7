"""Reads the starter set: rules reviewed in version control, by family. A tenant publishes them by itself."""

from functools import cache
from importlib import resources

from customer_stack.aml.domain.rules import Rule, read_rule
from customer_stack.reviewed_files import read_yaml


@cache
def load_starter_rules() -> tuple[Rule, ...]:
    """Return all rules of the starter set in order of their keys. Raises RuleInvalid."""
    folder = resources.files("customer_stack.aml.starter")
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".yaml")), key=lambda f: f.name)
    rules = [read_rule(document) for file in files for document in read_yaml(file.read_text())]
    return tuple(sorted(rules, key=lambda rule: rule.key))
