"""The house of the payments over HTTP."""

from ..payments.conftest import bank_says, bank_tells, department, house  # noqa: F401, TID252 - fixtures
