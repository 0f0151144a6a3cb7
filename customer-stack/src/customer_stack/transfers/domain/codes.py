"""Account codes: how customers name each other without personal data. Pure.

`BC`, ten random characters and one check character, all of Crockford's base 32, which has no I, L, O, U.
Ten characters are 50 bits: who tries codes finds none, and of a thousand tries only thirty even pass the
check. The check is the value at the primitive element of GF(32), so that it finds every single wrong
character and every exchange of two, wherever they stand.

Guaranteed: `read_code` returns the one written form of a code, or refuses it; case, blanks, hyphens and
the letters that look like digits do not matter.
"""

from typing import Final

from customer_stack.transfers.errors import AccountCodeMistyped
from shared.errors import invariant

PREFIX: Final = "BC"
RANDOM_BITS: Final = 50

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUES: Final = {character: value for value, character in enumerate(_ALPHABET)}
_LOOKALIKES: Final = str.maketrans({"O": "0", "I": "1", "L": "1", " ": "", "-": ""})
_BITS: Final = 5
_RANDOM_CHARACTERS: Final = RANDOM_BITS // _BITS
_POLYNOMIAL: Final = 0b100101  # x^5 + x^2 + 1 is primitive: the powers of x are all 31 non-zero values


def make_code(random: int) -> str:
    """Return the account code of 50 random bits."""
    invariant(0 <= random < 1 << RANDOM_BITS, "an account code is made of 50 bits")
    values = [random >> _BITS * place & 31 for place in reversed(range(_RANDOM_CHARACTERS))]
    values.append(_multiply(_evaluate(values)))
    return PREFIX + "".join(_ALPHABET[value] for value in values)


def read_code(text: str) -> str:
    """Return a code as it is stored, from how a person typed it. Raises AccountCodeMistyped."""
    compact = text.upper().translate(_LOOKALIKES)
    values = [_VALUES.get(character, -1) for character in compact[len(PREFIX) :]]
    if (
        not compact.startswith(PREFIX)
        or len(values) != _RANDOM_CHARACTERS + 1
        or -1 in values
        or _evaluate(values) != 0
    ):
        raise AccountCodeMistyped
    return compact


def _evaluate(values: list[int]) -> int:
    """Return the polynomial with these coefficients at x, by Horner's rule."""
    total = 0
    for value in values:
        total = _multiply(total) ^ value
    return total


def _multiply(value: int) -> int:
    """Return `value` times x in GF(32)."""
    doubled = value << 1
    return doubled ^ _POLYNOMIAL if doubled > 31 else doubled
