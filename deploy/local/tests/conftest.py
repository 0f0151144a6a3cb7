"""What is tested here is how programs are started: they begin as an operator would start them."""

from collections.abc import Iterator

import pytest

from bulkhead_local.programs import load_once


@pytest.fixture(scope="session", autouse=True)
def _starting_as_operators_do() -> Iterator[None]:
    before = load_once(wanted=False)
    yield
    load_once(wanted=before)
