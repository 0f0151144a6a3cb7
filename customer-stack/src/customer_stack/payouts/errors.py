"""Refusals of payouts."""

from typing import ClassVar

from shared.errors import Kind, Refusal


class ProviderUnavailable(Refusal):
    """A payout provider did not answer; whether it heard is not known."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    code: ClassVar[str] = "payouts.provider_unavailable"
