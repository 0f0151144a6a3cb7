"""Matching: read both sides of a day, hold them together, keep everything, open breaks for what is left.

A match reads the days that it judges and those that they may reach into, so it needs nothing from the matches
before it: each day is looked at again for as long as it is judged, and the same difference stays one break. A
difference between lines never changes, so one that people ended is not asked about again.

*Guaranteed:*
- what was compared is kept with its digest, the rules and the result; `replay` computes it again;
- work on the processor is done off the event loop, and no transaction is open meanwhile;
- a break names the lines of both sides that it is about.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from uuid import UUID

import structlog

from customer_stack.access.domain import Officer
from customer_stack.bank_files.domain.reading import read_message
from customer_stack.bank_files.domain.values import MessageKind
from customer_stack.bank_files.service.lines import load_payout_batches, load_statement_lines
from customer_stack.ledger.domain import Account
from customer_stack.payments.service import find_collection
from customer_stack.reconciliation.configuration import load_banks, load_sources
from customer_stack.reconciliation.domain.leftovers import (
    Leftover,
    count_waiting,
    find_leftovers,
    span_of,
)
from customer_stack.reconciliation.domain.lines import Lines, decode, encode, lines_of
from customer_stack.reconciliation.domain.lists import DayList
from customer_stack.reconciliation.domain.matching import Outcome, match
from customer_stack.reconciliation.domain.results import pack_outcome, unpack_outcome
from customer_stack.reconciliation.domain.rules import RuleSet, read_rule_set
from customer_stack.reconciliation.domain.sources import (
    Reach,
    Source,
    StatementKind,
    begin_of,
    number_at,
    number_of,
)
from customer_stack.reconciliation.domain.statements import StatementLine, read_csv
from customer_stack.reconciliation.errors import (
    MatchNotFound,
    SourceNotYours,
    SourceUnknown,
    StatementInvalid,
)
from customer_stack.reconciliation.service.breaks import open_breaks
from customer_stack.reconciliation.service.match_breaks import build_break
from customer_stack.reconciliation.service.standing import SYSTEM, is_listed, require_place, require_same
from customer_stack.reconciliation.store import breaks as break_store
from customer_stack.reconciliation.store import matching as store
from customer_stack.reconciliation.store.matching import Holder, Match, Statement
from shared.audit import AuditRecord, append
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.errors import Refusal
from shared.ids import Ids
from shared.money import Currency

__all__ = ["Held", "Holder", "Incoming", "Match", "MatchingService", "Replay", "Statement"]

CAMT: Final = "camt.053"
MICRO_DOLLARS_OF_CENT: Final = 10_000

_log = structlog.get_logger(__name__)

AllTenants = Callable[[], Awaitable[tuple[UUID, ...]]]
"""The ids of all tenants."""

Part = tuple[str, list[bytes]]


@dataclass(frozen=True, slots=True)
class Incoming:
    """A statement that comes: of which source and department, in which form, and what it corrects.

    `bank` is a mapping of CSV, or `camt.053` for our USD account. `replaces`: a kept one of some of its days.
    """

    source: str
    department_id: UUID
    bank: str
    replaces: UUID | None = None


@dataclass(frozen=True, slots=True)
class Replay:
    """A match computed again. `agrees`: inputs and result are what was kept."""

    match: Match
    ours_digest: bytes
    theirs_digest: bytes
    result_digest: bytes

    @property
    def agrees(self) -> bool:
        """Tell whether everything is as it was kept."""
        kept = self.match
        return (self.ours_digest, self.theirs_digest, self.result_digest) == (
            kept.ours_digest,
            kept.theirs_digest,
            kept.result_digest,
        )


@dataclass(frozen=True, slots=True)
class Held:
    """Lines that one rule held together."""

    number: int
    rule: str
    ours: tuple[UUID, ...]
    theirs: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class _Computed:
    outcome: Outcome
    leftovers: tuple[Leftover, ...]
    waiting: int
    parts: tuple[Part, Part, Part]
    digests: tuple[bytes, bytes, bytes]


class MatchingService:
    """Statements and what they were matched with."""

    def __init__(
        self,
        database: Database,
        all_tenants: AllTenants,
        clock: Clock,
        ids: Ids,
        *,
        usd_account: str | None = None,
    ) -> None:
        """Work on `database`; `usd_account`: ours, by the number that a camt.053 about it names."""
        self._database = database
        self._all_tenants = all_tenants
        self._usd_account = usd_account
        self._clock = clock
        self._ids = ids

    async def import_statement(self, officer: Officer, incoming: Incoming, raw: bytes) -> Statement:
        """Keep a statement; the same file again is answered as the first time.

        Raises SourceUnknown, SourceNotYours, StatementInvalid, StatementOverlaps, StatementReplaced, and what
        a bank file is refused for.
        """
        source, holder = _source(incoming.source), Holder(officer.tenant_id, incoming.department_id)
        lines = await asyncio.to_thread(self._reader(source, incoming.bank), raw)
        days = [line.day for line in lines]
        kept = self._statement(source, holder, (min(days), max(days)), officer.actor)
        kept = replace(
            kept, lines=len(lines), digest=hashlib.sha256(raw).digest(), replaces=incoming.replaces
        )
        await self._require_holder(officer, source, holder)
        async with self._database.transaction(officer.tenant_id) as tx:
            await store.lock_source(tx, holder, source.name)
            same = await store.find_statement(tx, holder, source.name, kept.digest)
            if same is not None:
                return require_same(same, kept)
            others = await store.load_overlapping(tx, holder, source.name, kept.first_day, kept.last_day)
            require_place(others, kept)
            for each in others:
                if is_listed(each) and each.id != kept.replaces:
                    listed = DayList(each.first_day, ())
                    await self._keep_day(tx, source, holder, listed, officer.actor, each.id)
            await self._keep(tx, kept, lines)
        return kept

    async def keep_listed(self, source: Source, holder: Holder, listed: DayList) -> bool:
        """Keep what the provider's own list says of a day; tell whether that is new.

        A statement that a person brought of the day stays; one that was listed is replaced where the
        provider lists the day otherwise now, be it with nothing.
        """
        async with self._database.transaction(holder.tenant_id) as tx:
            await store.lock_source(tx, holder, source.name)
            others = await store.load_overlapping(tx, holder, source.name, listed.day, listed.day)
            if not all(is_listed(each) for each in others):
                return False
            if not others and not listed.lines:
                return False
            if others and others[0].digest == hashlib.sha256(listed.content(others[0].replaces)).digest():
                return False
            await self._keep_day(tx, source, holder, listed, SYSTEM, others[0].id if others else None)
        return True

    async def _keep_day(
        self,
        tx: Transaction,
        source: Source,
        holder: Holder,
        listed: DayList,
        actor: str,
        replaces: UUID | None,
    ) -> None:
        """Keep what is listed of a day, in the place of what was listed before."""
        digest = hashlib.sha256(listed.content(replaces)).digest()
        kept = self._statement(source, holder, (listed.day, listed.day), actor)
        kept = replace(kept, lines=len(listed.lines), digest=digest, replaces=replaces)
        await self._keep(tx, kept, listed.lines)

    def _statement(self, source: Source, holder: Holder, days: tuple[int, int], actor: str) -> Statement:
        """Return a statement of days without its content."""
        return Statement(
            id=self._ids.new(),
            tenant_id=holder.tenant_id,
            department_id=holder.department_id,
            source=source.name,
            digest=b"",
            first_day=days[0],
            last_day=days[1],
            lines=0,
            imported_by=actor,
            imported_at=self._clock.now(),
            replaces=None,
        )

    async def _keep(self, tx: Transaction, kept: Statement, lines: Sequence[StatementLine]) -> None:
        await store.insert_statement(tx, kept, lines, [self._ids.new() for _ in lines])
        body = {
            "statement": kept.id,
            "source": kept.source,
            "digest": kept.digest.hex(),
            "lines": kept.lines,
            "replaces": kept.replaces,
        }
        kind = "reconciliation.statement_kept"
        await append(tx, [AuditRecord(kept.tenant_id, kind, body, kept.imported_at, kept.imported_by)])

    def _reader(self, source: Source, bank: str) -> Callable[[bytes], tuple[StatementLine, ...]]:
        """Return what reads a statement. Raises SourceUnknown."""
        scale, account, mapping = source.currency.scale, self._usd_account, load_banks().get(bank)
        if source.statements is StatementKind.CSV and mapping is not None:
            return lambda raw: read_csv(raw, mapping, scale)
        if bank == CAMT and source.account is Account.NOSTRO and account is not None:
            return lambda raw: _read_camt(raw, account)
        raise SourceUnknown("Name a source that takes statements here, and how its bank writes them.")

    async def list_statements(
        self, officer: Officer, source: str | None, before: UUID | None, limit: int
    ) -> tuple[Statement, ...]:
        """Return kept statements within reach, newest first, below an id."""
        async with self._database.transaction(officer.tenant_id) as tx:
            return await store.load_statements(tx, officer.department_id, source, before, limit)

    async def match(self, officer: Officer, place: tuple[str, UUID], day: date) -> Match:
        """Match a day of (source, department), and open breaks. Raises SourceUnknown, SourceNotYours."""
        source, holder = _source(place[0]), Holder(officer.tenant_id, place[1])
        await self._require_holder(officer, source, holder)
        return await self._match(source, holder, number_of(day), officer.actor)

    async def match_day(self, day: date | None = None) -> tuple[Match, ...]:
        """Match a day, or yesterday, for everybody whose statements are here. The timer's use case.

        What the system matched for that day with these rules is not matched again.
        """
        number = number_at(self._clock.now()) - 1 if day is None else number_of(day)
        tenants = await self._all_tenants()
        configuration = load_sources()
        made = []
        async with self._database.transaction(*tenants) as tx:
            places = [*await store.load_holders(tx), *await find_file_holders(tx)]
            due = [
                (name, holder)
                for name, holder in places
                if name in configuration.sources
                and not await store.has_match(tx, holder, name, number, configuration.digest)
            ]
        for name, holder in due:
            try:
                made.append(await self._match(configuration.sources[name], holder, number, SYSTEM))
            except Refusal as refusal:
                _log.warning("reconciliation.match_refused", source=name, code=refusal.code)
        return tuple(made)

    async def match_again(self, source: Source, holder: Holder, day: int) -> Match:
        """Match a day by its number for the system; the same inputs by the same rules are not kept twice."""
        return await self._match(source, holder, day, SYSTEM, is_again=True)

    async def replay(
        self, tenant_id: UUID, match_id: UUID, actor: str, department_id: UUID | None = None
    ) -> Replay:
        """Compute a match again from what was kept; the audit remembers whether it agreed.

        Raises MatchNotFound.
        """
        async with self._database.transaction(tenant_id) as tx:
            kept = await store.load_match(tx, match_id)
            if kept is None or department_id not in (None, kept.department_id):
                raise MatchNotFound("There is no such match. Look at the list of matches.")
            chunks = [await store.load_part(tx, match_id, part) for part in ("ours", "theirs")]
        rules = read_rule_set(kept.rules)
        replayed = await asyncio.to_thread(_recompute, kept, rules, chunks[0], chunks[1])
        body = {"match": match_id, "agrees": replayed.agrees}
        record = AuditRecord(tenant_id, "reconciliation.match_replayed", body, self._clock.now(), actor)
        async with self._database.transaction(tenant_id) as tx:
            await append(tx, [record])
        return replayed

    async def replay_newest(self, limit: int) -> tuple[Replay, ...]:
        """Compute the newest matches of every tenant again."""
        replayed = []
        for tenant_id in await self._all_tenants():
            async with self._database.transaction(tenant_id) as tx:
                newest = await store.load_matches(tx, None, None, None, limit)
            replayed += [await self.replay(tenant_id, each.id, SYSTEM) for each in newest]
        return tuple(replayed)

    async def list_matches(
        self, officer: Officer, source: str | None, before: UUID | None, limit: int
    ) -> tuple[Match, ...]:
        """Return matches within reach, newest first, below an id."""
        async with self._database.transaction(officer.tenant_id) as tx:
            return await store.load_matches(tx, officer.department_id, source, before, limit)

    async def list_held(self, officer: Officer, match_id: UUID, after: int, limit: int) -> tuple[Held, ...]:
        """Return what rules held together, by number. Raises MatchNotFound."""
        async with self._database.transaction(officer.tenant_id) as tx:
            kept = await store.load_match(tx, match_id)
            if kept is None or officer.department_id not in (None, kept.department_id):
                raise MatchNotFound("There is no such match. Look at the list of matches.")
            parts = [await store.load_part(tx, match_id, part) for part in ("ours", "theirs", "result")]
        return await asyncio.to_thread(_held, parts, read_rule_set(kept.rules), after, limit)

    async def _match(
        self, source: Source, holder: Holder, day: int, actor: str, *, is_again: bool = False
    ) -> Match:
        read_at = self._clock.now()
        days = range(day - source.reach_back_days + 1, day + 1)
        ours, theirs = await asyncio.gather(
            self._read_ours(source, holder, days), self._read_theirs(source, holder, days)
        )
        computed = await asyncio.to_thread(_compute, source, day, ours, theirs)
        configuration = load_sources()
        kept = Match(
            id=self._ids.new(),
            tenant_id=holder.tenant_id,
            department_id=holder.department_id,
            source=source.name,
            day=day,
            rules=source.rules.document(),
            rules_version=configuration.version,
            rules_digest=configuration.digest,
            ours_digest=computed.digests[0],
            theirs_digest=computed.digests[1],
            result_digest=computed.digests[2],
            ours=len(ours),
            theirs=len(theirs),
            ours_matched=sum(number >= 0 for number in computed.outcome.ours),
            theirs_matched=sum(number >= 0 for number in computed.outcome.theirs),
            waiting=computed.waiting,
            differences=len(computed.leftovers),
            requested_by=actor,
            read_at=read_at,
            finished_at=self._clock.now(),
        )
        breaks = [build_break(kept, (ours, theirs), each) for each in computed.leftovers]
        async with self._database.transaction(holder.tenant_id) as tx:
            same = await store.find_same(tx, kept) if is_again else None
            if same is not None:
                return same
            await store.insert_match(tx, kept, computed.parts)
            ended = await break_store.find_ended(tx, breaks)
            await open_breaks(tx, [each for place, each in enumerate(breaks) if place not in ended])
            await append(tx, [_record(kept)])
        return kept

    async def _read_ours(self, source: Source, holder: Holder, days: range) -> Lines:
        bound = await self._all_tenants() if source.reach is Reach.INSTALLATION else (holder.tenant_id,)
        async with self._database.transaction(*bound) as tx:
            lines = await store.load_ours(tx, source, holder, days)
            if source.statements is not StatementKind.BANK_FILES:
                return lines
            sent = await load_payout_batches(tx, begin_of(days.start) - store.BACKDATED)
        return replace(lines, batches=[sent.get(UUID(each), "") if each else "" for each in lines.batches])

    async def _read_theirs(self, source: Source, holder: Holder, days: range) -> Lines:
        async with self._database.transaction(holder.tenant_id) as tx:
            if source.statements is StatementKind.CSV:
                return await store.load_theirs(tx, source, holder, days)
            rows = await load_statement_lines(tx, holder.tenant_id, begin_of(days.start), begin_of(days.stop))
        return lines_of((row_id, amount, number_at(at), name, "") for row_id, amount, at, name in rows)

    async def _require_holder(self, officer: Officer, source: Source, holder: Holder) -> None:
        """Refuse a department that is out of reach, or not the one that the account stands for."""
        allowed = officer.department_id in (None, holder.department_id)
        async with self._database.transaction(officer.tenant_id) as tx:
            if source.holder is not None:
                found = await find_collection(tx, source.holder)
                allowed &= found is not None and found.department_id == holder.department_id
            else:
                allowed &= await store.is_department(tx, holder)
        if not allowed:
            raise SourceNotYours("The account does not stand for this department. Check the department.")


def _compute(source: Source, day: int, ours: Lines, theirs: Lines) -> _Computed:
    rules = source.rules
    outcome = match(ours, theirs, rules.rules)
    span = span_of(rules, day, source.judged_days, max(theirs.days, default=None))
    our_chunks, ours_digest = encode(ours)
    their_chunks, theirs_digest = encode(theirs)
    return _Computed(
        outcome,
        find_leftovers((ours, theirs), outcome, rules, span),
        count_waiting(ours, outcome.ours, span.ours_wait_from)
        + count_waiting(theirs, outcome.theirs, span.theirs_wait_from),
        (("ours", our_chunks), ("theirs", their_chunks), ("result", pack_outcome(outcome))),
        (ours_digest, theirs_digest, outcome.digest()),
    )


def _recompute(kept: Match, rules: RuleSet, ours: list[bytes], theirs: list[bytes]) -> Replay:
    our_lines, ours_digest = decode(ours)
    their_lines, theirs_digest = decode(theirs)
    outcome = match(our_lines, their_lines, rules.rules)
    return Replay(kept, ours_digest, theirs_digest, outcome.digest())


def _held(parts: list[list[bytes]], rules: RuleSet, after: int, limit: int) -> tuple[Held, ...]:
    ours, theirs = decode(parts[0])[0], decode(parts[1])[0]
    outcome = unpack_outcome(parts[2])
    chosen = range(after + 1, min(after + 1 + limit, len(outcome.rule_of)))
    members: dict[int, tuple[list[UUID], list[UUID]]] = {number: ([], []) for number in chosen}
    for side, lines, numbers in ((0, ours, outcome.ours), (1, theirs, outcome.theirs)):
        for place, number in enumerate(numbers):
            if number in chosen:
                members[number][side].append(lines.id_at(place))
    return tuple(
        Held(number, rules.rules[outcome.rule_of[number]].name, tuple(mine), tuple(other))
        for number, (mine, other) in members.items()
    )


async def find_file_holders(tx: Transaction) -> list[tuple[str, Holder]]:
    """Return for whom sources are compared that bank files tell about."""
    found = []
    for source in load_sources().sources.values():
        if source.statements is StatementKind.BANK_FILES and source.holder is not None:
            collection = await find_collection(tx, source.holder)
            if collection is not None:
                found.append((source.name, Holder(collection.tenant_id, collection.department_id)))
    return found


def _read_camt(raw: bytes, account: str) -> tuple[StatementLine, ...]:
    """Return the booked entries of a camt.053 about our USD account, in micro-dollars."""
    message = read_message(raw, account, Currency.USD)
    if message.kind is not MessageKind.STATEMENT or not message.entries:
        raise StatementInvalid("Send a camt.053 with entries.")
    return tuple(
        StatementLine(
            number, entry.bank_reference, entry.signed * MICRO_DOLLARS_OF_CENT, number_at(entry.booked_at), ""
        )
        for number, entry in enumerate(message.entries, start=1)
    )


def _source(name: str) -> Source:
    source = load_sources().sources.get(name)
    if source is None:
        raise SourceUnknown("There is no such source. Look at the list of sources.")
    return source


def _record(kept: Match) -> AuditRecord:
    body = {
        "match": kept.id,
        "source": kept.source,
        "day": kept.day,
        "rules": kept.rules_digest.hex(),
        "ours": kept.ours_digest.hex(),
        "theirs": kept.theirs_digest.hex(),
        "result": kept.result_digest.hex(),
        "differences": kept.differences,
    }
    return AuditRecord(kept.tenant_id, "reconciliation.matched", body, kept.finished_at, kept.requested_by)
