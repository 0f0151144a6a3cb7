"""Names of countries, as lists spell them, and their codes.

ICU knows every country's English name; the table here adds what publishers write in other words, among them
countries that are no more, by the code that they had or that their people got.
"""

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Final

import icu

_LATIN: Final = icu.Transliterator.createInstance("Any-Latin; Latin-ASCII")
_OTHERS: Final = {
    "bahamas the": "bs", "cabo verde": "cv", "china hong kong special administrative region": "hk",
    "former soviet union": "su", "netherlands antilles": "an", "possibly palestinian": "ps",
    "saint vincent and the grenadines": "vc", "bosnia": "ba", "bosniaherzegovina": "ba",
    "brunei darussalam": "bn", "burma": "mm",
    "cape verde": "cv", "congo": "cg", "congo brazzaville": "cg", "congo republic of the": "cg",
    "republic of the congo": "cg", "congo democratic republic of the": "cd",
    "democratic republic of the congo": "cd", "democratic republic of congo": "cd", "zaire": "cd",
    "cote d ivoire": "ci", "cote divoire": "ci", "ivory coast": "ci", "czech republic": "cz",
    "east timor": "tl", "gambia the": "gm", "the gambia": "gm", "gaza": "ps", "hong kong": "hk",
    "iran islamic republic of": "ir", "islamic republic of iran": "ir", "korea north": "kp",
    "democratic peoples republic of korea": "kp", "dprk": "kp", "korea south": "kr",
    "republic of korea": "kr", "lao peoples democratic republic": "la", "libyan arab jamahiriya": "ly",
    "macau": "mo", "macedonia": "mk", "macedonia the former yugoslav republic of": "mk",
    "the former yugoslav republic of macedonia": "mk", "micronesia federated states of": "fm",
    "moldova republic of": "md", "republic of moldova": "md", "myanmar": "mm", "palestine": "ps",
    "palestinian": "ps", "palestinian territory": "ps", "peoples republic of china": "cn",
    "china peoples republic of": "cn", "russian federation": "ru", "saint kitts and nevis": "kn",
    "serbia and montenegro": "rs", "south korea": "kr", "north korea": "kp", "soviet union": "su",
    "ussr": "su", "swaziland": "sz", "syrian arab republic": "sy", "taiwan": "tw", "tanzania": "tz",
    "united republic of tanzania": "tz", "turkey": "tr", "uae": "ae", "uk": "gb",
    "united kingdom of great britain and northern ireland": "gb", "great britain": "gb", "england": "gb",
    "usa": "us", "united states of america": "us", "venezuela bolivarian republic of": "ve",
    "vietnam": "vn", "viet nam": "vn", "west bank": "ps", "yugoslavia": "yu", "kosovo": "xk",
    "state of palestine": "ps", "virgin islands british": "vg", "british virgin islands": "vg",
    "virgin islands us": "vi", "sri lankan": "lk", "ceylon": "lk",
}  # fmt: skip


def _plain(text: str) -> str:
    bare = _LATIN.transliterate(text.replace("&", " and ")).casefold()
    words = "".join(each if each.isalnum() else "" if each in "'.-" else " " for each in bare).split()
    return " ".join(words).removeprefix("region ")


@cache
def _codes() -> dict[str, str]:
    english = icu.Locale("en")
    codes = {}
    for code in icu.Locale.getISOCountries():
        codes[_plain(str(icu.Locale("", code).getDisplayCountry(english)))] = code.lower()
        codes[code.lower()] = code.lower()
    return codes | _OTHERS


@lru_cache(maxsize=4096)
def country_code(text: str) -> str | None:
    """Return the code of a country that a list spells out, or None for what is no country."""
    return _codes().get(_plain(text.strip()))


def country_codes(texts: Sequence[str]) -> tuple[str, ...]:
    """Return the codes of those texts that are countries, each once, in order of the alphabet."""
    return tuple(sorted({code for text in texts if (code := country_code(text)) is not None}))
