"""The gate: opened over a batch, asked one by one, written once; all in the lane's transaction.

A fixed number of statements, however many asks: facts, sums of protection, revisions of rules, counters; then
decisions, events, counters, cases. What nobody needs is not read: without rules no counter, without a buy no
stake.

Callers hold the lock of every customer's book that they name, and write their own rows in the transaction.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from customer_stack.aml.domain.events import Event, Reversal
from customer_stack.aml.domain.values import EventKind, Value
from customer_stack.aml.domain.verdicts import NOTHING_FOUND, Answer, RuleSet, Thresholds, Verdict
from customer_stack.aml.service.assessing import NOTHING_ASKED, Assessed, Assessment, Hearing
from customer_stack.aml.service.counting import record_events, reverse_events
from customer_stack.facts import service as facts_service
from customer_stack.facts.domain import CustomerFacts
from customer_stack.gate.domain import records
from customer_stack.gate.domain.asking import NO_FACTS, Ask, Rate, Ruling
from customer_stack.gate.domain.basis import write_basis
from customer_stack.gate.domain.deciding import (
    GEOGRAPHIC,
    MEASURES,
    OBSERVED,
    Decision,
    Situation,
    decide,
    judge_posted,
    view_of,
)
from customer_stack.gate.domain.findings import Found, family_of
from customer_stack.gate.service.following import follow_up
from customer_stack.gate.service.profiles import Profiles, is_asked
from customer_stack.gate.service.rates import Rates
from customer_stack.gate.store import decisions as store
from customer_stack.gate.store.decisions import NewDecision
from customer_stack.geography.domain.policies import Policy, judge
from customer_stack.geography.service import load_policies
from customer_stack.protection import service as protection
from customer_stack.protection.domain.counting import Change, Measure
from customer_stack.protection.domain.limits import Limit, Standing
from customer_stack.protection.domain.reality import stops_play
from shared.database import Transaction
from shared.errors import invariant
from shared.ids import SystemIds

_IDS: Final = SystemIds()
_TIERED: Final = frozenset({EventKind.DEPOSIT, EventKind.WITHDRAWAL})
_LIMITED: Final = frozenset({*MEASURES, EventKind.WAGER_SALE})
"""What is asked of protection: that a sale is one of somebody who is excluded is not known yet."""

LimitsOf = Callable[[str | None], Sequence[Limit]]
"""A customer's tier -> its limits over time."""


class Gate:
    """One gate for every lane of a process."""

    def __init__(self, assessment: Assessment, rates: Rates, limits_of: LimitsOf) -> None:
        """Judge by `assessment`, dollars at `rates`, and by what `limits_of` says of tiers."""
        self._assessment = assessment
        self._rates = rates
        self._limits_of = limits_of
        self._bases: dict[UUID, tuple[RuleSet, bytes, bytes]] = {}
        self._kept: set[tuple[UUID, bytes]] = set()

    def rate_of(self, tenant_id: UUID) -> Rate:
        """Return the LKR rate at which a tenant's dollars are judged now."""
        return self._rates.get(tenant_id)

    async def open(
        self, tx: Transaction, asks: Sequence[Ask], now: datetime, observed: Sequence[Ask] = ()
    ) -> "Sitting":
        """Read what a batch of asks needs. `observed` always post: they are counted, and judged after."""
        incoming = [ask.incoming for ask in asks if ask.incoming is not None]
        events = [*(ask.event for ask in asks), *(ask.event for ask in observed), *incoming]
        rules = await self._assessment.load_rules(tx, {event.tenant_id for event in events})
        facts: Mapping[UUID, CustomerFacts] = {}
        if asks or any(is_asked(event, rules) for event in events):
            facts = await facts_service.load(tx, {event.customer_id for event in events})
        policies = await self._load_policies(tx, asks)
        limited = {ask.event.customer_id: ask.event.tenant_id for ask in asks if ask.event.kind in _LIMITED}
        standings = await protection.load_standings(tx, limited, now, self._tiers_of(asks, facts))
        profiles = Profiles(facts)
        candidates = [profiles.candidate(ask, rules) for ask in (*asks, *observed)]
        candidates += [profiles.incoming(event) for event in incoming]
        hearing = await self._assessment.hear(tx, candidates, rules)
        bases = {tenant_id: self._basis_of(tenant_id, found) for tenant_id, found in rules.items()}
        sitting = Sitting(self, now, hearing, facts, standings, bases, policies)
        sitting.admit(asks, observed)
        return sitting

    async def reopen(self, tx: Transaction, asks: Sequence[Ask], now: datetime) -> "Sitting":
        """Read what has to be known of commands that a person has looked at: what stops a customer by now.

        Their events and limits were counted when they were held, and are not judged again.
        """
        facts = await facts_service.load(tx, {ask.event.customer_id for ask in asks})
        hearing = await self._assessment.hear(tx, (), {})
        return Sitting(self, now, hearing, facts, {}, {}, {})

    async def observe(self, tx: Transaction, observed: Sequence[Ask], now: datetime) -> None:
        """Count what always posts, and judge it after: nothing is refused, but cases may be opened."""
        if not observed:
            return
        sitting = await self.open(tx, (), now, observed)
        for ask in observed:
            sitting.observe(ask)
        await sitting.write(tx)

    @property
    def thresholds(self) -> Thresholds:
        """Return the scores from which AML alerts and interdicts."""
        return self._assessment.thresholds

    async def keep(self, tx: Transaction, sitting: "Sitting") -> None:
        """Write what a sitting decided, in the order in which every lane writes it."""
        await self._keep_bases(tx, sitting.used_bases, sitting.now)
        if sitting.rows:
            await store.insert_decisions(tx, sitting.rows)
        await record_events(tx, sitting.counted)
        await protection.change(tx, sitting.changes)
        if sitting.found:
            await follow_up(tx, sitting.found)

    async def reverse(
        self, tx: Transaction, reversals: Sequence[Reversal], *, what_is_left: bool = False
    ) -> None:
        """Take back what was counted, out of where it was counted; behind `write` or `observe`, once.

        Limits on deposits and withdrawals have room again; what a wager did not use, its lane gives back.
        What happened before there was a gate was not counted, and is passed over; with `what_is_left` also
        what was taken back already.
        """
        taken = await reverse_events(tx, reversals, counted_only=True, what_is_left=what_is_left)
        changes = []
        for row in taken:
            event, measure = row.event, MEASURES.get(row.event.kind)
            if measure is not None and measure is not Measure.STAKE:
                changes.append(
                    Change(event.tenant_id, event.customer_id, measure, row.counted_at, row.amount)
                )
        await protection.change(tx, changes)

    async def _load_policies(self, tx: Transaction, asks: Sequence[Ask]) -> Mapping[UUID, Policy]:
        """Return the geographic policies of tenants whose customers ask what geography stops."""
        tenants = {ask.event.tenant_id for ask in asks if ask.event.kind in GEOGRAPHIC}
        return await load_policies(tx, tenants) if tenants else {}

    def _tiers_of(
        self, asks: Sequence[Ask], facts: Mapping[UUID, CustomerFacts]
    ) -> dict[UUID, Sequence[Limit]]:
        """Return what the tiers of those allow who pay in or out. No tier limits stakes."""
        tiered = {ask.event.customer_id for ask in asks if ask.event.kind in _TIERED}
        return {each: self._limits_of(facts[each].tier) for each in tiered if each in facts}

    def _basis_of(self, tenant_id: UUID, rules: RuleSet) -> bytes:
        held = self._bases.get(tenant_id)
        if held is None or held[0] is not rules:
            held = (rules, *write_basis(rules, self.thresholds))
            self._bases[tenant_id] = held
        return held[1]

    async def _keep_bases(self, tx: Transaction, used: Iterable[tuple[UUID, bytes]], now: datetime) -> None:
        """Keep what digests stand for. One that a transaction has seen committed is not asked for again."""
        for tenant_id, digest in sorted(set(used) - self._kept):
            if await store.has_basis(tx, tenant_id, digest):
                self._kept.add((tenant_id, digest))
                continue
            await store.insert_basis(tx, tenant_id, digest, self._bases[tenant_id][2], now)


class Sitting:
    """A batch that is being ruled on, in arrival order. What it collects is written by the gate."""

    def __init__(
        self,
        gate: Gate,
        now: datetime,
        hearing: Hearing,
        facts: Mapping[UUID, CustomerFacts],
        standings: Mapping[UUID, Standing],
        bases: Mapping[UUID, bytes],
        policies: Mapping[UUID, Policy],
    ) -> None:
        """Rule over what was read."""
        self.now = now
        self._gate = gate
        self._hearing = hearing
        self._views = {customer_id: view_of(found) for customer_id, found in facts.items()}
        self._standings = dict(standings)
        self._moved: dict[UUID, list[tuple[Measure, int]]] = {}
        self._bases = bases
        self._policies = policies
        self._numbers: dict[UUID, int] = {}
        self._incoming: dict[UUID, int] = {}
        self.rows: list[NewDecision] = []
        self.counted: list[Event] = []
        self.changes: list[Change] = []
        self.found: list[Found] = []
        self.used_bases: set[tuple[UUID, bytes]] = set()

    def admit(self, asks: Sequence[Ask], observed: Sequence[Ask]) -> None:
        """Give every ask its place among what was read."""
        self._numbers = {ask.id: number for number, ask in enumerate((*asks, *observed))}
        invariant(len(self._numbers) == len(asks) + len(observed), "an ask stands once in a batch")
        first = len(self._numbers)
        others = [ask.id for ask in asks if ask.incoming is not None]
        self._incoming = {ask_id: first + number for number, ask_id in enumerate(others)}

    def decide(self, ask: Ask, product: bytes | None = None, facts: Mapping[str, Value] = NO_FACTS) -> Ruling:
        """Rule on an ask, as if those of the batch that were not denied had been posted.

        `facts` are those that the batch has moved since it was opened, such as a balance.
        """
        event = ask.event
        number = self._numbers[ask.id]
        assessed = self._hearing.judge(number, facts) if ask.uses_rules else NOTHING_ASKED
        situation = self._situation(ask)
        decision = decide(situation, assessed.verdict)
        self._record(ask, situation, decision, assessed, ask.product if product is None else product)
        if decision.verdict.is_alert:
            self._find(ask, decision, is_held=decision.answer is Answer.HOLD)
        if decision.answer is not Answer.DENY:
            if ask.uses_rules:
                self._hearing.post(number)
            if ask.counts:
                self._count(event, ask.stake_usd)
            if ask.incoming is not None:
                self._receive(ask)
        return Ruling(decision.answer, decision.reasons)

    def reconsider(self, ask: Ask, product: bytes | None = None) -> Ruling:
        """Rule again on what was held and a person has released: is anything in the customer's way by now?"""
        situation = self._situation(ask)
        decision = decide(situation, NOTHING_FOUND)
        self._record(ask, situation, decision, NOTHING_ASKED, ask.product if product is None else product)
        return Ruling(decision.answer, decision.reasons)

    def refuse(self, ask: Ask, reasons: Sequence[str], product: bytes) -> Ruling:
        """Record that the lane's own decision denied an ask: it is not judged, and counts nowhere.

        `product` is what that decision saw: without it nobody could make the decision again.
        """
        record = records.write_refused(ask, reasons, product)
        self._append(ask, Answer.DENY, 0, reasons[0], None, record)
        return Ruling(Answer.DENY, tuple(reasons))

    def observe(self, ask: Ask) -> None:
        """Count what always posts. What would have been held is found, and followed up."""
        number = self._numbers[ask.id]
        ask = ask._replace(id=_IDS.new(), lane=OBSERVED)
        assessed = self._hearing.judge(number)
        self._hearing.post(number)
        self._count(ask.event, 0)
        if assessed is NOTHING_ASKED:
            return
        situation = self._situation(ask)
        decision = judge_posted(assessed.verdict)
        self._record(ask, situation, decision, assessed, ask.product)
        if decision.verdict.is_alert:
            self._find(ask, decision, is_held=False)

    async def write(self, tx: Transaction) -> None:
        """Write decisions, counters and cases, in the transaction in which the sitting was opened."""
        await self._gate.keep(tx, self)

    def _receive(self, ask: Ask) -> None:
        """Count what reaches another customer, with the ask that sends it."""
        event = ask.incoming
        invariant(event is not None, "what is received was asked with what is sent")
        if event is None:
            return
        number = self._incoming[ask.id]
        verdict = self._hearing.judge(number).verdict
        self._hearing.post(number)
        self._count(event, 0)
        if verdict.is_alert:
            self.found.append(_found(event, event.id, OBSERVED, verdict, is_held=False))

    def _situation(self, ask: Ask) -> Situation:
        event, incoming = ask.event, ask.incoming
        policy = self._policies.get(event.tenant_id)
        return Situation(
            event.kind,
            event.at,
            event.amount,
            ask.stake_usd,
            self._views.get(event.customer_id),
            incoming is not None,
            None if incoming is None else self._views.get(incoming.customer_id),
            judge(policy, ask.country) if event.kind in GEOGRAPHIC else None,
            self._standing_of(event.customer_id) if ask.uses_limits else None,
            self._is_check_due(ask),
        )

    def _standing_of(self, customer_id: UUID) -> Standing | None:
        """Return what is counted of a customer, with what the batch has counted since it was last asked."""
        standing = self._standings.get(customer_id)
        moved = self._moved.pop(customer_id, None)
        if standing is None or moved is None:
            return standing
        for measure, amount in moved:
            standing = standing.plus(measure, amount)
        self._standings[customer_id] = standing
        return standing

    def _is_check_due(self, ask: Ask) -> bool:
        """Tell whether a wager waits for its customer to acknowledge a reality check."""
        standing, began = self._standings.get(ask.event.customer_id), ask.session_began
        if standing is None or began is None or ask.event.kind is not EventKind.WAGER:
            return False
        return stops_play(standing, began, ask.event.at)

    def _count(self, event: Event, stake: int) -> None:
        """Count an event in AML, and in protection what limits are on."""
        self.counted.append(event)
        measure = MEASURES.get(event.kind)
        if measure is None:
            return
        amount = stake if measure is Measure.STAKE else event.amount
        self._moved.setdefault(event.customer_id, []).append((measure, amount))
        self.changes.append(Change(event.tenant_id, event.customer_id, measure, event.at, amount))

    def _find(self, ask: Ask, decision: Decision, *, is_held: bool) -> None:
        self.found.append(_found(ask.event, ask.id, ask.lane, decision.verdict, is_held=is_held))

    def _record(
        self, ask: Ask, situation: Situation, decision: Decision, assessed: Assessed, product: bytes
    ) -> None:
        event = ask.event
        basis = None if assessed is NOTHING_ASKED else self._bases[event.tenant_id]
        policy = self._policies.get(event.tenant_id)
        record = records.write(
            ask,
            situation,
            decision,
            assessed.facts,
            None if policy is None else policy.version,
            product,
        )
        reason = decision.reasons[0] if decision.reasons else None
        self._append(ask, decision.answer, decision.verdict.score, reason, basis, record)

    def _append(
        self, ask: Ask, answer: Answer, score: int, reason: str | None, basis: bytes | None, record: bytes
    ) -> None:
        event = ask.event
        if basis is not None:
            self.used_bases.add((event.tenant_id, basis))
        self.rows.append(
            NewDecision(
                event.tenant_id,
                ask.id,
                event.id,
                event.customer_id,
                event.at,
                event.kind,
                ask.lane,
                answer,
                score,
                reason,
                basis,
                record.decode(),
            )
        )


def _found(event: Event, decision_id: UUID, lane: str, verdict: Verdict, *, is_held: bool) -> Found:
    return Found(
        tenant_id=event.tenant_id,
        customer_id=event.customer_id,
        decision_id=decision_id,
        subject_id=event.id,
        lane=lane,
        at=event.at,
        amount=event.amount,
        family=family_of(verdict),
        answer=verdict.answer,
        score=verdict.score,
        reasons=verdict.reasons,
        is_held=is_held,
    )
