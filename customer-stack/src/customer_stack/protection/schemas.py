"""Wire shapes of protection."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import Field

from customer_stack.edge.schemas import AmountText, Answer, Body, show
from customer_stack.protection.domain.changing import Setting
from customer_stack.protection.domain.counting import Window
from customer_stack.protection.domain.limits import Limit, LimitKind, Source
from customer_stack.protection.domain.pauses import (
    COOLING_DAYS,
    EXCLUSION_MONTHS,
    Pause,
    PauseCause,
    Paused,
    PauseKind,
)
from customer_stack.protection.domain.policies import (
    CONFIRM_HOURS,
    COOLING_HOURS,
    REALITY_MINUTES,
    Policy,
)
from customer_stack.protection.domain.reality import Reality, Result
from customer_stack.protection.errors import PolicyInvalid
from customer_stack.protection.service.limits import LimitView
from shared.money import LKR_SCALE, USD_SCALE, format_minor, to_minor

SettableKind = Literal[LimitKind.DEPOSIT, LimitKind.STAKE, LimitKind.LOSS]
"""What customers, staff and tenants can limit."""


def scale_of(kind: LimitKind) -> int:
    """Return the decimals of a kind's currency: LKR has two, USD six."""
    return LKR_SCALE if kind in (LimitKind.DEPOSIT, LimitKind.WITHDRAWAL) else USD_SCALE


def write_amount(kind: LimitKind, amount: int) -> str:
    """Return an amount as the API writes it."""
    return format_minor(amount, scale_of(kind))


def read_amount(kind: LimitKind, text: str | None) -> int | None:
    """Return an amount in the smallest unit of the kind's currency. Raises InexactAmount."""
    return None if text is None else to_minor(Decimal(text), scale_of(kind))


class LimitBody(Body):
    """A limit: LKR for deposits, USD for stakes and losses. `amount` null: no limit of your own."""

    model_config = show({"amount": "50000.00"})

    amount: AmountText | None


class RaiseAnswer(Answer):
    """A higher limit that waits; null is none at all. It can count from `ready_at`, and lapses."""

    amount: str | None
    asked_at: datetime
    ready_at: datetime
    lapses_at: datetime

    @classmethod
    def of(cls, kind: LimitKind, setting: Setting | None) -> Self | None:
        """Return the wire shape of what waits."""
        pending = None if setting is None else setting.pending
        if pending is None:
            return None
        return cls(
            amount=None if pending.amount is None else write_amount(kind, pending.amount),
            asked_at=pending.asked_at,
            ready_at=pending.ready_at,
            lapses_at=pending.lapses_at,
        )


class LimitAnswer(Answer):
    """A limit over a rolling window, and how much of it is used.

    `limit` is the lowest that applies, and `set_by` whose it is. `own` is the customer's, `pending` what
    waits to replace it once it is confirmed. The first of what is used rolls off at `frees_at`.
    """

    kind: LimitKind
    window: Window
    currency: Literal["LKR", "USD"]
    limit: str | None
    set_by: Source | None
    used: str
    left: str | None
    frees_at: datetime | None
    own: str | None
    pending: RaiseAnswer | None

    @classmethod
    def of(cls, view: LimitView) -> Self:
        """Return the wire shape of a limit."""
        return cls(**_shown(view))


class StaffLimitAnswer(LimitAnswer):
    """The same with what staff set: `staff`, and `staff_pending`, which waits for another person."""

    staff: str | None
    staff_pending: RaiseAnswer | None
    staff_pending_by: UUID | None

    @classmethod
    def of(cls, view: LimitView) -> Self:
        """Return the wire shape of a limit."""
        kind, staff = view.kind, view.staff
        pending = None if staff is None else staff.pending
        return cls(
            **_shown(view),
            staff=None if staff is None or staff.amount is None else write_amount(kind, staff.amount),
            staff_pending=RaiseAnswer.of(kind, staff),
            staff_pending_by=None if pending is None else pending.asked_by,
        )


class LimitsAnswer(Answer):
    """All limits of a customer: by kind, then by window."""

    items: list[LimitAnswer]


class StaffLimitsAnswer(Answer):
    """All limits of a customer: by kind, then by window."""

    items: list[StaffLimitAnswer]


class PolicyLimitBody(Body):
    """A limit for every customer of the tenant: LKR for deposits, USD for stakes and losses."""

    kind: SettableKind
    window: Window
    amount: AmountText


class PolicyBody(Body):
    """What a tenant rules, whole: a limit that is not named is none.

    Raising a customer's own limit waits `cooling_hours`, then for a confirmation within `confirm_hours`.
    """

    limits: Annotated[list[PolicyLimitBody], Field(max_length=9)]
    cooling_hours: Annotated[int, Field(ge=COOLING_HOURS.start, lt=COOLING_HOURS.stop)]
    confirm_hours: Annotated[int, Field(ge=CONFIRM_HOURS.start, lt=CONFIRM_HOURS.stop)]
    sells_when_excluded: bool
    reality_minutes: Annotated[int, Field(ge=REALITY_MINUTES.start, lt=REALITY_MINUTES.stop)]
    reality_required: bool

    def read(self) -> Policy:
        """Return the policy; its version is given when it is kept. Raises InexactAmount, PolicyInvalid."""
        limits = {
            (each.kind, each.window): Limit(
                each.kind,
                each.window,
                to_minor(Decimal(each.amount), scale_of(each.kind)),
                Source.TENANT,
            )
            for each in self.limits
        }
        if len(limits) != len(self.limits):
            raise PolicyInvalid("Two limits are of the same kind and window. Send one of each.")
        return Policy(
            version=0,
            limits=tuple(limits.values()),
            cooling=timedelta(hours=self.cooling_hours),
            confirming=timedelta(hours=self.confirm_hours),
            sells_when_excluded=self.sells_when_excluded,
            reality_minutes=self.reality_minutes,
            reality_required=self.reality_required,
        )


class PolicyLimitAnswer(Answer):
    """A limit for every customer of the tenant."""

    kind: LimitKind
    window: Window
    amount: str


class PolicyAnswer(Answer):
    """What a tenant rules; `version` 0 is what holds where nothing was ever set."""

    version: int
    limits: list[PolicyLimitAnswer]
    cooling_hours: int
    confirm_hours: int
    sells_when_excluded: bool
    reality_minutes: int
    reality_required: bool

    @classmethod
    def of(cls, policy: Policy) -> Self:
        """Return the wire shape of a policy."""
        return cls(
            version=policy.version,
            limits=[
                PolicyLimitAnswer(
                    kind=each.kind, window=each.window, amount=write_amount(each.kind, each.amount)
                )
                for each in policy.limits
            ],
            cooling_hours=policy.cooling // timedelta(hours=1),
            confirm_hours=policy.confirming // timedelta(hours=1),
            sells_when_excluded=policy.sells_when_excluded,
            reality_minutes=policy.reality_minutes,
            reality_required=policy.reality_required,
        )


class CoolOffBody(Body):
    """For how many days you do not want to play: one to forty-two."""

    days: Annotated[int, Field(ge=COOLING_DAYS.start, lt=COOLING_DAYS.stop)]


class ExclusionBody(Body):
    """For how many months you exclude yourself, six at least; null is for good."""

    months: Annotated[int, Field(ge=EXCLUSION_MONTHS.start, lt=EXCLUSION_MONTHS.stop)] | None


class ReturnAnswer(Answer):
    """A return that was asked for: confirm it from `ready_at` on and before `lapses_at`."""

    asked_at: datetime
    ready_at: datetime
    lapses_at: datetime


class PausedAnswer(Answer):
    """How somebody pauses.

    `excluded_until`: from when on a return can be asked for; null together with `is_excluded` is never. An
    exclusion does not end by itself.
    """

    cooling_until: datetime | None
    is_excluded: bool
    excluded_since: datetime | None
    excluded_until: datetime | None
    asked_return: ReturnAnswer | None

    @classmethod
    def of(cls, paused: Paused) -> Self:
        """Return the wire shape of how somebody pauses."""
        exclusion, asked = paused.exclusion, paused.asked
        return cls(
            cooling_until=paused.cooling_until,
            is_excluded=exclusion is not None,
            excluded_since=None if exclusion is None else exclusion.since,
            excluded_until=None if exclusion is None else exclusion.until,
            asked_return=None
            if asked is None
            else ReturnAnswer(asked_at=asked.asked_at, ready_at=asked.ready_at, lapses_at=asked.lapses_at),
        )


class PauseAnswer(Answer):
    """One act of pausing. `ends_at` null: for good. `caused_by`: the same person's other account."""

    pause_id: UUID
    kind: PauseKind
    cause: PauseCause
    begins_at: datetime
    ends_at: datetime | None
    caused_by: UUID | None

    @classmethod
    def of(cls, pause: Pause) -> Self:
        """Return the wire shape of a pause."""
        return cls(
            pause_id=pause.id,
            kind=pause.kind,
            cause=pause.cause,
            begins_at=pause.begins_at,
            ends_at=pause.ends_at,
            caused_by=pause.caused_by,
        )


class PausesAnswer(Answer):
    """How a customer pauses, and every act of it, oldest first."""

    paused: PausedAnswer
    items: list[PauseAnswer]


class IntervalBody(Body):
    """After how many minutes of play you want to be told: 15 to 60; null is as your operator rules."""

    minutes: Annotated[int, Field(ge=REALITY_MINUTES.start, lt=REALITY_MINUTES.stop)] | None


class ResultAnswer(Answer):
    """What you staked and what came back, USD. Open wagers count as staked; a negative `net` is a loss."""

    staked: str
    returned: str
    net: str

    @classmethod
    def of(cls, result: Result) -> Self:
        """Return the wire shape of a result."""
        return cls(
            staked=format_minor(result.staked, USD_SCALE),
            returned=format_minor(result.returned, USD_SCALE),
            net=format_minor(result.net, USD_SCALE),
        )


class RealityAnswer(Answer):
    """For how long you have been playing, and with what result: of this session, and of today in Colombo.

    When `is_required`, no wager is taken from `due_at` on before you acknowledge the check.
    """

    session_began: datetime
    session_minutes: int
    interval_minutes: int
    is_required: bool
    is_due: bool
    due_at: datetime
    session: ResultAnswer
    day: ResultAnswer

    @classmethod
    def of(cls, told: Reality) -> Self:
        """Return the wire shape of a reality check."""
        return cls(
            session_began=told.session_began,
            session_minutes=(told.at - told.session_began) // timedelta(minutes=1),
            interval_minutes=told.interval // timedelta(minutes=1),
            is_required=told.is_required,
            is_due=told.at >= told.due_at,
            due_at=told.due_at,
            session=ResultAnswer.of(told.session),
            day=ResultAnswer.of(told.day),
        )


def _shown(view: LimitView) -> dict[str, Any]:
    kind, limit, own = view.kind, view.limit, view.own
    return {
        "kind": kind,
        "window": view.window,
        "currency": "LKR" if scale_of(kind) == LKR_SCALE else "USD",
        "limit": None if limit is None else write_amount(kind, limit.amount),
        "set_by": None if limit is None else limit.source,
        "used": write_amount(kind, view.used),
        "left": None if limit is None else write_amount(kind, max(0, limit.amount - view.used)),
        "frees_at": view.frees_at,
        "own": None if own is None or own.amount is None else write_amount(kind, own.amount),
        "pending": RaiseAnswer.of(kind, own),
    }
