"""Names as words: without case, marks and signs, in Latin letters, and folded to how they sound.

Spelling in Latin letters is a habit, not a rule: Wickremesinghe and Vikramasinha, Rathnayake and Ratnayaka,
Mohamed and Muhammad are one name each. Two folds say so. The *fold* joins what Sri Lankan and Arabic names
write in several ways: v and w, th and t, dh and d, ph, p and f, sh, s and z, c, k, q and ch, ksh and x,
doubled letters, all vowels but a leading one, -singhe, -sinha and -simha, and leaves out -lage and -ge of
family names like Mudiyanselage. The *deep fold* also joins voiced and voiceless letters, which Tamil script
does not tell apart.

Sinhala needs its own transliterator of ICU: the general one leaves it as it is.

Guaranteed:
- a text without a letter or digit has no words; folding is a function of the text and of ICU's version.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

import icu

_SINHALA: Final = icu.Transliterator.createInstance("si-si_Latn")
_TAMIL: Final = icu.Transliterator.createInstance("Tamil-Latin")
_LATIN: Final = icu.Transliterator.createInstance("Any-Latin; Latin-ASCII")
_SILENT: Final = dict.fromkeys(
    map(ord, "'`\u00b4\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u2018\u2019\u02ba\u200c\u200d\u00b7")
)
_TAMIL_SPELLING: Final = (
    ("ṅk", "ng"), ("ñc", "nj"), ("ṇṭ", "nd"), ("nt", "nd"), ("ṉṟ", "nr"), ("mp", "mb"),
    ("cc", "ch"), ("c", "s"),
)  # fmt: skip
_HOUSE: Final = re.compile(r"(?<=[a-z]{5})lage$|(?<=[a-z]{5}[aeiou])ge$")
_LION: Final = re.compile(r"s[iy](?:ng|n|m)(?:gh|h|g)[aei]?$")
_FIRST: Final = re.compile(r"^(?:(ye)|(?:i|y|yo)u|ju(?=r[iy]))")
_CONSONANTS: Final = re.compile(
    r"tsch|tch|dzh|dj|ph|f|sch|sh|zh|ts|tz|z|ck|ch|kh|c|q|x|([tdbgl])h|(?<=[aeiou])w(?=[ou])|ou(?=[aeiy])|w|(?<=[aeiou])h$|(?<=i)j$"
)
_CONSONANT: Final = {
    **dict.fromkeys(("tsch", "tch", "dzh", "dj"), "j"),
    **dict.fromkeys(("ph", "f"), "p"),
    **dict.fromkeys(("sch", "sh", "zh", "ts", "tz", "z"), "s"),
    **dict.fromkeys(("ck", "ch", "kh", "c", "q"), "k"),
    "x": "ks",
    "ou": "v",
}  # fmt: skip
_VOWEL_LETTERS: Final = "aeiou"
_DIPHTHONG: Final = re.compile(r"ay|ei|ey")
_SHARED_VOWELS: Final = str.maketrans("eyo", "iiu")
_FIRST_VOWELS: Final = re.compile(r"^[aiu]+")
_VOWELS: Final = re.compile(r"(?<!^)[aiu]")
_DOUBLE: Final = re.compile(r"(.)\1+")
LEAST_CONSONANTS: Final = 3
_DEEP: Final = str.maketrans("gdbzjh", "ktpssk")
_SOFT: Final = re.compile(r"tsch|tch|ch|dzh|dj|sch|sh|zh")
_SERVANT: Final = re.compile(
    r"abd(?!(?:ou|[aeiou])?l{1,2}ah?i?$)(?:ou|[aeiou])?+[lrsn]?+([a-z]{4,})?"  # but for Abdullah
)
PARTICLES: Final = frozenset((
    "al", "el", "ul", "il", "ad", "as", "at", "ar", "an", "az", "ash", "ath", "bin", "ibn", "ben",
    "bint", "binti", "ould", "de", "la", "le", "los", "las", "da", "do", "das", "dos", "del", "della",
    "di", "du", "dela", "van", "von", "der", "den", "und", "and", "y", "e", "i", "et", "the", "of",
))  # fmt: skip
_SHORT_FOR: Final = {
    **dict.fromkeys(("mohd", "muhd", "mohmd", "mhd", "md"), "mohammed"),
    "mg": "maung",
}
_WORD: Final = re.compile(r"[a-z0-9]+")


def is_tamil(text: str) -> bool:
    """Tell whether a text has a letter of Tamil script."""
    return any("\u0b80" <= each <= "\u0bff" for each in text)


def romanise(text: str) -> str:
    """Return a text in small Latin letters as far as ICU knows its script."""
    plain = unicodedata.normalize("NFKC", text)
    if not plain.isascii():
        plain = " ".join(_romanise_word(word) for word in plain.translate(_SILENT).split())
    return plain.translate(_SILENT).casefold()


def _romanise_word(word: str) -> str:
    if any("\u0d80" <= each <= "\u0dff" for each in word):
        word = _SINHALA.transliterate(word)
    elif is_tamil(word):
        word = unicodedata.normalize("NFC", _TAMIL.transliterate(word))
        for written, meant in _TAMIL_SPELLING:
            word = word.replace(written, meant)
    return word if word.isascii() else str(_LATIN.transliterate(word))


@lru_cache(maxsize=65536)
def split_words(text: str) -> tuple[str, ...]:
    """Return the words of a name in their order. Abdulaziz, Abd al-Aziz and Abdel Aziz come out alike."""
    words: list[str] = []
    for written in _WORD.findall(romanise(text)):
        word = _SHORT_FOR.get(written, written)
        match = _SERVANT.fullmatch(word)
        if match is None:
            words.append(word)
        else:
            words.append("abdul")
            if match[1]:
                words.append(match[1])
    return tuple(words)


@lru_cache(maxsize=65536)
def sound(word: str) -> str:
    """Return a word in the spelling that its variants share, vowels included."""
    word = _LION.sub("sng", _HOUSE.sub("", word))
    word = _FIRST.sub(lambda match: "e" if match[1] else "yu", word)
    word = _CONSONANTS.sub(_spell_consonant, word)
    return _DOUBLE.sub(r"\1", _DIPHTHONG.sub("ai", word).translate(_SHARED_VOWELS))


def _spell_consonant(match: re.Match[str]) -> str:
    found = match[0]
    if match[1]:
        return match[1]
    if found == "w":
        before, after = match.string[: match.start()], match.string[match.end() :]
        return "" if before[-1:] in _VOWEL_LETTERS and after[:1] in "ou" and before and after else "v"
    return _CONSONANT.get(found, "")


@lru_cache(maxsize=65536)
def fold(word: str) -> str:
    """Return how a word sounds: its consonants where there are three or more, and all of it otherwise."""
    return _without_vowels(sound(word)) if len(word) > 1 and not word.isdigit() else word


@lru_cache(maxsize=65536)
def deep_fold(word: str) -> str:
    """Return the fold of a word without the difference of voiced and voiceless letters."""
    if len(word) < 2 or word.isdigit():
        return word
    return _without_vowels(_DOUBLE.sub(r"\1", sound(_SOFT.sub("s", word)).translate(_DEEP)))


def fold_joined(one: str, other: str) -> str:
    """Return the fold of two words written as one."""
    return _without_vowels(_DOUBLE.sub(r"\1", sound(one) + sound(other)))


def _without_vowels(spelling: str) -> str:
    bare = _DOUBLE.sub(r"\1", _VOWELS.sub("", _FIRST_VOWELS.sub("a", spelling)))
    return bare if len(bare.removeprefix("a")) >= LEAST_CONSONANTS else spelling
