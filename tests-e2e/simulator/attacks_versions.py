"""Attacks on the versions of deals, on reversals by two people and on repairs."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from simulator.attacks import (
    MAKERS,
    PRIVILEGE,
    ROW_SECURITY,
    Attack,
    Scene,
    attack,
    both,
    each,
    insert,
    sql,
)
from simulator.commands import LKR
from simulator.model import Version
from simulator.templates import Tenant

SMALL: Final = 5_000
REPAIRS: Final = 3
"""A repair goes over everything, so each kind is tried once when there is much, and more often before."""


# ---- versions


def _item(scene: Scene, tenant: Tenant, **changes: Any) -> dict[str, Any]:
    row = {"id": scene.ids.new(), "tenant_id": tenant.id, "book_id": tenant.department,
           "deal_id": scene.ids.new(), "version": 1, "state": "active", "kind": "pay_in",
           "effective_at": scene.model.now, "made_by": "system", "made_at": scene.model.now,
           "activated_by": "system", "activated_at": scene.model.now}  # fmt: skip
    return {**row, **changes}


_DRAFT: Final[dict[str, Any]] = {"state": "draft", "activated_by": None, "activated_at": None}
_WRONG_ITEMS: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("ledger_item_give", {"give_amount": -1, "give_asset": LKR}),
    ("ledger_item_get", {"get_amount": -1, "get_asset": LKR}),
    ("ledger_item_fee", {"fee_amount": -1, "fee_asset": LKR}),
    ("ledger_item_rate", {"rate_e8": 0}),
    ("ledger_item_version", {"version": 0}),
    ("ledger_item_made_by", {"made_by": "somebody"}),
    ("ledger_item_activated_by", {"activated_by": "somebody"}),
    ("ledger_item_replaced_actor", {"replaced_actor": "somebody"}),
    ("ledger_item_reference", {"reference": "not a reference"}),
    ("ledger_item_amounts", {"give_amount": 5}),
    ("ledger_item_activation", {"state": "draft"}),
    ("ledger_item_replacement", {"replaced_actor": "system"}),
    ("ledger_item_enters", {"version": 2, **_DRAFT}),
)


def _wrong_item(rule: str, change: dict[str, Any]) -> None:
    def make(scene: Scene) -> Attack:
        tenant = scene.tenant()
        return Attack(
            f"a version against {rule}",
            tenant.id,
            rule,
            insert("ledger_item", _item(scene, tenant, **change)),
        )

    MAKERS.append(make)


for _rule, _change in _WRONG_ITEMS:
    _wrong_item(_rule, _change)


@dataclass(frozen=True, slots=True)
class _Deal:
    """A deal that has versions."""

    id: UUID
    tenant: Tenant
    book: UUID
    versions: list[Version]


def _deal(scene: Scene) -> _Deal | None:
    found = list(scene.model.items.items())[-300:]
    if not found:
        return None
    deal, versions = scene.random.choice(found)
    book = versions[0].book
    return _Deal(deal, scene.of(scene.model.books[book]), book, versions)


@attack
def version_of_no_book(scene: Scene) -> Attack:
    tenant = scene.tenant()
    row = _item(scene, tenant, book_id=scene.ids.new())
    return Attack("a version in no book", tenant.id, "ledger_item_book", insert("ledger_item", row))


@attack
def bank_reference_that_stands_twice(scene: Scene) -> Attack:
    tenant = scene.tenant()
    deal = {"kind": "contribution", "reference": f"deal-{scene.ids.new()}"}
    twice = (insert("ledger_item", _item(scene, tenant, **deal)) for _ in range(2))
    return Attack(
        "a bank's reference that stands twice", tenant.id, "ledger_item_bank_deal_once", both(*twice)
    )


@attack
def version_against_the_others(scene: Scene) -> Attack | None:
    deal = _deal(scene)
    if deal is None:
        return None
    number = len(deal.versions)
    place = {"deal_id": deal.id, "book_id": deal.book}
    draft = insert("ledger_item", _item(scene, deal.tenant, **place, **_DRAFT, version=number + 1))
    name, rule, run = scene.next_of("versions", (
        ("a version's id once more", "ledger_item_pk",
         insert("ledger_item", _item(scene, deal.tenant, **place, version=number + 1,
                                     id=deal.versions[0].id))),
        ("a version's number once more", "ledger_item_version_once",
         insert("ledger_item", _item(scene, deal.tenant, **place, **_DRAFT, version=number))),
        ("a second active version", "ledger_item_one_active",
         insert("ledger_item", _item(scene, deal.tenant, **place, version=number + 1))),
        ("a second draft", "ledger_item_one_draft",
         both(draft, insert("ledger_item", _item(scene, deal.tenant, **place, **_DRAFT,
                                                 version=number + 2)))),
        ("replaced by a version that is not there", "ledger_item_replaced_by_fk",
         insert("ledger_item", _item(scene, deal.tenant, state="superseded", replaced_by=scene.ids.new(),
                                     replaced_at=scene.model.now, replaced_actor="system"))),
    ))  # fmt: skip
    return Attack(name, deal.tenant.id, rule, run)


@attack
def version_changed(scene: Scene) -> Attack | None:
    deal = _deal(scene)
    if deal is None:
        return None
    active = deal.versions[-1].id
    by, now = f"staff:{scene.ids.new()}", scene.model.now
    new = _item(
        scene,
        deal.tenant,
        **_DRAFT,
        deal_id=deal.id,
        book_id=deal.book,
        made_by=by,
        version=len(deal.versions) + 1,
    )
    end = "UPDATE ledger_item SET state = $2, replaced_by = $3, replaced_at = $4, replaced_actor = 'system'"
    name, rule, run = scene.next_of("changes", (
        ("back to a draft", "ledger_item_move",
         sql("UPDATE ledger_item SET state = 'draft', activated_at = NULL, activated_by = NULL "
             "WHERE id = $1", active)),
        ("edited while it ends", "ledger_item_frozen",
         sql(f"{end}, activated_by = 'staff:other' WHERE id = $1", active, "cancelled", None, now)),
        ("replaced by itself", "ledger_item_replaced_by",
         sql(f"{end} WHERE id = $1", active, "superseded", active, now)),
        ("approved by whoever proposed it", "ledger_item_two_people", both(
            insert("ledger_item", new),
            sql(f"{end} WHERE id = $1", active, "superseded", new["id"], now),
            sql("UPDATE ledger_item SET state = 'active', activated_at = $2, activated_by = $3 WHERE id = $1",
                new["id"], now, by),
        )),
    ))  # fmt: skip
    return Attack(f"a version {name}", deal.tenant.id, rule, run)


# ---- reversals by two people, repairs


@attack
def reversal_by_one_person(scene: Scene) -> Attack:
    tenant, clerk, other = scene.tenant(), scene.ids.new(), scene.ids.new()
    proposal = {"tenant_id": tenant.id, "id": scene.ids.new(), "movement_id": scene.ids.new(),
                "reason": "wrong_amount", "proposed_by": clerk, "proposed_at": scene.model.now}  # fmt: skip
    decision = {"tenant_id": tenant.id, "reversal_id": proposal["id"], "outcome": "approved",
                "movement_id": scene.ids.new(), "decided_by": other,
                "decided_at": scene.model.now}  # fmt: skip
    proposed = insert("ledger_reversal", proposal)
    name, rule, run = scene.next_of("reversals", (
        ("proposed twice", "ledger_reversal_pk", both(proposed, proposed)),
        ("decided twice", "ledger_reversal_decision_pk",
         both(proposed, *(insert("ledger_reversal_decision", decision) for _ in range(2)))),
        ("decided, but not proposed", "ledger_reversal_decision_fk",
         insert("ledger_reversal_decision", decision)),
        ("approved without effect", "ledger_reversal_decision_movement",
         both(proposed, insert("ledger_reversal_decision", {**decision, "movement_id": None}))),
        ("decided by whoever proposed it", "ledger_reversal_two_people",
         both(proposed, insert("ledger_reversal_decision", {**decision, "decided_by": clerk}))),
    ))  # fmt: skip
    return Attack(f"a reversal {name}", tenant.id, rule, run)


@attack
def proposal_rewritten(scene: Scene) -> Attack:
    tenant = scene.tenant()
    row = {"tenant_id": tenant.id, "id": scene.ids.new(), "movement_id": scene.ids.new(),
           "reason": "fraud", "proposed_by": scene.ids.new(), "proposed_at": scene.model.now}  # fmt: skip
    decision = {"tenant_id": tenant.id, "reversal_id": row["id"], "outcome": "rejected",
                "decided_by": scene.ids.new(), "decided_at": scene.model.now}  # fmt: skip
    texts = [
        text
        for table in ("ledger_reversal_decision", "ledger_reversal")
        for text in (f"DELETE FROM {table}", f"UPDATE {table} SET tenant_id = tenant_id")
    ]
    made = both(insert("ledger_reversal", row), insert("ledger_reversal_decision", decision), each(*texts))
    return Attack("a reversal rewritten", tenant.id, PRIVILEGE, made, "append_only")


@attack
def proposal_for_another(scene: Scene) -> Attack:
    tenant = scene.tenant()
    other = next(each for each in scene.tenants if each is not tenant)
    row = {"tenant_id": other.id, "id": scene.ids.new(), "movement_id": scene.ids.new(),
           "reason": "fraud", "proposed_by": scene.ids.new(), "proposed_at": scene.model.now}  # fmt: skip
    twice = both(insert("ledger_reversal", row), insert("ledger_reversal", row))
    return Attack("a reversal for another tenant", tenant.id, ROW_SECURITY, twice, "ledger_reversal_pk")


@attack
def decision_for_another(scene: Scene) -> Attack:
    tenant = scene.tenant()
    other = next(each for each in scene.tenants if each is not tenant)
    row = {"tenant_id": other.id, "reversal_id": scene.ids.new(), "outcome": "rejected",
           "decided_by": scene.ids.new(), "decided_at": scene.model.now}  # fmt: skip
    run = insert("ledger_reversal_decision", row)
    return Attack(
        "a decision for another tenant", tenant.id, ROW_SECURITY, run, "ledger_reversal_decision_fk"
    )


@attack
def repair_of_a_wrong_form(scene: Scene) -> Attack | None:
    many = len(scene.model.transfers) > SMALL and scene.turns["repairs"] >= REPAIRS
    if many or not scene.as_owner:
        return None
    row = {"id": scene.ids.new(), "requested_by": "system"}
    name, rule, run = scene.next_of("repairs", (
        ("in the name of nobody", "ledger_repair_requested_by",
         insert("ledger_repair", {**row, "requested_by": "me"})),
        ("twice", "ledger_repair_pk", both(insert("ledger_repair", row), insert("ledger_repair", row))),
        ("that does not see what is committed", "ledger_repair_isolation", both(
            sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"), insert("ledger_repair", row),
        )),
    ))  # fmt: skip
    return Attack(f"a repair {name}", scene.tenant().id, PRIVILEGE, run, rule, owner_only=True)
