"""Decimal text to minor units and back, so that tests read like the tables of the money flows."""

from decimal import Decimal

from shared.ledger.domain import LKR, USD
from shared.money import CONTRACT_SCALE, LKR_SCALE, PRICE_SCALE, USD_SCALE, format_minor, to_minor


def usd(text: str) -> int:
    """Return micro-dollars."""
    return to_minor(Decimal(text.replace(",", "")), USD_SCALE)


def lkr(text: str) -> int:
    """Return cents of a rupee."""
    return to_minor(Decimal(text.replace(",", "")), LKR_SCALE)


def contracts(text: str) -> int:
    """Return hundredths of a contract."""
    return to_minor(Decimal(text), CONTRACT_SCALE)


def price(text: str) -> int:
    """Return ten-thousandths of a dollar."""
    return to_minor(Decimal(text), PRICE_SCALE)


def show(asset: int, amount: int) -> str:
    """Return an amount of an asset as text with its sign: "+98.514851"."""
    scale = LKR_SCALE if asset == LKR else USD_SCALE if asset == USD else CONTRACT_SCALE
    return ("+" if amount > 0 else "") + format_minor(amount, scale)
