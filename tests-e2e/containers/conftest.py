"""One platform in containers for all tests that need it: each brings its own people, and leaves it whole."""

from collections.abc import Iterator

import pytest

from bulkhead_local.containers import Containers
from containers.composed import running_containers


@pytest.fixture(scope="package")
def composed() -> Iterator[Containers]:
    with running_containers() as running:
        yield running
