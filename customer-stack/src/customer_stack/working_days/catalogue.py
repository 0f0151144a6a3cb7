"""Reads the holidays of `holidays.yaml`."""

from functools import cache
from importlib import resources

from customer_stack.reviewed_files import read_yaml
from customer_stack.working_days.domain import WorkingCalendar, read_calendar


@cache
def load_calendar() -> WorkingCalendar:
    """Return the working days that come with the software."""
    text = resources.files("customer_stack.working_days").joinpath("holidays.yaml").read_text("utf-8")
    return read_calendar(read_yaml(text))
