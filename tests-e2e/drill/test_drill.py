"""Each stack's database is lost and comes back, whole or up to a moment: `make drill`."""

import pytest

from bulkhead_local.layout import STACKS, Stack
from drill.run import Plan, drill

pytestmark = [pytest.mark.system, pytest.mark.long]


@pytest.mark.parametrize("to", ["end", "moment"])
@pytest.mark.parametrize("stack", STACKS)
async def test_a_lost_database_comes_back(stack: Stack, to: str, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\n  {stack}, to the {to}")
        held, took = await drill(Plan(stack, to), print)
        print(f"  ready after {took.to_ready:.1f} s, wager filled after {took.to_first_wager:.1f} s")
    assert held
