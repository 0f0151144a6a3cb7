"""Fixed-point strings and the integers behind them: no amount is ever a float."""

import re

_FIXED_POINT = re.compile(r"(\d{1,12})(?:\.(\d{1,12}))?")


def parse_fixed(text: str, decimals: int) -> int:
    """Read a non-negative number as an integer of 10**-decimals. Raises ValueError when inexact."""
    match = _FIXED_POINT.fullmatch(text)
    if match is None:
        raise ValueError(f"not a fixed-point number: {text!r}")
    whole, fraction = match.group(1), match.group(2) or ""
    if fraction[decimals:].strip("0"):
        raise ValueError(f"more than {decimals} decimals: {text!r}")
    return int(f"{whole}{fraction[:decimals].ljust(decimals, '0')}")


def format_fixed(value: int, decimals: int) -> str:
    """Write an integer of 10**-decimals as a fixed-point string."""
    sign = "-" if value < 0 else ""
    whole, fraction = divmod(abs(value), 10**decimals)
    return f"{sign}{whole}.{fraction:0{decimals}d}"
