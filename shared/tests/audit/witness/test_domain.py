"""No two histories are ever cosigned, whatever somebody with the log's key offers."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from shared.audit.tree import root_of
from shared.audit.witness.domain import AlarmKind, Held, Judgement, SignedBy, Verdict, judge, origin_of

from .logs import AT, LOG, leaves, offer, signed

LATER = AT + timedelta(minutes=5)


def held_of(text, **changes):
    return replace(Held(1, len(text), root_of(leaves(text)), AT), **changes) if text else Held(**changes)


def judged(made, held, known=None, sent_at=AT, by=SignedBy.CURRENT_KEY):
    is_signed = made is not None and LOG.find_line(made.checkpoint) is not None
    return judge(made, held, known, by=by if is_signed else None, sent_at=sent_at)


def test_what_continues_is_cosigned():
    assert judged(offer("a", 0), held_of("")).verdict is Verdict.COSIGNED
    assert judged(offer("abcde", 3), held_of("abc")).verdict is Verdict.COSIGNED
    assert judged(offer("abc", 3), held_of("abc"), known=root_of(leaves("abc"))).verdict is Verdict.COSIGNED


@pytest.mark.parametrize("old", [0, 2, 4, 5])
def test_another_old_size_is_told_and_is_no_alarm(old):
    assert judged(offer("abcde", old), held_of("abc")) == Judgement(Verdict.WRONG_OLD_SIZE)


@pytest.mark.parametrize("forged", ["abXde", "Xbcde", "acbde", "abde+", "aXbcde"])
def test_another_past_is_an_alarm(forged):
    """Edited, edited, swapped, deleted, inserted: with a good proof of its own."""
    assert judged(offer(forged, 3), held_of("abc")) == Judgement(Verdict.INCONSISTENT, AlarmKind.FORKED)


def test_another_root_of_a_size_that_is_held_is_an_alarm_whatever_it_says_to_continue():
    known = root_of(leaves("abc"))
    found = judged(offer("abX", 1), held_of("abcde"), known)
    assert found == Judgement(Verdict.INCONSISTENT, AlarmKind.FORKED)


def test_a_shorter_history_is_a_late_call_or_an_alarm():
    late, shrunk = Judgement(Verdict.WRONG_OLD_SIZE), Judgement(Verdict.INCONSISTENT, AlarmKind.SHRUNK)
    assert judged(offer("ab", 1), held_of("abc"), sent_at=AT + timedelta(seconds=60)) == late
    assert judged(offer("ab", 1), held_of("abc"), sent_at=LATER) == shrunk
    assert judged(None, held_of("abc"), sent_at=LATER) == shrunk
    assert judged(None, held_of(""), sent_at=LATER) == Judgement(Verdict.NOTHING_OFFERED)


def test_a_key_that_is_not_the_logs_proves_nothing():
    made = offer("abcde", 3, seed=bytes(32))
    assert judged(made, held_of("abc")) == Judgement(Verdict.BAD_SIGNATURE)


def test_a_replaced_key_gets_nothing_cosigned_and_hides_no_second_history():
    old, root = SignedBy.REPLACED_KEY, root_of(leaves("ab"))
    forked, shrunk = (Judgement(Verdict.INCONSISTENT, kind) for kind in (AlarmKind.FORKED, AlarmKind.SHRUNK))
    assert judged(offer("abcde", 3), held_of("abc"), by=old) == Judgement(Verdict.BAD_SIGNATURE)
    assert judged(offer("ab", 1), held_of("abc"), root, LATER, by=old) == shrunk
    assert judged(offer("aX", 1), held_of("abc"), root, by=old) == forked
    assert judged(offer("abXde", 3), held_of("abc"), by=old) == forked


def test_another_epoch_is_another_log():
    assert judged(offer("abcde", 3, epoch=2), held_of("abc")).verdict is Verdict.UNKNOWN_EPOCH
    assert judged(offer("xy", 0, epoch=2), held_of("", epoch=2)).verdict is Verdict.COSIGNED
    # A signature of one epoch is none of another: the origin is signed.
    moved = replace(signed("xy"), epoch=2)
    assert LOG.find_line(moved) is None
    assert origin_of("a/b", 1) == "a/b"


class Cosigning(RuleBasedStateMachine):
    """An attacker with the log's key offers prefixes and forks of histories, with any old size and proof."""

    histories = Bundle("histories")

    def __init__(self):
        super().__init__()
        self.held, self.cosigned, self.at = held_of(""), [], AT

    @initialize(target=histories)
    def begin(self):
        return ""

    @rule(target=histories, text=histories, more=st.text("abc", min_size=1, max_size=5))
    def grow(self, text, more):
        return (text + more)[:24]

    @rule(target=histories, text=histories, at=st.integers(0, 20), letter=st.sampled_from("XYZ"))
    def rewrite(self, text, at, letter):
        return text[:at] + letter + text[at + 1 :]

    @rule(target=histories, text=histories, size=st.integers(0, 20))
    def truncate(self, text, size):
        return text[:size]

    @rule(
        text=histories.filter(bool),
        other=histories,
        old=st.none() | st.integers(0, 25),
        minutes=st.integers(0, 3),
    )
    def submit(self, text, other, old, minutes):
        """Offer `text` as continuing `old`, or what is held; the proof may be another history's."""
        old = self.held.size if old is None else old
        made = offer(text, old)
        if len(other) > old:
            made = replace(made, proof=offer(other, old).proof) if len(other) % 2 else made
        self.at += timedelta(minutes=minutes)
        known = {len(each): root_of(leaves(each)) for each in self.cosigned}.get(len(text))
        verdict = judged(made, self.held, known, self.at).verdict
        if verdict is Verdict.COSIGNED:
            assert len(text) >= self.held.size
            self.cosigned.append(text)
            self.held = held_of(text, sent_at=self.at)

    @invariant()
    def one_history(self):
        for earlier, later in zip(self.cosigned, self.cosigned[1:], strict=False):
            assert later.startswith(earlier)


TestCosigning = Cosigning.TestCase
TestCosigning.settings = settings(max_examples=25, stateful_step_count=20)
