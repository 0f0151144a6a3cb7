"""Many queries against one matcher: lines in, lines out, in their order, on all cores.

The matcher is built once, before the processes are forked off it: they share its memory. Where a system
cannot fork, or there is little to do, one process does it all.

Guaranteed:
- one answer per line that is not blank, in the order of the lines, whatever was wrong with some of them;
- the answers do not depend on how many processes worked.
"""

import json
import multiprocessing
import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Final

from customer_stack.screening.describing import describe_answer, describe_refusal
from customer_stack.screening.matching.matcher import Matcher
from customer_stack.screening.matching.party import NameUnusable
from customer_stack.screening.queries import QueryRefused, read_query

CHUNK: Final = 100
MOST_PROCESSES: Final = 16
_AHEAD: Final = 3

NumberedLine = tuple[int, bytes]


@dataclass(frozen=True, slots=True)
class Job:
    """What is done with every query."""

    matcher: Matcher
    threshold: int
    limit: int


@dataclass(frozen=True, slots=True)
class Answer:
    """One line of the answers, and whether the query was screened."""

    line: str
    screened: bool
    matched: bool


_job: Job | None = None  # set before the processes are forked, so that none has to be sent a matcher


def answer(job: Job, number: int, line: bytes) -> Answer:
    """Answer one line."""
    try:
        query = read_query(line)
        try:
            matches = job.matcher.match(
                query.party, limit=job.limit, threshold=job.threshold, without=query.without
            )
        except NameUnusable as problem:
            raise QueryRefused("name_unusable", str(problem), query.id) from None
    except QueryRefused as problem:
        return Answer(_dump(describe_refusal(number, problem)), screened=False, matched=False)
    document = describe_answer(number, query, matches, job.threshold, job.matcher.version)
    return Answer(_dump(document), screened=True, matched=document["decision"] == "possible_match")


def _dump(document: object) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def answer_all(job: Job, lines: Iterable[bytes], processes: int | None = None) -> Iterator[Answer]:
    """Yield the answers to all lines, in order, reading a bounded number of lines ahead."""
    numbered = ((number, line) for number, line in enumerate(lines, 1) if line.strip())
    wanted = min(processes or _cores(), MOST_PROCESSES)
    first = list(islice(numbered, CHUNK * wanted))
    if wanted < 2 or len(first) <= CHUNK or "fork" not in multiprocessing.get_all_start_methods():
        for number, line in first:
            yield answer(job, number, line)
        for number, line in numbered:
            yield answer(job, number, line)
        return
    global _job  # noqa: PLW0603 - inherited by the forked processes, see above
    _job = job
    try:
        yield from _answer_in_processes(wanted, _chunks(first, numbered))
    finally:
        _job = None


def _chunks(first: list[NumberedLine], rest: Iterator[NumberedLine]) -> Iterator[list[NumberedLine]]:
    for start in range(0, len(first), CHUNK):
        yield first[start : start + CHUNK]
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


def _answer_in_processes(processes: int, chunks: Iterator[list[NumberedLine]]) -> Iterator[Answer]:
    waiting: deque[Future[list[Answer]]] = deque()
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        for chunk in chunks:
            waiting.append(pool.submit(_answer_chunk, chunk))
            if len(waiting) > processes * _AHEAD:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()


def _answer_chunk(chunk: list[NumberedLine]) -> list[Answer]:
    job = _job
    if job is None:
        raise RuntimeError("a forked process inherits the job")
    return [answer(job, number, line) for number, line in chunk]


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
