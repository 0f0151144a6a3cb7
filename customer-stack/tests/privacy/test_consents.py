"""Which consent counts: the last word on a purpose, from the version that last asked again."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_stack.privacy.configuration import load_texts
from customer_stack.privacy.domain.consents import (
    Channel,
    Consent,
    Language,
    Purpose,
    Text,
    Texts,
    TextsUnusable,
    read_texts,
)
from customer_stack.privacy.errors import ConsentMissing, ConsentRequired, TextUnknown

TODAY = date(2026, 11, 28)
AT = datetime(2026, 11, 28, tzinfo=UTC)
BODY = "What you agree to, in words that everybody understands."


def make_texts(asks, required=(Purpose.TERMS,)):
    """Texts of which version n shows from day n on; `asks[n - 1]`: it asks again."""
    versions = tuple(
        Text(
            Purpose.TERMS,
            number,
            TODAY + timedelta(days=number),
            asks_again,
            {Language.ENGLISH: BODY},
            {Language.ENGLISH: b""},
        )
        for number, asks_again in enumerate(asks, 1)
    )
    others = {
        purpose: (Text(purpose, 1, TODAY, True, {Language.ENGLISH: BODY}, {Language.ENGLISH: b""}),)
        for purpose in Purpose
        if purpose is not Purpose.TERMS
    }
    return Texts({Purpose.TERMS: versions, **others}, frozenset(required))


def word(number, version, is_given=True, purpose=Purpose.TERMS):
    return Consent(number, purpose, version, is_given, Channel.ONLINE, Language.ENGLISH, AT)


@given(
    st.lists(st.booleans(), max_size=5),
    st.lists(st.tuples(st.integers(1, 6), st.booleans()), max_size=6),
    st.integers(1, 8),
)
def test_the_last_word_counts_from_the_version_that_last_asked(asks, words, day):
    texts = make_texts([True, *asks])
    said = [word(number, version, given) for number, (version, given) in enumerate(words, 1)]
    today = TODAY + timedelta(days=day)
    shown = min(day, len(asks) + 1)
    needed = max(number for number in range(1, shown + 1) if [True, *asks][number - 1])
    (answered,) = [each for each in texts.standing(said, today) if each.purpose is Purpose.TERMS]
    assert answered.shown_version == shown
    assert answered.is_good == (bool(words) and words[-1][1] and words[-1][0] >= needed)
    if answered.is_good:
        texts.require_good(said, today)
    else:
        with pytest.raises(ConsentMissing):
            texts.require_good(said, today)


def test_only_the_shown_version_is_agreed_to():
    texts, today = make_texts([True, True]), TODAY + timedelta(days=2)
    assert texts.find(Purpose.TERMS, 2, Language.ENGLISH, today).version == 2
    for version, language in ((1, Language.ENGLISH), (3, Language.ENGLISH), (2, Language.TAMIL)):
        with pytest.raises(TextUnknown):
            texts.find(Purpose.TERMS, version, language, today)


def test_what_an_account_rests_on_is_not_taken_back():
    texts = make_texts([True])
    texts.require_withdrawable(Purpose.MARKETING)
    with pytest.raises(ConsentRequired):
        texts.require_withdrawable(Purpose.TERMS)


def test_the_texts_of_this_version_are_whole_and_required_ones_are_named():
    texts = load_texts()
    assert texts.required == {Purpose.TERMS, Purpose.PRIVACY_NOTICE, Purpose.IDENTITY_VENDOR}
    for purpose in Purpose:
        text = texts.current(purpose, TODAY)
        assert all(len(digest) == 32 for digest in text.digests.values())


def catalogue(**changes):
    entry = {
        "required": True,
        "versions": [{"version": 1, "from": TODAY, "asks_again": True, "languages": ["en"]} | changes],
    }
    return {purpose.value: entry for purpose in Purpose}


@pytest.mark.parametrize(
    ("changes", "body"),
    [
        ({"version": 2}, BODY),
        ({"asks_again": False}, BODY),
        ({"languages": ["si"]}, BODY),
        ({"languages": ["xx"]}, BODY),
        ({}, "too short"),
    ],
)
def test_texts_that_contradict_themselves_are_refused(changes, body):
    def bodies(text):
        return {
            f"{purpose}.{number}.{language}": text
            for purpose in Purpose
            for number in (1, 2)
            for language in ("en", "si")
        }

    read_texts(catalogue(), bodies(BODY), lambda text: text.encode())
    with pytest.raises(TextsUnusable):
        read_texts(catalogue(**changes), bodies(body), lambda text: text.encode())
