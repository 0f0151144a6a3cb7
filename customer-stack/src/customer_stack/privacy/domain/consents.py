"""What people agree to: texts in versions, and who agreed to which. Pure.

A purpose is `required` when an account rests on it. A version that is `asks_again` makes the consent to
every version before it stale; one that is not (a corrected comma) leaves it good.

Guaranteed: a consent counts from the version on that last asked again, in any language; the last word on a
purpose counts, and it is given or withdrawn.
"""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from customer_stack.privacy.errors import ConsentMissing, ConsentRequired, TextUnknown


class Purpose(StrEnum):
    """What a consent is for. The members of the database type privacy_purpose."""

    TERMS = "terms"
    PRIVACY_NOTICE = "privacy_notice"
    IDENTITY_VENDOR = "identity_vendor"
    MARKETING = "marketing"


class Language(StrEnum):
    """In which language a text was shown. The members of the database type privacy_language."""

    ENGLISH = "en"
    SINHALA = "si"
    TAMIL = "ta"


class Channel(StrEnum):
    """How somebody spoke to us. The members of the database type privacy_channel."""

    ONLINE = "online"
    DESK = "desk"


class TextsUnusable(Exception):
    """The texts contradict themselves. The process must not start."""


@dataclass(frozen=True, slots=True)
class Text:
    """One version of what a purpose says, by language. `digests` are SHA-256 of the bodies."""

    purpose: Purpose
    version: int
    from_day: date
    asks_again: bool
    bodies: Mapping[Language, str]
    digests: Mapping[Language, bytes]


@dataclass(frozen=True, slots=True)
class Consent:
    """One word of a customer on a purpose."""

    number: int
    purpose: Purpose
    version: int
    is_given: bool
    channel: Channel
    language: Language
    at: datetime


@dataclass(frozen=True, slots=True)
class Answered:
    """How somebody stands to a purpose now."""

    purpose: Purpose
    is_required: bool
    shown_version: int
    agreed_version: int | None

    is_good: bool


@dataclass(frozen=True, slots=True)
class Texts:
    """All versions of all texts, oldest first."""

    versions: Mapping[Purpose, Sequence[Text]]
    required: frozenset[Purpose]

    def current(self, purpose: Purpose, today: date) -> Text:
        """Return the version that is shown today."""
        return [each for each in self.versions[purpose] if each.from_day <= today][-1]

    def needed(self, purpose: Purpose, today: date) -> int:
        """Return the oldest version whose consent still counts today."""
        asked = [each for each in self.versions[purpose] if each.from_day <= today and each.asks_again]
        return asked[-1].version

    def find(self, purpose: Purpose, version: int, language: Language, today: date) -> Text:
        """Return the shown text that somebody names. Raises TextUnknown."""
        text = self.current(purpose, today)
        if text.version != version or language not in text.bodies:
            raise TextUnknown(
                f"Version {text.version} of {purpose.value} is shown now. Show it, and send its number."
            )
        return text

    def standing(self, consents: Iterable[Consent], today: date) -> list[Answered]:
        """Return how somebody stands to every purpose."""
        last: dict[Purpose, Consent] = {}
        for each in sorted(consents, key=lambda consent: consent.number):
            last[each.purpose] = each
        return [self._answered(purpose, last.get(purpose), today) for purpose in Purpose]

    def _answered(self, purpose: Purpose, said: Consent | None, today: date) -> Answered:
        agreed = said.version if said is not None and said.is_given else None
        return Answered(
            purpose=purpose,
            is_required=purpose in self.required,
            shown_version=self.current(purpose, today).version,
            agreed_version=agreed,
            is_good=agreed is not None and agreed >= self.needed(purpose, today),
        )

    def require_good(self, consents: Iterable[Consent], today: date) -> None:
        """Refuse somebody who has not agreed to what an account rests on. Raises ConsentMissing."""
        missing = [
            each.purpose.value
            for each in self.standing(consents, today)
            if each.is_required and not each.is_good
        ]
        if missing:
            raise ConsentMissing(
                f"Read and agree to {', '.join(missing)} first: GET /v1/privacy/texts shows them, "
                "POST /v1/privacy/consents takes your consent."
            )

    def require_withdrawable(self, purpose: Purpose) -> None:
        """Refuse to take back what an open account rests on. Raises ConsentRequired."""
        if purpose in self.required:
            raise ConsentRequired("Your account rests on this consent. Close the account to end it.")


MINIMUM_LENGTH: Final = 40


def read_texts(document: Mapping[str, Any], bodies: Mapping[str, str], digest: Any) -> Texts:
    """Return the texts of a catalogue; `bodies` by `purpose.version.language`. Raises TextsUnusable."""
    try:
        versions = {
            Purpose(name): tuple(
                _read_version(Purpose(name), each, bodies, digest) for each in entry["versions"]
            )
            for name, entry in document.items()
        }
        required = frozenset(Purpose(name) for name, entry in document.items() if entry["required"])
    except (KeyError, TypeError, ValueError) as error:
        raise TextsUnusable(f"the catalogue of consents is unusable: {error!r}") from error
    for purpose in Purpose:
        _check(purpose, versions.get(purpose, ()))
    return Texts(versions, required)


def _read_version(purpose: Purpose, entry: Mapping[str, Any], bodies: Mapping[str, str], digest: Any) -> Text:
    texts = {
        language: bodies[f"{purpose.value}.{entry['version']}.{language.value}"]
        for language in map(Language, entry["languages"])
    }
    return Text(
        purpose=purpose,
        version=entry["version"],
        from_day=entry["from"],
        asks_again=entry["asks_again"],
        bodies=texts,
        digests={language: digest(body) for language, body in texts.items()},
    )


def _check(purpose: Purpose, versions: Sequence[Text]) -> None:
    if not versions or not versions[0].asks_again:
        raise TextsUnusable(f"{purpose.value} has no first version that asks")
    if [each.version for each in versions] != list(range(1, len(versions) + 1)):
        raise TextsUnusable(f"versions of {purpose.value} are not 1, 2, 3")
    if any(later.from_day < earlier.from_day for earlier, later in itertools.pairwise(versions)):
        raise TextsUnusable(f"versions of {purpose.value} are not in the order of their days")
    for each in versions:
        if Language.ENGLISH not in each.bodies or min(map(len, each.bodies.values())) < MINIMUM_LENGTH:
            raise TextsUnusable(f"version {each.version} of {purpose.value} has no text")
