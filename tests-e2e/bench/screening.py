"""How fast and how well names are matched, on published lists of ../shared/data; skipped without them.

- `screening.p50_ms`, `screening.p99_ms`: both stages on 30,000 names (OFAC, UN, the rest invented), one query
  at a time in one process: unrelated people, listed names as they are, and with a letter changed.
- `screening.f1`: pairs that people and a model labelled, at the threshold that ships.
- `screening.alias_recall`: real aliases of OFAC's people, the index without the queried alias, at the score
  that one in a hundred invented people reaches. Nothing was fitted to the half that is measured.
"""

import csv
import gc
import hashlib
import random
import time
from collections.abc import Sequence
from pathlib import Path

from bench.invented_people import invent_people
from bench.results import Result, percentile_ms
from customer_stack.screening.lists.entry import (
    ListEntry,
    ListName,
    NameKind,
    Schema,
    WatchList,
)
from customer_stack.screening.lists.ofac import OfacFiles, read_ofac
from customer_stack.screening.lists.united_nations import read_united_nations
from customer_stack.screening.matching.judging import judge, make_ready
from customer_stack.screening.matching.matcher import Matcher
from customer_stack.screening.matching.party import THRESHOLD, Party

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
NAMES, QUERIES, ALIASES, STRANGERS = 30_000, 1_500, 700, 3_000
P50_GOAL_MS, P99_GOAL_MS, F1_GOAL, RECALL_GOAL = 5.0, 15.0, 0.80, 0.75
SCHEMAS = {"Person": Schema.PERSON, "Vessel": Schema.VESSEL}


def read_published(data: Path = DATA) -> list[WatchList]:
    """Return OFAC's and the UN's lists."""
    folder = data / "ofac_2021-07"
    files = OfacFiles(*((folder / name).read_bytes() for name in ("sdn.csv", "alt.csv", "add.csv")))
    return [read_ofac(files), read_united_nations((data / "UN_consolidated.xml").read_bytes())]


def pad(lists: Sequence[WatchList], count: int) -> WatchList:
    """Return invented people who bring the number of names to `count`."""
    there = sum(len(entry.names) for each in lists for entry in each.entries)
    entries = tuple(
        ListEntry(f"PAD-{n}", str(n), Schema.PERSON, (ListName(f"pad:{n}", name, NameKind.PRIMARY),))
        for n, name in enumerate(invent_people(max(0, count - there), seed=77))
    )
    return WatchList("padding", bytes(32), entries)


def changed(name: str, chance: random.Random) -> str:
    """Return a name with one letter changed."""
    place = chance.choice([n for n, letter in enumerate(name) if letter.isalpha()])
    return name[:place] + chance.choice("abcdefghijklmnopqrstuvwxyz") + name[place + 1 :]


def measure_speed(lists: list[WatchList]) -> list[Result]:
    """Measure one query at a time."""
    began = time.perf_counter()
    matcher = Matcher([*lists, pad(lists, NAMES)])
    build_seconds = time.perf_counter() - began
    chance = random.Random(5)  # noqa: S311 - picks names, guards nothing
    listed = [
        (name.text, entry.schema)
        for each in lists
        for entry in each.entries
        for name in entry.names
        if entry.schema in {Schema.PERSON, Schema.ENTITY}
    ]
    picked = chance.sample(listed, QUERIES // 2)
    half = len(picked) // 2
    asked = [(name, Schema.PERSON) for name in invent_people(QUERIES // 2, seed=78)]
    asked += picked[:half] + [(changed(name, chance), schema) for name, schema in picked[half:]]
    chance.shuffle(asked)
    parties = [Party(name, schema) for name, schema in asked if make_ready(name, schema)]
    gc.collect()
    gc.freeze()
    for party in parties[:100]:
        matcher.match(party, limit=5)
    seconds, worked = [], []
    for party in parties:
        began, began_work = time.perf_counter(), time.thread_time()
        matcher.match(party, limit=5)
        worked.append(time.thread_time() - began_work)
        seconds.append(time.perf_counter() - began)
    p50, p99 = percentile_ms(seconds, 0.5), percentile_ms(seconds, 0.99)
    conditions = (
        f"{matcher.name_count:,} names built in {build_seconds:.1f} s; {len(parties):,} queries, 1 process; "
        f"of processor time {percentile_ms(worked, 0.5)} and {percentile_ms(worked, 0.99)} ms"
    )
    return [
        Result("screening.p50_ms", p50, "ms", P50_GOAL_MS, "lower", p50, p99, conditions),
        Result("screening.p99_ms", p99, "ms", P99_GOAL_MS, "lower", p50, p99, conditions),
    ]


def score_pair(one: str, other: str, schema: Schema) -> int:
    """Return the score of two names of a schema."""
    asked, listed = make_ready(one, schema), make_ready(other, schema)
    return judge(asked, listed, schema).score if asked and listed else 0


def measure_f1(pairs: Path) -> Result:
    """Measure labelled pairs at the threshold that ships."""
    with pairs.open(encoding="utf-8") as rows:
        scored = [
            (
                score_pair(row["name1"], row["name2"], SCHEMAS.get(row["schema"], Schema.ENTITY))
                >= THRESHOLD,
                row["is_match"] == "true",
            )
            for row in csv.DictReader(rows)
        ]
    right = sum(found and true for found, true in scored)
    found, true = sum(found for found, _ in scored), sum(true for _, true in scored)
    conditions = (
        f"{len(scored)} pairs at {THRESHOLD}: precision {right / found:.3f}, recall {right / true:.3f}"
    )
    return Result("screening.f1", 2 * right / (found + true), "F1", F1_GOAL, "higher", None, None, conditions)


def is_held_back(entry_id: str) -> bool:
    """Tell whether an entry belongs to the half that nothing was fitted to."""
    return hashlib.md5(entry_id.encode(), usedforsecurity=False).digest()[0] % 2 == 1


def measure_recall(lists: list[WatchList]) -> Result:
    """Measure real aliases against a list that lacks them."""
    matcher = Matcher(lists)
    strangers = sorted(
        (best_score(matcher, name) for name in invent_people(STRANGERS, seed=79)), reverse=True
    )
    limit = strangers[STRANGERS // 100]
    aliases = [
        (entry.id, name)
        for entry in lists[0].entries
        for name in entry.names
        if entry.schema is Schema.PERSON and name.kind is NameKind.STRONG and is_held_back(entry.id)
    ]
    found = 0
    chance = random.Random(6)  # noqa: S311 - picks names, guards nothing
    for entry_id, name in chance.sample(aliases, ALIASES):
        matches = matcher.match(Party(name.text, Schema.PERSON), limit=10, without=frozenset({name.id}))
        found += any(match.entry_id == entry_id and match.score > limit for match in matches)
    conditions = f"{ALIASES} aliases left out one by one; {STRANGERS:,} invented people, 1 % reach {limit}"
    return Result(
        "screening.alias_recall", found / ALIASES, "share", RECALL_GOAL, "higher", None, None, conditions
    )


def best_score(matcher: Matcher, name: str) -> int:
    """Return the best score of a person."""
    return max((match.score for match in matcher.match(Party(name, Schema.PERSON), limit=10)), default=0)


def measure() -> list[Result]:
    """Measure everything, or say that the data is not there."""
    if not DATA.is_dir():
        print(f"screening: skipped, there is no {DATA.relative_to(DATA.parents[1])} beside the project")
        return []
    lists = read_published()
    return [*measure_speed(lists), measure_f1(DATA / "name_bench_cases.csv"), measure_recall(lists)]
