"""Reads the weights that come with the software."""

from functools import cache
from importlib import resources

from customer_stack.reviewed_files import read_yaml
from customer_stack.risk.domain.weights import Weights, read_weights


@cache
def load_weights() -> Weights:
    """Return the weights of `weights.yaml`."""
    text = resources.files("customer_stack.risk").joinpath("weights.yaml").read_text("utf-8")
    return read_weights(read_yaml(text))
