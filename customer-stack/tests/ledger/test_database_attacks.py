"""Rules of the customer ledger's own tables, attacked by data statements as application and as owner."""

import asyncio
from itertools import pairwise

import asyncpg
import pytest

from customer_stack.ledger import service as ledger
from customer_stack.ledger.domain import (
    LEGAL_MOVES,
    Account,
    Action,
    DealState,
    DealStep,
    ItemState,
    SixRates,
    TransferKind,
    TransferSource,
)
from shared.ledger import store as kernel
from shared.ledger.domain import LKR, Movement, Posting

REFUSED = (asyncpg.IntegrityConstraintViolationError, asyncpg.InsufficientPrivilegeError)
both = pytest.mark.parametrize("role", ["app", "owner"])
RATES = SixRates(300, 297, 303, 298, 303, None)


@pytest.fixture
def attack(scene, customer_database):
    """Return a function that runs statements in one transaction of a role."""

    async def do(role, *statements, tenant=None):
        connection = await customer_database.connect(role)
        await connection.execute(f"SET app.tenants = '{{{tenant or scene.tenant_id}}}'")
        async with connection.transaction():
            for sql, *arguments in statements:
                await connection.execute(sql, *arguments)

    return do


# ---- sources


async def post_with(scene, **named):
    made = scene.transfer(scene.sender, Account.COLLECTION, Account.WALLET, 5)
    async with scene.transaction() as tx:
        await kernel.lock_books(tx, [scene.sender])
        await kernel.post(tx, Movement(transfers=(made,)))
        await ledger.record_sources(tx, [TransferSource(scene.tenant_id, scene.sender, made.id, **named)])
    return made


async def test_one_provider_reference_settles_once(scene):
    await post_with(scene, provider="bank", reference="R9", rates=RATES, quote_id=scene.ids.new())
    before = await scene.wallets()
    with pytest.raises(asyncpg.UniqueViolationError, match="one_settlement"):
        await post_with(scene, provider="bank", reference="R9")
    await post_with(scene, provider="other", reference="R9")
    assert (await scene.wallets())[0] == before[0] + 5


async def test_one_charge_counts_once(scene):
    await post_with(scene, provider="acquirer", charge_id="c1", reference="a")
    with pytest.raises(asyncpg.UniqueViolationError, match="one_charge"):
        await post_with(scene, provider="acquirer", charge_id="c1", reference="b")


@pytest.mark.parametrize(
    "named",
    [
        {},
        {"provider": "bank"},
        {"reference": "R"},
        {"provider": "has spaces", "reference": "R"},
        {"provider": "bank", "reference": ""},
        {"rates": SixRates(300, 301, 303, None, 303)},
        {"rates": SixRates(300, 297, 303, None, 0)},
    ],
)
async def test_a_source_says_something_whole(scene, named):
    with pytest.raises(asyncpg.CheckViolationError):
        await post_with(scene, **named)


SOURCE = (
    "INSERT INTO ledger_transfer_source (tenant_id, book_id, transfer_id, provider, reference) "
    "VALUES ($1, $2, $3, 'bank', 'late')"
)


@both
async def test_nobody_gives_a_source_to_a_transfer_of_the_past_or_to_none(scene, attack, role):
    made = await post_with(scene, quote_id=scene.ids.new())
    other = scene.transfer(scene.sender, Account.COLLECTION, Account.WALLET, 5)
    await scene.post(other)
    for transfer_id in (made.id, other.id, scene.ids.new()):
        with pytest.raises(REFUSED):
            await attack(role, (SOURCE, scene.tenant_id, scene.sender, transfer_id))


# ---- deals

STEP = (
    "INSERT INTO ledger_deal_state (tenant_id, book_id, deal_id, step, state, at, actor) "
    "VALUES ($1, $2, $3, $4, $5, now(), $6)"
)


@both
async def test_a_settled_deal_is_reversed_once_and_nothing_else(scene, attack, role):
    deal_id = await scene.deal(100)
    place = (scene.tenant_id, scene.sender, deal_id)
    for step in (1, 2, 3, 4, 5):
        for state in ("created", "authorized", "settled", "reversed"):
            if (step, state) != (3, "reversed"):
                with pytest.raises(REFUSED):
                    await attack(role, (STEP, *place, step, state, "system"))
    await attack(role, (STEP, *place, 3, "reversed", "system"))
    with pytest.raises(REFUSED):
        await attack(role, (STEP, *place, 4, "reversed", "system"))


@both
@pytest.mark.parametrize("state", ["authorized", "settled", "reversed"])
async def test_a_deal_begins_by_being_created(scene, attack, role, state):
    with pytest.raises(REFUSED):
        await attack(role, (STEP, scene.tenant_id, scene.sender, scene.ids.new(), 1, state, "system"))


@both
async def test_a_deal_lies_in_a_book_of_its_tenant_and_names_a_known_kind_of_actor(scene, attack, role):
    for book, actor in ((scene.ids.new(), "system"), (scene.sender, "Nimal Perera")):
        with pytest.raises(REFUSED):
            await attack(role, (STEP, scene.tenant_id, book, scene.ids.new(), 1, "created", actor))


async def test_of_many_who_take_the_next_step_at_once_one_takes_it(scene):
    place = (scene.tenant_id, scene.sender, scene.ids.new())
    now = scene.services.clock.now()

    async def advance(state):
        async with scene.transaction() as tx:
            await ledger.advance_deals(tx, [DealStep(*place, state, now, "system")])

    await advance(DealState.CREATED)
    states = [DealState.SETTLED, DealState.REVERSED, DealState.AUTHORIZED, DealState.SETTLED]
    await asyncio.gather(*map(advance, states), return_exceptions=True)
    async with scene.transaction() as tx:
        rows = await tx.fetch("SELECT step, state FROM ledger_deal_state ORDER BY step")
    taken = [DealState(row["state"]) for row in rows]
    assert [row["step"] for row in rows] == list(range(1, len(rows) + 1))
    assert all(after in LEGAL_MOVES[before] for before, after in pairwise([None, *taken]))


# ---- items


async def draft_of(scene, deal_id, **changes):
    now = scene.services.clock.now()
    fields = {
        "version": 2,
        "state": ItemState.DRAFT,
        "movement_id": None,
        "made_by": f"staff:{scene.ids.new()}",
    }
    made = scene.item(deal_id, 200, now, **{**fields, **changes})
    async with scene.transaction() as tx:
        await ledger.insert_items(tx, [made])
    return made


@pytest.mark.parametrize(
    "changes",
    [
        {"version": 3},
        {"version": 2, "state": ItemState.ACTIVE},
        {"version": 1},
        {"state": ItemState.SUPERSEDED},
        {"state": ItemState.CANCELLED},
        {"reference": "Nimal Perera, 12 Galle Road"},
    ],
    ids=["a gap", "active at once", "again", "superseded", "cancelled", "free text"],
)
async def test_a_version_enters_after_the_one_before_as_a_draft(scene, changes):
    deal_id = await scene.deal(100)
    with pytest.raises(REFUSED):
        await draft_of(scene, deal_id, **changes)


async def test_one_draft_at_a_time(scene):
    deal_id = await scene.deal(100)
    await draft_of(scene, deal_id)
    with pytest.raises(asyncpg.UniqueViolationError, match="one_draft"):
        await draft_of(scene, deal_id, version=3)


ACTIVATE = "UPDATE ledger_item SET state = 'active', activated_by = $2, activated_at = now() WHERE id = $1"


@both
async def test_a_second_version_does_not_stand_beside_the_first(scene, attack, role):
    draft = await draft_of(scene, await scene.deal(100))
    with pytest.raises(asyncpg.UniqueViolationError, match="one_active"):
        await attack(role, (ACTIVATE, draft.id, "system"))


@both
async def test_who_proposed_a_version_does_not_approve_it(scene, attack, role):
    deal_id = await scene.deal(100)
    draft = await draft_of(scene, deal_id)
    supersede = (
        "UPDATE ledger_item SET state = 'superseded', replaced_by = $2, replaced_at = now(), "
        "replaced_actor = 'system' WHERE deal_id = $1 AND version = 1"
    )
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="does not approve"):
        await attack(role, (supersede, deal_id, draft.id), (ACTIVATE, draft.id, draft.made_by))
    await attack(role, (supersede, deal_id, draft.id), (ACTIVATE, draft.id, f"staff:{scene.ids.new()}"))


EDITS = (
    "give_amount = give_amount + 1",
    "made_by = 'system'",
    "made_at = now()",
    "version = 9",
    "kind = 'qr_payment'",
    "movement_id = id",
    "activated_by = 'system'",
    "state = 'draft'",
    "state = 'superseded', replaced_by = id, replaced_at = now(), replaced_actor = 'system'",
    "state = 'cancelled', replaced_at = now(), replaced_actor = 'system', give_amount = 1",
    "state = 'cancelled', replaced_at = now(), replaced_actor = 'system', movement_id = NULL",
    "state = 'cancelled'",
)


@both
async def test_a_version_is_not_edited(scene, attack, role):
    deal_id = await scene.deal(100)
    for edit in EDITS:
        with pytest.raises(REFUSED):
            await attack(role, (f"UPDATE ledger_item SET {edit} WHERE deal_id = $1", deal_id))


@both
async def test_a_version_is_superseded_by_a_later_one_of_its_deal_only(scene, attack, role):
    deal_id, other = await scene.deal(100), await scene.deal(100)
    strange = await draft_of(scene, other)
    sql = (
        "UPDATE ledger_item SET state = 'superseded', replaced_by = $2, replaced_at = now(), "
        "replaced_actor = 'system' WHERE deal_id = $1"
    )
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="later version of its deal"):
        await attack(role, (sql, deal_id, strange.id))


@both
async def test_what_ended_stays_ended(scene, attack, role):
    draft = await draft_of(scene, await scene.deal(100))
    cancel = (
        "UPDATE ledger_item SET state = 'cancelled', replaced_at = now(), replaced_actor = 'system' "
        "WHERE id = $1"
    )
    await attack(role, (cancel, draft.id))
    for sql in (cancel, ACTIVATE.replace("$2", "'system'")):
        with pytest.raises(REFUSED):
            await attack(role, (sql, draft.id))


TABLES = (
    "ledger_transfer_source",
    "ledger_deal_state",
    "ledger_item",
    "ledger_reversal",
    "ledger_reversal_decision",
    "ledger_chart",
)


async def fill(scene):
    await post_with(scene, provider="bank", reference="R9")
    deal_id = await scene.deal(100)
    async with scene.transaction() as tx:
        reversal_id = scene.ids.new()
        await tx.execute(REVERSAL, scene.tenant_id, reversal_id, deal_id, scene.ids.new())
        await tx.execute(DECISION, scene.tenant_id, reversal_id, "rejected", None, scene.ids.new())


REVERSAL = (
    "INSERT INTO ledger_reversal (tenant_id, id, movement_id, reason, proposed_by, proposed_at) "
    "VALUES ($1, $2, $3, 'fraud', $4, now())"
)
DECISION = (
    "INSERT INTO ledger_reversal_decision (tenant_id, reversal_id, outcome, movement_id, decided_by, "
    "decided_at) VALUES ($1, $2, $3, $4, $5, now())"
)


@both
async def test_nothing_is_deleted_or_emptied_or_merged_away(scene, attack, role):
    await fill(scene)
    for table in TABLES:
        await attack_rows(attack, role, table)


async def attack_rows(attack, role, table):
    key = {"ledger_chart": "account", "ledger_reversal_decision": "reversal_id"}.get(table)
    key = key or ("transfer_id" if table == "ledger_transfer_source" else "deal_id")
    key = "id" if table == "ledger_reversal" else key
    statements = [
        f"DELETE FROM {table}",
        f"TRUNCATE {table} CASCADE",
        f"MERGE INTO {table} t USING {table} s ON t.{key} = s.{key} WHEN MATCHED THEN DELETE",
    ]
    if table != "ledger_item":
        statements.append(f"UPDATE {table} SET {key} = {key}")
    for sql in statements:
        with pytest.raises(REFUSED):
            await attack(role, (sql,))


@both
async def test_who_proposed_a_reversal_does_not_approve_it(scene, attack, role):
    deal_id, reversal_id, person = await scene.deal(100), scene.ids.new(), scene.ids.new()
    proposal = (REVERSAL, scene.tenant_id, reversal_id, deal_id, person)
    own = (DECISION, scene.tenant_id, reversal_id, "approved", scene.ids.new(), person)
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="does not approve"):
        await attack(role, proposal, own)
    other = (DECISION, scene.tenant_id, reversal_id, "approved", scene.ids.new(), scene.ids.new())
    await attack(role, proposal, other)
    with pytest.raises(asyncpg.UniqueViolationError):
        await attack(role, other)


async def test_another_tenant_sees_and_writes_nothing(scene, attack, customer_database):
    await fill(scene)
    stranger = scene.ids.new()
    connection = await customer_database.connect("app")
    await connection.execute(f"SET app.tenants = '{{{stranger}}}'")
    for table in (*TABLES[:-1], "ledger_lifecycle"):
        assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 0
    sql = (STEP, stranger, scene.sender, scene.ids.new(), 1, "created", "system")
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="book of its tenant"):
        await attack("app", sql, tenant=stranger)
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
        await attack("app", (STEP, scene.tenant_id, *sql[2:]), tenant=stranger)


# ---- what follows from them


async def test_every_transfer_has_a_lifecycle(scene):
    deal_id = await scene.deal(100)
    async with scene.transaction() as tx:
        books = [scene.sender, scene.receiver]
        await kernel.lock_books(tx, books)
        made = await ledger.build_reversal(tx, scene.tenant_id, books, deal_id, ids=scene.ids, now=scene.now)
        await kernel.post(tx, made)
        rows = await tx.fetch(
            "SELECT book_id, state FROM ledger_lifecycle WHERE movement_id = $1 ORDER BY book_id, state",
            deal_id,
        )
    expected = [(book, state) for book in sorted(books) for state in ("created", "settled", "reversed")]
    assert [tuple(row) for row in rows] == expected


async def test_debts_are_what_the_debt_account_says(scene):
    async with scene.transaction() as tx:
        assert await ledger.load_debts(tx, [scene.sender]) == {}
    taken = Posting(LKR, Account.DEBT, Account.COLLECTION, 300, Action.INFLOW_REVERT)
    cleared = Posting(LKR, Account.WALLET, Account.DEBT, 120, Action.DEBT_CLEARANCE)
    await scene.post(
        scene.transfer(
            scene.sender,
            Account.DEBT,
            Account.DESK,
            1,
            postings=(taken,),
            kind=TransferKind.PAY_IN_TAKEN_BACK,
        )
    )
    await scene.post(scene.transfer(scene.sender, Account.DEBT, Account.DESK, 1, postings=(cleared,)))
    async with scene.transaction() as tx:
        assert await ledger.load_debts(tx, [scene.sender, scene.receiver]) == {(scene.sender, LKR): 180}
