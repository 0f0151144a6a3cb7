"""One platform for all tests that kill its processes: each brings people of its own, and leaves it whole."""

from collections.abc import Iterator

import pytest

from bulkhead_local.installation import Installation
from platform_under_test import running_platform


@pytest.fixture(scope="package")
def platform() -> Iterator[Installation]:
    with running_platform("faults") as running:
        yield running
