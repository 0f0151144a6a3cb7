"""The record of one decision: compact JSON with everything that the answer depended on, and the answer.

Columns beside it (kind, time, ids, digest of the basis) are not repeated in it. Records of the first gate,
which knew wagers only, keep their own form; the wager product reads them.

Guaranteed: what is written reads back as the same situation and the same decision, part by part.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

import orjson

from customer_stack.aml.domain.events import Event
from customer_stack.aml.domain.values import EventKind, Value
from customer_stack.facts.domain import Restriction, Screening
from customer_stack.gate.domain.asking import Ask
from customer_stack.gate.domain.deciding import Decision, Situation, View
from customer_stack.protection.domain.counting import Window
from customer_stack.protection.domain.limits import Limit, LimitKind, Source, Standing
from shared.errors import invariant

NOT_JUDGED: Final = "product"
"""Of a denial that the lane's own decision made: the compliance part was not asked."""


class Written(NamedTuple):
    """A record, read: the situation and what was answered. `product` is JSON of the lane's own decision."""

    situation: Situation
    facts: Sequence[Any]
    answer: str
    reasons: tuple[str, ...]
    score: int
    parts: tuple[tuple[str, int], ...]
    shadow: tuple[str, ...]
    is_judged: bool
    country: str | None
    policy: int | None
    product: Any


def write(
    ask: Ask,
    situation: Situation,
    decision: Decision,
    facts: Sequence[Value],
    policy: int | None,
    product: bytes,
) -> bytes:
    """Return the record of a command that was judged."""
    verdict, standing = decision.verdict, situation.standing
    body: dict[str, object] = {
        "event": _event(ask.event),
        "stake": situation.stake,
        "customer": _view(situation.customer),
        "country": (ask.country, situation.geography, policy),
        "limits": None if standing is None else _standing(standing),
        "rate": None if ask.rate is None else (ask.rate.rate_e8, ask.rate.mid_id),
        "facts": facts,
        "reasons": decision.reasons,
        "parts": verdict.parts,
        "shadow": [finding.reason for finding in verdict.shadow],
        "product": orjson.Fragment(product),
    }
    if situation.has_recipient:
        body["recipient"] = _view(situation.recipient)
    if situation.is_check_due:
        body["check_due"] = True
    return orjson.dumps(body, default=_write_other)


def write_refused(ask: Ask, reasons: Sequence[str], product: bytes) -> bytes:
    """Return the record of a command that the lane's own decision denied."""
    return orjson.dumps(
        {
            "event": _event(ask.event),
            "stake": ask.stake_usd,
            "country": (ask.country, None, None),
            "rate": None if ask.rate is None else (ask.rate.rate_e8, ask.rate.mid_id),
            "reasons": reasons,
            "denied_by": NOT_JUDGED,
            "product": orjson.Fragment(product),
        },
        default=_write_other,
    )


def read(record: bytes | str, kind: EventKind, at: datetime, answer: str, score: int) -> Written:
    """Return what a record says; kind, time, answer and score are columns beside it."""
    body = orjson.loads(record)
    situation = Situation(
        kind=kind,
        at=at,
        amount=body["event"][1],
        stake=body["stake"],
        customer=_read_view(body.get("customer")),
        has_recipient="recipient" in body,
        recipient=_read_view(body.get("recipient")),
        geography=body["country"][1],
        standing=_read_standing(body.get("limits")),
        is_check_due=body.get("check_due", False),
    )
    return Written(
        situation=situation,
        facts=body.get("facts", ()),
        answer=answer,
        reasons=tuple(body["reasons"]),
        score=score,
        parts=tuple((family, points) for family, points in body.get("parts", ())),
        shadow=tuple(body.get("shadow", ())),
        is_judged="denied_by" not in body,
        country=body["country"][0],
        policy=body["country"][2],
        product=body["product"],
    )


def agrees(written: Written, decision: Decision) -> bool:
    """Tell whether a decision that was made again is the recorded one, part by part."""
    verdict = decision.verdict
    return (
        decision.answer == written.answer
        and decision.reasons == written.reasons
        and verdict.score == written.score
        and verdict.parts == written.parts
        and tuple(finding.reason for finding in verdict.shadow) == written.shadow
    )


def _event(event: Event) -> tuple[object, ...]:
    return (
        event.product,
        event.amount,
        event.counterparty_id,
        event.instrument_id,
        event.device_id,
        event.market_id,
        event.side,
    )


def _write_other(value: object) -> object:
    """Write what orjson leaves to us: sets of words, the driver's UUIDs."""
    if isinstance(value, frozenset):
        return sorted(value)
    invariant(isinstance(value, UUID), "a decision record holds a value that is no id")
    return str(value)


def _view(view: View | None) -> tuple[object, ...] | None:
    return view and (
        view.version,
        view.restriction,
        view.cooling_until,
        view.excluded_until,
        view.screening,
        view.screening_version and view.screening_version.hex(),
        view.document_expires_on,
        view.snoozes,
    )


def _read_view(body: list[Any] | None) -> View | None:
    if body is None:
        return None
    version, restriction, cooling, excluded, screening, listed, document, snoozes = body
    return View(
        version,
        Restriction(restriction),
        cooling and datetime.fromisoformat(cooling),
        excluded and datetime.fromisoformat(excluded),
        Screening(screening),
        listed and bytes.fromhex(listed),
        document and date.fromisoformat(document),
        {key: datetime.fromisoformat(until) for key, until in snoozes.items()},
    )


def _standing(standing: Standing) -> tuple[object, ...]:
    limits = [(each.kind, each.window, each.amount, each.source) for each in standing.limits]
    return standing.policy_version, standing.sums, limits, standing.sells_when_excluded


def _read_standing(body: list[Any] | None) -> Standing | None:
    if body is None:
        return None
    version, sums, limits, sells = body
    read = tuple(
        Limit(LimitKind(kind), Window(window), amount, Source(source))
        for kind, window, amount, source in limits
    )
    return Standing(tuple(sums), read, version, sells)
