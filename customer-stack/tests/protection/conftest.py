"""Protection's time, set by hand."""

import pytest

from shared.clock import FixedClock


@pytest.fixture
def clock(services, monkeypatch):
    """Let protection's time be set by hand, beginning with the present."""
    fixed = FixedClock(services.clock.now())
    for name in ("limits", "policies", "pausing", "reality"):
        monkeypatch.setattr(getattr(services.protection, name), "_clock", fixed)
    return fixed
