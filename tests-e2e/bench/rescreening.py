"""Rescreening: 100,000 customers with what OFAC changed between two dates, until the last alert is written.

- `screening.rescreen_s`: sealed customers with invented names on a real database; pages are read, opened and
  matched in processes, alerts and cases are written. Among them are people whom the new version lists, as it
  spells them: every one must have been found. Skipped without ../shared/data.
"""

import asyncio
import random
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast
from uuid import UUID

import asyncpg

from bench.invented_people import invent_people
from bench.results import Result
from bench.screening import DATA
from customer_stack.customers.domain import CustomerAccount, DocumentType, Profile, Status
from customer_stack.customers.profiles import seal_profile
from customer_stack.customers.sealing import FieldKeys, Sealing
from customer_stack.customers.service import CustomersService
from customer_stack.screening.domain.versions import CheckOutcome
from customer_stack.screening.lists.entry import Schema
from customer_stack.screening.matching.judging import make_ready
from customer_stack.screening.providers.folder import FolderSource
from customer_stack.screening.screener import Screener
from customer_stack.screening.service.importing import ListImports
from customer_stack.screening.service.loading import StoredLists
from customer_stack.screening.service.rescreening import Rescreening, Walker
from customer_stack.screening.service.subjects import SubjectScreening
from shared.clock import SystemClock
from shared.database import Database
from shared.ids import SystemIds

CUSTOMERS, LISTED, PROCESSES = 100_000, 200, 2
GOAL_SECONDS = 60.0
KEYS = FieldKeys(current=1, encryption={1: bytes(range(32))}, blind_index=bytes(range(32, 64)))
NOW = datetime(2026, 11, 28, tzinfo=UTC)
FIRST_BORN = date(1960, 1, 1)
LIST = "ofac_sdn"

_ROWS = {
    "customer_account": "tenant_id id department_id status registered_at changed_at",
    "customer_data_key": "tenant_id customer_id version wrapping_key wrapped",
    "customer_profile": (
        "tenant_id customer_id document_type document_index email full_name date_of_birth residency "
        "document_number phone"
    ),
    "facts_customer": "tenant_id customer_id country registered_at changed_at screening",
    "ledger_book": "id tenant_id kind",
    "screening_standing": (
        "tenant_id subject_id customer_id state number lists_version matcher_version screened_at"
    ),
}


async def measure(app: Database, admin_dsn: str) -> list[Result]:
    """Fill a tenant, take the newer list, walk over everybody."""
    if not DATA.is_dir():
        print(f"screening: skipped, there is no {DATA.relative_to(DATA.parents[1])} beside the project")
        return []
    clock, ids = SystemClock(), SystemIds()
    stored, imports = StoredLists(app), ListImports(app, {}, clock, ids)
    await take(imports, "ofac_2019-01")
    tenant = await _make_tenant(admin_dsn, ids)
    customers = CustomersService(app, *cast("Any", [None, None, Sealing(KEYS), None, clock, ids]))
    screener = Screener(lambda: stored.load(frozenset()), stored.load_number)
    subjects = SubjectScreening(app, customers, screener, cast("Any", None), clock, ids)
    rescreening = Rescreening(app, subjects, KEYS, Walker(PROCESSES), clock, ids)
    await rescreening.work([tenant], asyncio.Event())
    took = await take(imports, "ofac_2021-07")
    listed = await _new_people(stored)
    people = await asyncio.to_thread(_seal_people, tenant, ids, listed)
    await _fill(admin_dsn, people)
    began = time.perf_counter()
    ended = await rescreening.work([tenant], asyncio.Event())
    seconds = time.perf_counter() - began
    async with app.transaction(tenant) as tx:
        walk = await tx.fetch_row("SELECT seen, found FROM screening_rescreen ORDER BY number DESC LIMIT 1")
        alerts = await tx.fetch_value(
            "SELECT count(DISTINCT customer_id) FROM screening_alert WHERE customer_id = ANY($1::uuid[])",
            [row[1] for row in people["customer_account"][:LISTED]],
        )
    if ended != 1 or walk is None or walk["seen"] != CUSTOMERS or alerts != LISTED:
        raise RuntimeError(f"not everybody was found: {walk}, {alerts} of {LISTED} listed people")
    conditions = (
        f"{CUSTOMERS:,} customers, {PROCESSES} processes, what changed in {took}; {walk['found']:,} of them "
        f"resemble somebody, {alerts} of {LISTED} listed ones among them"
    )
    return [Result("screening.rescreen_s", seconds, "s", GOAL_SECONDS, "lower", None, None, conditions)]


async def take(imports: ListImports, folder: str) -> str:
    """Take OFAC's list of a date."""
    check = await imports.take(LIST, FolderSource(DATA / folder))
    if check.outcome is not CheckOutcome.TAKEN:
        raise RuntimeError(f"{folder} was not taken: {check.reason}")
    return folder


async def _new_people(stored: StoredLists) -> list[tuple[str, date]]:
    """Return names, as the newer list spells them, and birth dates of people whom it added."""
    usable = [
        (change.entry.names[0].text, change.entry.births[0].first)
        for change in await stored.load_delta(1, 2)
        if change.is_new and change.entry is not None and change.entry.schema is Schema.PERSON
        if change.entry.births and make_ready(change.entry.names[0].text, Schema.PERSON) is not None
    ]
    return random.Random(3).sample(usable, LISTED)  # noqa: S311 - picks names, guards nothing


async def _make_tenant(admin_dsn: str, ids: SystemIds) -> UUID:
    tenant = ids.new()
    admin = await asyncpg.connect(admin_dsn, timeout=10)
    try:
        await admin.execute(
            "INSERT INTO tenancy_tenant (id, slug, name, created_at) VALUES ($1, 'bench', 'Bench', $2)",
            tenant,
            NOW,
        )
        await admin.execute(
            "INSERT INTO tenancy_department (tenant_id, id, root_id, name, created_at) "
            "VALUES ($1, $1, $1, 'Bench', $2)",
            tenant,
            NOW,
        )
    finally:
        await admin.close()
    return tenant


def _seal_people(
    tenant: UUID, ids: SystemIds, listed: Sequence[tuple[str, date]]
) -> dict[str, list[tuple[Any, ...]]]:
    """Return rows of customers: the listed ones first, then invented people."""
    sealing, chance = Sealing(KEYS), random.Random(4)  # noqa: S311 - invents birthdays
    invented = invent_people(CUSTOMERS - len(listed), seed=81)
    people = [*listed, *((name, FIRST_BORN + timedelta(days=chance.randrange(15_000))) for name in invented)]
    rows: dict[str, list[tuple[Any, ...]]] = {table: [] for table in _ROWS}
    for number, (name, born) in enumerate(people):
        customer_id = ids.new()
        account = CustomerAccount(customer_id, tenant, tenant, Status.ACTIVE, None, NOW)
        wrapped, cipher = sealing.create_key(customer_id)
        profile = Profile(
            email=f"{number}@example.lk",
            full_name=name,
            date_of_birth=born,
            residency="LK",
            document_type=DocumentType.NATIONAL_ID,
            document_country="LK",
            document_number=f"1990{number:08d}",
            phone="+94771234567",
        )
        sealed = seal_profile(sealing, account, cipher, profile)
        rows["customer_account"].append((tenant, customer_id, tenant, "active", NOW, NOW))
        rows["customer_data_key"].append(
            (tenant, customer_id, wrapped.version, wrapped.wrapping_key, wrapped.wrapped)
        )
        rows["customer_profile"].append(
            (
                tenant,
                customer_id,
                sealed.document_type.value,
                sealed.document_index,
                sealed.email,
                sealed.full_name,
                sealed.date_of_birth,
                sealed.residency,
                sealed.document_number,
                sealed.phone,
            )
        )
        rows["facts_customer"].append((tenant, customer_id, "LK", NOW, NOW, "clear"))
        rows["ledger_book"].append((customer_id, tenant, "customer"))
        rows["screening_standing"].append((tenant, customer_id, customer_id, "clear", 1, bytes(32), 1, NOW))
    return rows


async def _fill(admin_dsn: str, people: dict[str, list[tuple[Any, ...]]]) -> None:
    admin = await asyncpg.connect(admin_dsn, timeout=10, command_timeout=300)
    try:
        for table, columns in _ROWS.items():
            await admin.copy_records_to_table(table, records=people[table], columns=columns.split())
            await admin.execute(f"ANALYZE {table}")
    finally:
        await admin.close()
