"""Forms of messages and pauses between attempts."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_stack.webhooks.domain import ATTEMPTS, LONGEST_PAUSE, Envelope, pause_after, require_form
from customer_stack.webhooks.errors import MessageInvalid


@given(st.integers(1, ATTEMPTS - 1))
def test_pauses_grow_and_are_bounded(attempts):
    pause = pause_after(attempts)
    later = pause_after(attempts + 1)
    assert timedelta(0) < pause <= LONGEST_PAUSE
    assert later is None or later >= pause


@given(st.integers(ATTEMPTS, 10**6))
def test_after_the_last_attempt_a_person_looks(attempts):
    assert pause_after(attempts) is None


@pytest.mark.parametrize("name", ["", "e 1", "e\x001", "e\n", "x" * 129, "é"])
def test_a_name_that_cannot_be_shown_is_refused(name):
    with pytest.raises(MessageInvalid):
        require_form(Envelope("bank", name, "kind", b""))
    with pytest.raises(MessageInvalid):
        require_form(Envelope("bank", "e1", name, b""))


def test_the_content_of_a_message_is_not_in_its_text_form():
    assert "Kumari" not in repr(Envelope("bank", "e1", "kind", b"Kumari"))
