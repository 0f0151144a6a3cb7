"""A clock is disciplined when somebody says by what and proves it; waiting is no difference."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.production.clock import KernelClock, Reading, check_clock, read_against, read_kernel_clock

GOOD, OFF, MUTE = KernelClock(is_synchronised=True), KernelClock(is_synchronised=False), KernelClock(None)
HERE, ELSEWHERE = Reading(False, 0.0), Reading(True, 0.2)


@pytest.mark.parametrize(
    ("source", "kernel", "readings", "wanted"),
    [
        ("ntp", GOOD, [HERE], []),
        ("ntp", GOOD, [], []),
        ("ntp", OFF, [ELSEWHERE], ["production.clock_unsynchronised"]),
        ("ntp", MUTE, [ELSEWHERE], ["production.clock_unsynchronised"]),
        ("hypervisor", OFF, [ELSEWHERE], []),
        ("hypervisor", MUTE, [HERE, ELSEWHERE], []),
        ("hypervisor", OFF, [HERE], ["production.clock_unproven"]),
        ("hypervisor", GOOD, [], ["production.clock_unproven"]),
        (None, GOOD, [ELSEWHERE], ["production.clock_unpinned"]),
        ("ntp", GOOD, [Reading(True, 1.2)], ["production.clock_apart"]),
        ("hypervisor", OFF, [Reading(True, -1.2)], ["production.clock_apart"]),
    ],
)
def test_what_is_said_of_the_clock_is_proven(source, kernel, readings, wanted):
    named = {f"clock {number}": each for number, each in enumerate(readings)}
    assert [each.code for each in check_clock("X", source, kernel, named)] == wanted


@given(before=st.floats(1e9, 2e9), took=st.floats(0, 5), within=st.floats(0, 1), apart=st.floats(-100, 100))
@example(before=1e9, took=0.0, within=0.0, apart=-2.0)
@example(before=1e9, took=0.0, within=0.0, apart=2.0)
def test_a_difference_is_never_overstated_and_waiting_is_none(before, took, within, apart):
    theirs = before + took * within - apart
    found = read_against("postgresql://db.example/x", before, theirs, before + took)
    assert found.is_elsewhere
    assert abs(found.apart_seconds) <= abs(apart) + 1e-3
    assert abs(found.apart_seconds) >= abs(apart) - took - 1e-3
    if found.apart_seconds:
        assert (found.apart_seconds > 0) == (apart > 0)


def test_the_kernel_of_this_machine_answers_or_cannot_be_asked():
    found = read_kernel_clock()
    assert (found.most_error_seconds is None) == (found.is_synchronised is None)
    assert found.most_error_seconds is None or 0 <= found.most_error_seconds < 1e6
