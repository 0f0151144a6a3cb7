"""Attacks on what lies around transfers: reversals, sources, the stages of deals.

Most are a row that is right in everything but one column, with the rule that this column breaks.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from shared.database import Transaction
from shared.ledger import store
from shared.ledger.domain import Close, Movement, Posting
from simulator.attacks import (
    MAKERS,
    PRIVILEGE,
    Attack,
    Run,
    Scene,
    attack,
    both,
    insert,
    mirrored,
    post,
    sql,
)
from simulator.model import Posted
from simulator.templates import Tenant

E8: Final = 10**8
# ---- reversals, corrections, ends of holds


def _undo(scene: Scene, old: Posted, name: str, rule: str, *postings: Posting) -> Attack:
    tenant = scene.of(old.tenant)
    made = scene.transfer(tenant, old.book, *postings, kind="reversal", reverses=old.id)
    checked = sql("SET CONSTRAINTS ALL IMMEDIATE") if scene.random.random() < 0.5 else both()
    return Attack(name, tenant.id, rule, both(post(transfers=(made,)), checked))


def _standing(scene: Scene) -> Posted | None:
    """Return a transfer that may still be reversed, and whose reversal breaks no floor."""
    for _ in range(60):
        old = scene.posted()[1]
        pays = {leg.source for leg in old.legs} <= {"collection", "desk"} and len(old.legs) == 1
        leg = old.legs[0]
        key = (old.book, leg.asset, leg.target)
        free = scene.model.posted.get(key, 0) - scene.model.held.get(key, 0)
        if pays and not old.reverses and old.id not in scene.model.undone and free > 2 * leg.amount + 2:
            return old
    return None


@attack
def reversal_of_another_amount(scene: Scene) -> Attack | None:
    old = _standing(scene)
    if old is None:
        return None
    (whole,) = mirrored(old)
    wrong = scene.random.choice((
        replace(whole, amount=whole.amount + 1),
        replace(whole, source=whole.target, target=whole.source),
        replace(whole, target="execution"),
        replace(whole, cost=1),
    ))  # fmt: skip
    return _undo(scene, old, "a reversal that is no mirror", "ledger_transfer_mirror", wrong)


@attack
def reversal_without_postings(scene: Scene) -> Attack | None:
    old = _standing(scene)
    if old is None:
        return None
    row = {"tenant_id": old.tenant, "book_id": old.book, "id": scene.ids.new(),
           "movement_id": scene.ids.new(), "reverses": old.id,
           "effective_at": scene.model.now, "kind": "reversal"}  # fmt: skip
    return Attack(
        "a reversal that moves nothing", old.tenant, "ledger_transfer_mirror", insert("ledger_transfer", row)
    )


@attack
def reversal_of_a_reversal(scene: Scene) -> Attack | None:
    found = [each for each in list(scene.model.transfers.values())[-800:] if each.reverses]
    if not found:
        return None
    old = scene.random.choice(found)
    legs = tuple(replace(each, action="inflow") for each in mirrored(old))
    return _undo(scene, old, "a reversal of a reversal", "ledger_transfer_reverses_a_reversal", *legs)


@attack
def correction_of_nothing(scene: Scene) -> Attack:
    tenant = scene.tenant()
    strange = scene.random.choice((scene.ids.new(), None))
    made = scene.transfer(tenant, tenant.customers[0])
    made = replace(made, corrects=strange or made.id)
    return Attack(
        "a correction of nothing, or of itself",
        tenant.id,
        "ledger_transfer_corrects",
        post(transfers=(made,)),
    )


@attack
def asset_of_nobody(scene: Scene) -> Attack:
    tenant = scene.tenant()
    made = scene.transfer(tenant, tenant.customers[0], Posting(987_654, "collection", "wallet", 5, "inflow"))
    return Attack("an asset that does not exist", tenant.id, "ledger_posting_asset", post(transfers=(made,)))


@attack
def recorded_long_ago(scene: Scene) -> Attack:
    tenant = scene.tenant()
    row = {"tenant_id": tenant.id, "book_id": tenant.department, "id": scene.ids.new(),
           "movement_id": scene.ids.new(), "effective_at": scene.model.now, "kind": "pay_in",
           "recorded_at": scene.model.now}  # fmt: skip
    return Attack("a time of recording of one's own", tenant.id, PRIVILEGE, insert("ledger_transfer", row),
                  "ledger_transfer_recorded_at")  # fmt: skip


@attack
def exhausted_too_early(scene: Scene) -> Attack | None:
    found = scene.open_hold()
    if found is None:
        return None
    hold_id, hold, tenant = found
    end = Close(hold_id, tenant.id, hold.book, "exhausted")
    return Attack(
        "exhausted while something is left", tenant.id, "ledger_hold_close_exhausted", post(closes=(end,))
    )


@attack
def expired_without_an_end(scene: Scene) -> Attack | None:
    for _ in range(20):
        found = scene.open_hold()
        if found is not None and found[1].expires_at is None:
            hold_id, hold, tenant = found
            end = Close(hold_id, tenant.id, hold.book, "expired")
            return Attack(
                "expired, though it never expires",
                tenant.id,
                "ledger_hold_close_expired",
                post(closes=(end,)),
            )
    return None


# ---- sources


def _source(scene: Scene, tenant: Tenant, rule: str, *changes: Mapping[str, Any]) -> Attack:
    """Post one transfer per row and name where it came from."""
    runs: list[Run] = []
    for change in changes:
        made = scene.transfer(tenant, tenant.customers[0])
        row: dict[str, Any] = {
            "tenant_id": tenant.id, "book_id": made.book_id, "transfer_id": made.id, "provider": "bank",
            "reference": f"attack-{made.id}",
        }  # fmt: skip
        runs += [post(transfers=(made,)), insert("ledger_transfer_source", {**row, **change})]
    return Attack(f"a source against {rule}", tenant.id, rule, both(*runs))


_RATES: Final = {"mid_e8": 300 * E8, "buy_e8": 297 * E8, "sell_e8": 303 * E8, "agreed_e8": 303 * E8}
_WRONG_SOURCES: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("ledger_transfer_source_agreed", {**_RATES, "agreed_e8": 0}),
    ("ledger_transfer_source_buy", {**_RATES, "buy_e8": 0}),
    ("ledger_transfer_source_cost", {**_RATES, "cost_e8": -1}),
    ("ledger_transfer_source_mid", {**_RATES, "mid_e8": 0}),
    ("ledger_transfer_source_rates", {"mid_e8": 300 * E8}),
    ("ledger_transfer_source_rates", {**_RATES, "sell_e8": 299 * E8}),
    ("ledger_transfer_source_settlement", {**_RATES, "settlement_e8": 0}),
    ("ledger_transfer_source_provider", {"provider": "A Bank"}),
    ("ledger_transfer_source_reference", {"reference": "r" * 129}),
    ("ledger_transfer_source_charge", {"charge_id": ""}),
    ("ledger_transfer_source_named", {"provider": None}),
    ("ledger_transfer_source_says_something", {"provider": None, "reference": None}),
)


def _wrong_source(rule: str, change: dict[str, Any]) -> None:
    MAKERS.append(lambda scene: _source(scene, scene.tenant(), rule, change))


for _rule, _change in _WRONG_SOURCES:
    _wrong_source(_rule, _change)


@attack
def settled_twice(scene: Scene) -> Attack | None:
    if not scene.model.references:
        return None
    reference, transfer = scene.random.choice(list(scene.model.references.items())[-200:])
    tenant = scene.of(scene.model.transfers[transfer].tenant)
    return _source(scene, tenant, "ledger_transfer_source_one_settlement", {"reference": reference})


@attack
def charged_twice(scene: Scene) -> Attack:
    charge = {"charge_id": f"charge-{scene.ids.new()}"}
    return _source(scene, scene.tenant(), "ledger_transfer_source_one_charge", charge, charge)


@attack
def two_sources(scene: Scene) -> Attack:
    tenant = scene.tenant()
    made = scene.transfer(tenant, tenant.customers[0])
    row = {"tenant_id": tenant.id, "book_id": made.book_id, "transfer_id": made.id, "provider": "bank"}
    rows = [insert("ledger_transfer_source", {**row, "reference": f"{made.id}-{each}"}) for each in (1, 2)]
    return Attack(
        "two sources of one transfer",
        tenant.id,
        "ledger_transfer_source_pk",
        both(post(transfers=(made,)), *rows),
    )


@attack
def source_added_later(scene: Scene) -> Attack | None:
    named = set(scene.model.references.values())
    found = [each for each in list(scene.model.transfers.values())[-100:] if each.id not in named]
    if not found:
        return None
    old = scene.random.choice(found)
    row = {"tenant_id": old.tenant, "book_id": old.book, "transfer_id": old.id, "provider": "bank",
           "reference": f"late-{old.id}"}  # fmt: skip
    return Attack("a source for a transfer that stands", old.tenant, "ledger_transfer_source_transfer",
                  insert("ledger_transfer_source", row))  # fmt: skip


# ---- deals


def _stage(scene: Scene, **changes: Any) -> tuple[Tenant, Run]:
    tenant = scene.tenant()
    row = {"tenant_id": tenant.id, "book_id": tenant.department, "deal_id": scene.ids.new(),
           "at": scene.model.now, "step": 1, "state": "created", "actor": "system"}  # fmt: skip
    return tenant, insert("ledger_deal_state", {**row, **changes})


def _wrong_stage(rule: str, **changes: Any) -> None:
    def make(scene: Scene) -> Attack:
        tenant, run = _stage(scene, **changes)
        return Attack(f"a stage against {rule}", tenant.id, rule, run)

    MAKERS.append(make)


_wrong_stage("ledger_deal_state_step", step=0)
_wrong_stage("ledger_deal_state_actor", actor="somebody")
_wrong_stage("ledger_deal_state_move", state="settled")
_wrong_stage("ledger_deal_state_move", step=2)


@attack
def stage_of_no_book(scene: Scene) -> Attack:
    tenant, run = _stage(scene, book_id=scene.ids.new())
    return Attack("a stage in no book", tenant.id, "ledger_deal_state_book", run)


@attack
def stage_after_the_last(scene: Scene) -> Attack | None:
    deals = list(scene.model.deals.items())[-300:]
    if not deals:
        return None
    deal, (book, states) = scene.random.choice(deals)
    after = {"reversed": "settled", "settled": "authorized", "authorized": "created"}[states[-1]]
    _, run = _stage(
        scene,
        deal_id=deal,
        book_id=book,
        tenant_id=scene.model.books[book],
        step=len(states) + 1,
        state=after,
    )
    return Attack(f"{after} after {states[-1]}", scene.model.books[book], _last_rule(len(states) + 1), run)


def _last_rule(step: int) -> str:
    return "ledger_deal_state_step" if step > 4 else "ledger_deal_state_move"


@attack
def stage_taken_twice(scene: Scene) -> Attack | None:
    deals = list(scene.model.deals.items())[-300:]
    if not deals:
        return None
    deal, (book, _) = scene.random.choice(deals)
    _, run = _stage(scene, deal_id=deal, book_id=book, tenant_id=scene.model.books[book])
    return Attack("a stage taken twice", scene.model.books[book], "ledger_deal_state_pk", run)


@attack
def period_that_does_not_follow(scene: Scene) -> Attack | None:
    """A correction into a closed period, through a hold's capture: the entry's day counts, not the hold's."""
    closed = list(scene.model.closed_until.items())
    found = scene.open_hold()
    if found is None or found[2].id not in dict(closed):
        return None
    hold_id, hold, tenant = found
    moment = dict(closed)[tenant.id] - timedelta(hours=1)
    posting = Posting(hold.asset, hold.account, "settled", hold.remaining, "outflow")
    made = scene.transfer(tenant, hold.book, posting, effective_at=moment)

    async def run(tx: Transaction) -> None:
        await store.post(tx, Movement(closes=(Close(hold_id, tenant.id, hold.book, "released"),)))
        await store.post(tx, Movement((made,)))

    return Attack("a capture in a closed period", tenant.id, "ledger_transfer_period_open", run)
