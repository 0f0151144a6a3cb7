"""Attacks on transfers, postings, holds, history, and on what stands beside them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from shared.database import Transaction
from shared.ledger import store
from shared.ledger.domain import Capture, Close, Hold, Posting
from simulator.attacks import (
    BOOK_TO_LOCK,
    MAKERS,
    PRIVILEGE,
    ROW_SECURITY,
    VOCABULARY,
    Attack,
    Scene,
    attack,
    both,
    each,
    mirrored,
    post,
    sql,
)
from simulator.commands import LKR, USD
from simulator.model import Held, Posted
from simulator.templates import Tenant

# ---- transfers and postings

INSERT_TRANSFER: Final = (
    "INSERT INTO ledger_transfer (tenant_id, book_id, id, movement_id, effective_at, kind) "
    "VALUES ($1, $2, $3, $3, $4, 'pay_in')"
)
INSERT_POSTING: Final = (
    "INSERT INTO ledger_posting (tenant_id, book_id, transfer_id, asset_id, source, target, amount, action) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, 'inflow')"
)


def _posting(scene: Scene, name: str, rule: str, *legs: tuple[int, str, str, int]) -> Attack:
    tenant = scene.tenant()
    book, transfer = tenant.customers[0], scene.ids.new()
    runs = [sql(INSERT_TRANSFER, tenant.id, book, transfer, scene.model.now)]
    runs += [sql(INSERT_POSTING, tenant.id, book, transfer, *leg) for leg in legs]
    return Attack(name, tenant.id, rule, both(*runs))


@attack
def nothing_is_posted(scene: Scene) -> Attack:
    leg = (LKR, "collection", "wallet", scene.random.choice((0, -1, -500)))
    return _posting(scene, "a posting of nothing, or of less", "ledger_posting_amount_positive", leg)


@attack
def from_itself_to_itself(scene: Scene) -> Attack:
    return _posting(
        scene, "from an account to itself", "ledger_posting_two_accounts", (LKR, "wallet", "wallet", 1)
    )


@attack
def asset_twice(scene: Scene) -> Attack:
    leg = (LKR, "collection", "wallet", 1)
    return _posting(scene, "one asset twice in a transfer", "ledger_posting_pk", leg, leg)


@attack
def word_that_is_none(scene: Scene) -> Attack:
    return _posting(scene, "an account that no chart has", VOCABULARY, (LKR, "collection", "float", 1))


@attack
def posting_added_later(scene: Scene) -> Attack:
    tenant, old = scene.posted()
    run = sql(INSERT_POSTING, tenant.id, old.book, old.id, _unused_asset(old), "collection", "wallet", 7)
    return Attack("a posting for a transfer that stands", tenant.id, "ledger_posting_transfer", run)


def _unused_asset(transfer: Posted) -> int:
    return next(asset for asset in (LKR, USD, 1000) if asset not in {leg.asset for leg in transfer.legs})


@attack
def posting_of_nothing(scene: Scene) -> Attack:
    tenant = scene.tenant()
    run = sql(INSERT_POSTING, tenant.id, tenant.department, scene.ids.new(), LKR, "collection", "till", 7)
    return Attack("a posting of no transfer", tenant.id, "ledger_posting_transfer", run)


@attack
def transfer_twice(scene: Scene) -> Attack:
    tenant, old = scene.posted()
    again = scene.transfer(tenant, old.book, id=old.id)
    return Attack("a transfer's id once more", tenant.id, "ledger_transfer_pk", post(transfers=(again,)))


@attack
def transfer_twice_in_one(scene: Scene) -> Attack:
    tenant = scene.tenant()
    made = scene.transfer(tenant, tenant.customers[0])
    again = scene.transfer(tenant, tenant.customers[0], id=made.id)
    return Attack(
        "one id twice in a statement", tenant.id, "ledger_transfer_pk", post(transfers=(made, again))
    )


@attack
def closed_book(scene: Scene) -> Attack:
    tenant = scene.tenant()
    made = scene.transfer(tenant, scene.ids.new())
    return Attack("a book that nobody opened", tenant.id, "ledger_transfer_book", post(transfers=(made,)))


@attack
def strange_book(scene: Scene) -> Attack:
    tenant = scene.tenant()
    other = next(each for each in scene.tenants if each is not tenant)
    made = scene.transfer(tenant, scene.random.choice(other.books))
    return Attack("a book of another tenant", tenant.id, "ledger_transfer_book", post(transfers=(made,)))


@attack
def in_the_name_of_another(scene: Scene) -> Attack:
    tenant = scene.tenant()
    other = next(each for each in scene.tenants if each is not tenant)
    made = scene.transfer(other, other.customers[0], Posting(LKR, "till", "wallet", 10**15, "inflow"))
    return Attack(
        "in the name of another tenant", tenant.id, ROW_SECURITY, post(transfers=(made,)),
        "ledger_balance_floor"
    )  # fmt: skip


@attack
def a_book_to_lock(scene: Scene) -> Attack:
    tenant = scene.tenant()
    other = next(each for each in scene.tenants if each is not tenant)
    book = scene.random.choice((scene.ids.new(), other.department))

    async def run(tx: Transaction) -> None:
        await store.lock_books(tx, [tenant.department, book])
        await store.lock_books(tx, [scene.ids.new()])  # the owner sees the books of all tenants

    return Attack("a lock on a book that is not there", tenant.id, BOOK_TO_LOCK, run)


@attack
def overdraft(scene: Scene) -> Attack:
    tenant = scene.tenant()
    book = scene.random.choice(tenant.customers)
    key = (book, USD, "wallet")
    free = scene.model.posted.get(key, 0) - scene.model.held.get(key, 0)
    made = scene.transfer(tenant, book, Posting(USD, "wallet", "execution", free + 1, "fill"))
    return Attack("one more than is free", tenant.id, "ledger_balance_floor", post(transfers=(made,)))


@attack
def first_outflow(scene: Scene) -> Attack:
    tenant = scene.tenant()
    made = scene.transfer(tenant, tenant.customers[0], Posting(LKR, "treasury", "execution", 1, "outflow"))
    return Attack("out of an account that never had anything", tenant.id, "ledger_balance_floor",
                  post(transfers=(made,)))  # fmt: skip


# ---- reversals


@attack
def second_reversal(scene: Scene) -> Attack | None:
    undone = [each for each in list(scene.model.transfers.values())[-800:] if each.id in scene.model.undone]
    if not undone:
        return None
    old = scene.random.choice(undone)
    return _undo(scene, old, "a second reversal", "ledger_transfer_one_reversal")


@attack
def reversal_of_nothing(scene: Scene) -> Attack:
    tenant, old = scene.posted()
    made = scene.transfer(tenant, old.book, kind="reversal", reverses=scene.ids.new())
    return Attack("a reversal of nothing", tenant.id, "ledger_transfer_reverses", post(transfers=(made,)))


def _undo(scene: Scene, old: Posted, name: str, rule: str, **changes: Any) -> Attack:
    tenant = scene.of(old.tenant)
    postings = changes.pop("postings", None) or mirrored(old)
    made = scene.transfer(tenant, old.book, *postings, kind="reversal", reverses=old.id, **changes)
    return Attack(name, tenant.id, rule, post(transfers=(made,)))


# ---- holds


def _hold(scene: Scene, tenant: Tenant, **changes: Any) -> Hold:
    made = Hold(scene.ids.new(), tenant.id, tenant.customers[0], LKR, "wallet", 1, "withdrawal")
    return replace(made, **changes)


@attack
def hold_of_nothing(scene: Scene) -> Attack:
    tenant = scene.tenant()
    run = sql(
        "INSERT INTO ledger_hold (tenant_id, book_id, id, amount, asset_id, account, purpose) "
        "VALUES ($1, $2, $3, $4, 1, 'wallet', 'withdrawal')",
        tenant.id, tenant.customers[0], scene.ids.new(), scene.random.choice((0, -5)),
    )  # fmt: skip
    return Attack("a hold of nothing", tenant.id, "ledger_hold_amount_positive", run)


@attack
def hold_beyond(scene: Scene) -> Attack:
    tenant = scene.tenant()
    key = (tenant.customers[0], LKR, "wallet")
    free = scene.model.posted.get(key, 0) - scene.model.held.get(key, 0)
    return Attack("a hold beyond what is free", tenant.id, "ledger_balance_floor",
                  post(holds=(_hold(scene, tenant, amount=free + 1),)))  # fmt: skip


@attack
def hold_twice(scene: Scene) -> Attack | None:
    found = scene.open_hold()
    if found is None:
        return None
    hold_id, hold, tenant = found
    again = _hold(
        scene, tenant, id=hold_id, book_id=hold.book, account=hold.account, asset=hold.asset, amount=1
    )
    return Attack("a hold's id once more", tenant.id, "ledger_hold_pk", post(holds=(again,)))


@attack
def hold_on_nothing(scene: Scene) -> Attack:
    tenant = scene.tenant()
    account = scene.random.choice(("collection", "desk", "treasury"))
    return Attack("a hold on an account without a balance", tenant.id, "ledger_hold_account",
                  post(holds=(_hold(scene, tenant, account=account),)))  # fmt: skip


def _capture(scene: Scene, hold_id: UUID, hold: Held, amount: int, **changes: Any) -> Capture:
    return replace(Capture(hold_id, hold.tenant, hold.book, scene.ids.new(), amount), **changes)


@attack
def capture_of_nothing(scene: Scene) -> Attack | None:
    found = scene.open_hold()
    if found is None:
        return None
    made = _capture(scene, found[0], found[1], scene.random.choice((0, -3)))
    return Attack(
        "a capture of nothing", found[2].id, "ledger_hold_capture_amount_positive", post(captures=(made,))
    )


@attack
def capture_beyond(scene: Scene) -> Attack | None:
    found = scene.open_hold()
    if found is None:
        return None
    hold_id, hold, tenant = found
    parts = (_capture(scene, hold_id, hold, hold.remaining), _capture(scene, hold_id, hold, 1))
    return Attack("a capture beyond the hold, in parts", tenant.id, "ledger_hold_open_remaining_not_negative",
                  post(captures=parts))  # fmt: skip


@attack
def capture_twice(scene: Scene) -> Attack | None:
    found = scene.ended_hold(captured=True)
    if found is None:
        return None
    hold_id, hold, tenant = found
    again = _capture(scene, hold_id, hold, 1, capture_id=next(iter(hold.captures)))
    return Attack("one capture twice", tenant.id, "ledger_hold_capture_pk", post(captures=(again,)))


@attack
def capture_too_late(scene: Scene) -> Attack | None:
    found = scene.ended_hold()
    if found is None:
        return None
    made = _capture(scene, found[0], found[1], 1)
    return Attack(
        "a capture of a hold that ended", found[2].id, "ledger_hold_capture_open", post(captures=(made,))
    )


@attack
def close_twice(scene: Scene) -> Attack | None:
    found = scene.ended_hold()
    if found is None:
        return None
    hold_id, hold, tenant = found
    made = Close(hold_id, tenant.id, hold.book, scene.random.choice(("released", "expired", "exhausted")))
    return Attack("a second end of a hold", tenant.id, "ledger_hold_close_pk", post(closes=(made,)))


@attack
def close_of_nothing(scene: Scene) -> Attack:
    tenant = scene.tenant()
    made = Close(scene.ids.new(), tenant.id, tenant.department, "released")
    return Attack("the end of no hold", tenant.id, "ledger_hold_close_open", post(closes=(made,)))


# ---- what is written once, and what follows


_WRITTEN_ONCE: Final = (
    "ledger_book", "ledger_transfer", "ledger_posting", "ledger_entry", "ledger_hold", "ledger_hold_capture",
    "ledger_hold_close", "ledger_transfer_source", "ledger_deal_state", "idempotency_answer", "audit_record",
)  # fmt: skip
_NEVER_EMPTIED: Final = (
    *_WRITTEN_ONCE, "ledger_chart", "ledger_asset", "ledger_balance", "ledger_hold_open", "ledger_item",
    "ledger_reversal", "ledger_reversal_decision", "ledger_repair",
)  # fmt: skip


@attack
def history_changed(scene: Scene) -> Attack | None:
    if not (
        scene.model.references and any(hold.ended and hold.captures for hold in scene.model.holds.values())
    ):
        return None
    texts = [
        text
        for table in _WRITTEN_ONCE
        for text in (f"UPDATE {table} SET tenant_id = tenant_id", f"DELETE FROM {table}")
    ]
    return Attack("history changed", scene.tenant().id, PRIVILEGE, each(*texts), "append_only")


@attack
def history_emptied(scene: Scene) -> Attack:
    texts = [f"TRUNCATE {table} CASCADE" for table in _NEVER_EMPTIED]
    return Attack("history emptied", scene.tenant().id, PRIVILEGE, each(*texts), "append_only")


@attack
def what_is_not_of_a_tenant_changed(scene: Scene) -> Attack:
    texts = ("DELETE FROM ledger_asset", "DELETE FROM ledger_chart")
    return Attack("assets and chart emptied", scene.tenant().id, PRIVILEGE, each(*texts), "append_only")


@attack
def version_removed(scene: Scene) -> Attack | None:
    if not scene.model.items:
        return None
    text = "DELETE FROM ledger_item"
    return Attack(text, scene.tenant().id, PRIVILEGE, sql(text), "append_only")


@attack
def balance_by_hand(scene: Scene) -> Attack:
    texts = (
        "UPDATE ledger_balance SET posted = posted + 1",
        "UPDATE ledger_balance SET held = 0",
        "UPDATE ledger_balance SET floor = -1000000",
        "DELETE FROM ledger_hold_open",
        "UPDATE ledger_hold_open SET remaining = remaining + 1",
        "DELETE FROM ledger_balance",
    )
    return Attack("snapshots changed by hand", scene.tenant().id, PRIVILEGE, each(*texts), "derived_only")


@attack
def entry_by_hand(scene: Scene) -> Attack:
    tenant = scene.tenant()
    run = sql(
        "INSERT INTO ledger_entry (tenant_id, book_id, transfer_id, version, amount, balance_after, "
        "asset_id, account, action) VALUES ($1, $2, $3, 1, 1, 1, 2, 'till', 'inflow')",
        tenant.id, tenant.customers[0], scene.ids.new(),
    )  # fmt: skip
    return Attack("an entry by hand", tenant.id, PRIVILEGE, run, "derived_only")


# ---- books, chart, assets


@attack
def book_twice(scene: Scene) -> Attack:
    tenant = scene.tenant()
    run = sql(
        "INSERT INTO ledger_book (id, tenant_id, kind) VALUES ($1, $2, 'customer')",
        tenant.department,
        tenant.id,
    )
    return Attack("a book opened again", tenant.id, "ledger_book_pk", run)


def _of_the_owner(name: str, rule: str) -> Callable[[Scene], Attack]:
    return lambda scene: Attack(name, scene.tenant().id, PRIVILEGE, sql(name), rule)


for _text, _rule in (
    ("INSERT INTO ledger_chart VALUES ('wallet', 'unchecked', 1, 'balance')", "ledger_chart_pk"),
    ("INSERT INTO ledger_chart VALUES ('wallet', 'unchecked', 2, 'balance')", "ledger_chart_side"),
    (
        "INSERT INTO ledger_chart VALUES ('wallet', 'checked', 0, 'balance')",
        "ledger_chart_checked_has_a_side",
    ),
    ("UPDATE ledger_chart SET class = 'unchecked'", "append_only"),
):
    MAKERS.append(_of_the_owner(_text, _rule))


@attack
def asset_against_the_rules(scene: Scene) -> Attack:
    text, rule = scene.next_of("assets", (
        ("INSERT INTO ledger_asset (currency) VALUES ('LKR')", "ledger_asset_currency_once"),
        ("INSERT INTO ledger_asset (id, market_id, side) VALUES (1, gen_random_uuid(), 'yes')",
         "ledger_asset_pk"),
        ("INSERT INTO ledger_asset (market_id, side) VALUES (gen_random_uuid(), NULL)",
         "ledger_asset_is_currency_or_contract"),
        (("INSERT INTO ledger_asset (market_id, side) SELECT market_id, side FROM ledger_asset "
          "WHERE market_id IS NOT NULL"), "ledger_asset_contract_once"),
    ))  # fmt: skip
    return Attack(text, scene.tenant().id, rule, sql(text))


# ---- answers and audit


@attack
def second_answer(scene: Scene) -> Attack | None:
    if not scene.model.answers:
        return None
    (book, _), (request, _) = next(reversed(scene.model.answers.items()))
    run = sql(
        "INSERT INTO idempotency_answer (tenant_id, book_id, key, digest, answer) "
        "SELECT tenant_id, book_id, key, sha256('other'), 'another answer' FROM idempotency_answer "
        "WHERE book_id = $1 LIMIT 1",
        book,
    )
    return Attack("a second answer to one key", request.tenant, "idempotency_answer_pk", run)


@attack
def answer_of_a_wrong_form(scene: Scene) -> Attack:
    tenant = scene.tenant()
    key, digest, answer, rule = scene.next_of("answers", (
        (b"short", b"d" * 32, b"a", "idempotency_answer_key_size"),
        (b"k" * 32, b"short", b"a", "idempotency_answer_digest_size"),
        (b"k" * 32, b"d" * 32, b"a" * 8193, "idempotency_answer_size"),
    ))  # fmt: skip
    run = sql(
        "INSERT INTO idempotency_answer (tenant_id, book_id, key, digest, answer) "
        "VALUES ($1, $2, $3, $4, $5)",
        tenant.id, tenant.department, key, digest, answer,
    )  # fmt: skip
    return Attack("an answer of a wrong form", tenant.id, rule, run)


@attack
def record_of_a_wrong_form(scene: Scene) -> Attack:
    tenant = scene.tenant()
    kind, body, rule = scene.next_of("records", (
        ("No Kind", b"{}", "audit_record_kind_form"),
        ("simulator.done", b"x", "audit_record_body_size"),
    ))  # fmt: skip
    run = sql("INSERT INTO audit_record (tenant_id, kind, body) VALUES ($1, $2, $3)", tenant.id, kind, body)
    return Attack("a record of a wrong form", tenant.id, rule, run)


@attack
def entry_in_a_closed_period(scene: Scene) -> Attack | None:
    closed = list(scene.model.closed_until.items())
    if not closed:
        return None
    tenant_id, until = scene.random.choice(closed)
    tenant = scene.of(tenant_id)
    moment = until - timedelta(microseconds=scene.random.choice((1, 10**6)))
    made = scene.transfer(tenant, tenant.customers[0], effective_at=moment)
    return Attack(
        "an entry of a closed period", tenant.id, "ledger_transfer_period_open", post(transfers=(made,))
    )
