"""Judges what processes that contended were told: one effect per key, and a balance that is one.

The versions of the hot wallet's entries are an order of all its changes. The history is linearizable when
that order explains every answer: whoever was answered before another asked stands before them, and whoever
was refused for want of money met a moment, between asking and being answered, at which it was wanting.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from simulator.contender import Event


@dataclass(frozen=True, slots=True)
class Change:
    """An entry of the hot wallet: `command` names the command that made it."""

    version: int
    command: str
    amount: int
    balance_after: int


def judge(events: Sequence[Event], changes: Sequence[Change], opening: int) -> list[str]:
    """Return everything that a correct ledger could not have done. `opening` was there before."""
    return [
        *_judge_keys(events, changes),
        *_judge_chain(changes, opening),
        *_judge_order(events, changes),
        *_judge_refusals(events, changes, opening),
        *_judge_holds(events),
    ]


def _judge_keys(events: Sequence[Event], changes: Sequence[Change]) -> list[str]:
    """One key, one answer, one effect."""
    answers = defaultdict[str, set[str]](set)
    for event in events:
        if event.is_done:
            answers[event.key].add(event.answer)
    found = [f"{key} was answered in {len(each)} ways" for key, each in answers.items() if len(each) > 1]
    wanted = {event.id: event for event in events}
    effects = defaultdict[str, int](int)
    for change in changes:
        cause = wanted.get(change.command)
        if cause is None or not cause.is_done:
            found.append(f"version {change.version} came from {change.command}, which nobody was told of")
            continue
        effects[cause.key] += 1
        if change.amount != cause.change:
            found.append(f"{cause.key} changed {change.amount} instead of {cause.change}")
    found += [f"{key} had {count} effects" for key, count in effects.items() if count != 1]
    missing = {event.key for event in events if event.is_done and event.change} - effects.keys()
    return found + [f"{key} was acknowledged and had no effect" for key in sorted(missing)]


def _judge_chain(changes: Sequence[Change], opening: int) -> list[str]:
    """Versions without gaps, balances that follow from each other, none below zero."""
    found, balance = [], opening
    for number, change in enumerate(changes):
        balance += change.amount
        if change.version != changes[0].version + number:
            found.append(f"version {change.version} does not follow")
        if change.balance_after != balance or balance < 0:
            found.append(f"version {change.version} leaves {change.balance_after} instead of {balance}")
    return found


def _versions(events: Sequence[Event], changes: Sequence[Change]) -> Mapping[str, int]:
    """Return where the effect of each key stands."""
    keys = {event.id: event.key for event in events}
    return {keys[change.command]: change.version for change in changes if change.command in keys}


def _judge_order(events: Sequence[Event], changes: Sequence[Change]) -> list[str]:
    """Whoever was answered before another asked stands before them.

    A key that several processes sent took effect before the first of them was answered.
    """
    versions = _versions(events, changes)
    done = [event for event in events if event.is_done and event.key in versions]
    first_answer = {
        key: min(event.answered_at for event in done if event.key == key) for key in {e.key for e in done}
    }
    first_ask = {
        key: min(event.asked_at for event in done if event.key == key) for key in {e.key for e in done}
    }
    found = []
    ordered = sorted(first_answer, key=lambda key: first_answer[key])
    moments = [first_answer[key] for key in ordered]
    highest: list[int] = []
    for key in ordered:
        highest.append(max(versions[key], highest[-1] if highest else 0))
    for key, asked_at in first_ask.items():
        before = bisect_right(moments, asked_at - 1)
        if before and highest[before - 1] > versions[key]:
            found.append(
                f"{key} asked after version {highest[before - 1]} was answered, and stands before it"
            )
    return found


def _judge_refusals(events: Sequence[Event], changes: Sequence[Change], opening: int) -> list[str]:
    """A refusal for want of money met a moment at which the money was wanting."""
    versions = _versions(events, changes)
    if not changes:
        return []
    first = changes[0].version
    after = [opening, *(change.balance_after for change in changes)]
    done = [(event.asked_at, event.answered_at, versions[event.key]) for event in events
            if event.is_done and event.key in versions]  # fmt: skip
    found = []
    for event in events:
        if event.answer != "simulator.insufficient":
            continue
        low = max((version for _, answered, version in done if answered < event.asked_at), default=first - 1)
        high = max((version for asked, _, version in done if asked < event.answered_at), default=first - 1)
        window = after[low - first + 1 : high - first + 2]
        if min(window) >= -event.change:
            found.append(
                f"{event.key} was refused {-event.change} though there were never less than {min(window)}"
            )
    return found


def _judge_holds(events: Sequence[Event]) -> list[str]:
    """A hold was ended by one of those who tried."""
    winners = defaultdict[str, list[str]](list)
    tried = {event.hold for event in events if event.hold}
    for event in events:
        if event.hold and event.is_done:
            winners[event.hold].append(event.key)
        elif event.hold and event.answer != "simulator.hold_ended":
            winners[event.hold].append(f"{event.key}: {event.answer}")
    return [f"hold {hold}: {winners[hold]}" for hold in sorted(tried) if len(winners[hold]) != 1]
