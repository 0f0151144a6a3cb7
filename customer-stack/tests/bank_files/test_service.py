"""Bank files on a real database: taken whole, applied once, answered only by explicit words."""

import asyncio
from typing import Any
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from customer_stack.bank_files.domain.orders import Debtor
from customer_stack.bank_files.domain.records import Outcome
from customer_stack.bank_files.errors import (
    AccountNotAssigned,
    BalancesDisagree,
    FileNotFound,
    MessageAltered,
    NothingToSend,
    ReferenceAltered,
)
from customer_stack.bank_files.service.house import PROVIDER
from customer_stack.bank_files.service.importing import BankFiles, Doors
from customer_stack.bank_files.service.sending import PayoutFiles
from customer_stack.bank_files.service.texts import FileTexts
from customer_stack.customers.sealing import FieldKeys, RecordSealing
from customer_stack.payments.domain import Notice, TakeBack
from customer_stack.payouts.providers.bank_file import BankFilePayouts
from customer_stack.payouts.providers.contract import PayoutOrder, PayoutState
from shared.errors import Kind, Refusal
from shared.idempotency import IdempotencyMismatch, digest_of, key_of
from shared.ids import SystemIds
from shared.ledger import store as ledger
from shared.outflow import OutflowHeld

from ..restored import compare_with_banks, lose_records  # noqa: TID252 - test folders are no packages

IDS = SystemIds()
STAFF = UUID(int=1)
DEBTOR = Debtor("Lanka Event Exchange", "0012345678", "BCEYLKLX")


class Told:
    """Stands where pay-ins are told, and keeps what it hears; refuses what it is told to refuse."""

    def __init__(self) -> None:
        self.notices: list[Notice] = []
        self.taken_back: list[TakeBack] = []
        self.refuse = 0

    async def announce(self, notice: Notice) -> bool:
        self._maybe_refuse()
        self.notices.append(notice)
        return True

    async def take_back(self, take_back: TakeBack) -> bool:
        self._maybe_refuse()
        self.taken_back.append(take_back)
        return True

    def _maybe_refuse(self) -> None:
        if self.refuse:
            self.refuse -= 1
            raise Busy("busy")


class Busy(Refusal):
    kind = Kind.UNAVAILABLE
    code = "test.busy"


class House:
    """A tenant with an account of bank files."""

    def __init__(self, database: Any, keys: FieldKeys, clock: Any) -> None:
        self.database, self.clock = database, clock
        self.tenant, self.department, self.other_tenant = IDS.new(), IDS.new(), IDS.new()
        self.told = Told()
        texts = FileTexts(RecordSealing(keys))
        self.payouts_told: list[UUID] = []
        doors = Doors(self.told, self.tell_payout)
        self.files = BankFiles(database.app, DEBTOR.account, doors, texts, self.tenants, clock, IDS)
        self.payouts = PayoutFiles(database.app, DEBTOR, texts, self.tenants, clock, IDS)
        self.provider = BankFilePayouts(self.payouts)

    async def tenants(self) -> tuple[UUID, ...]:
        return (self.tenant, self.other_tenant)

    async def tell_payout(self, payout_id: UUID) -> None:
        self.payouts_told.append(payout_id)

    async def open(self) -> None:
        async with self.database.app.transaction(self.tenant) as tx:
            await ledger.open_books(tx, [(self.department, self.tenant, "department")])
            await tx.execute(
                "INSERT INTO payment_collection (provider, tenant_id, department_id) VALUES ($1, $2, $3)",
                PROVIDER,
                self.tenant,
                self.department,
            )

    async def take(self, raw: bytes) -> Any:
        file = await self.files.import_file(self.tenant, "staff:1", raw)
        while await self.files.apply_due():
            pass
        return file

    async def outcomes(self, file: Any) -> list[str | None]:
        page = await self.files.list_entries(self.tenant, file.id, None, -1, 100)
        return [entry.outcome for entry in page.entries]

    async def order(self, amount: int = 14_750_00, account: str = "8009998887") -> PayoutOrder:
        order = PayoutOrder(IDS.new(), amount, account, "Withdrawal")
        assert (await self.provider.send(order)).state is PayoutState.PENDING
        return order

    async def make(self, key: str = "k") -> Any:
        return await self.payouts.make_file(self.tenant, "staff:1", key_of(key), digest_of("make", b""))

    async def state(self, order: PayoutOrder) -> PayoutState:
        return (await self.provider.look_up(order.payout_id)).state

    async def count(self, table: str) -> int:
        async with self.database.app.transaction(self.tenant) as tx:
            return int(await tx.fetch_value(f"SELECT count(*) FROM {table}"))


@pytest_asyncio.fixture
async def house(customer_database: Any, field_keys_file: Any, clock: Any) -> House:
    made = House(customer_database, FieldKeys.read(field_keys_file), clock)
    await made.open()
    return made


@pytest.fixture
def clock() -> Any:
    from datetime import UTC, datetime  # noqa: PLC0415 - of one fixture

    from shared.clock import FixedClock  # noqa: PLC0415

    return FixedClock(datetime(2026, 11, 21, 12, tzinfo=UTC))


async def test_a_statement_becomes_pay_ins_and_take_backs_with_the_banks_references(house: House, bank: Any):
    lines = [
        bank.line("IN1", "30000.00", remittance="bh 0123456789abc thanks"),
        bank.line("RV1", "30000.00", side="DBIT", reversal=True, original="IN1"),
        bank.line("RV2", "5.00", side="DBIT", reversal=True),
        bank.line("FEE", "25.00", side="DBIT"),
    ]
    file = await house.take(bank.statement(lines))
    assert await house.outcomes(file) == ["applied", "applied", "unmatched", "own"]
    (notice,) = house.told.notices
    assert (notice.provider, notice.bank_reference, notice.amount) == ("bank-file", "IN1", 30_000_00)
    assert notice.payer_account == "8001112223"
    (taken,) = house.told.taken_back
    assert (taken.bank_reference, taken.reversal_reference, taken.amount) == ("IN1", "RV1", 30_000_00)


async def test_our_reference_is_found_among_other_words(house: House, bank: Any):
    from customer_stack.fx.domain.quotes import pay_reference_of  # noqa: PLC0415

    ours = pay_reference_of(IDS.new())
    await house.take(bank.statement([bank.line("IN1", "1.00", remittance=f"CEFT/{ours.lower()} rent")]))
    assert [notice.pay_reference for notice in house.told.notices] == [ours]


async def test_the_same_file_again_changes_nothing(house: House, bank: Any):
    raw = bank.statement([bank.line("IN1", "30000.00")])
    first = await house.take(raw)
    again = await house.take(raw)
    assert (again.id, again.entries, again.open) == (first.id, 1, 0)
    assert len(house.told.notices) == 1
    assert (await house.count("bank_file"), await house.count("bank_file_entry")) == (1, 1)


async def test_the_same_file_at_the_same_moment_is_one_file(house: House, bank: Any):
    raw = bank.statement([bank.line("IN1", "30000.00")])
    taken = await asyncio.gather(*(house.files.import_file(house.tenant, "staff:1", raw) for _ in range(5)))
    assert len({file.id for file in taken}) == 1
    assert await house.count("bank_file_entry") == 1


async def test_the_same_message_id_with_other_bytes_is_a_conflict(house: House, bank: Any):
    await house.take(bank.statement([bank.line("IN1", "1.00")]))
    with pytest.raises(MessageAltered):
        await house.take(bank.statement([bank.line("IN1", "2.00")]))
    assert len(house.told.notices) == 1


async def test_a_booking_told_again_differently_refuses_the_whole_file(house: House, bank: Any):
    await house.take(bank.notification([bank.line("IN1", "1.00")]))
    await house.take(bank.statement([bank.line("IN1", "1.00")]))
    altered = [bank.line("NEW", "1.00"), bank.line("IN1", "2.00")]
    with pytest.raises(ReferenceAltered):
        await house.take(bank.statement(altered, message="STMT-2"))
    turned = [bank.line("IN1", "1.00", side="DBIT")]
    with pytest.raises(ReferenceAltered):
        await house.take(bank.statement(turned, message="STMT-3"))
    assert {notice.bank_reference for notice in house.told.notices} == {"IN1"}


async def test_a_file_that_does_not_add_up_leaves_nothing(house: House, bank: Any):
    with pytest.raises(BalancesDisagree):
        await house.take(bank.statement([bank.line("IN1", "1.00")], closing=5))
    assert await house.count("bank_file") == 0
    assert house.told.notices == []


async def test_what_could_not_be_applied_is_tried_again_then_held_then_renewed(
    house: House, bank: Any, clock: Any
):
    from datetime import timedelta  # noqa: PLC0415

    house.told.refuse = 8
    raw = bank.statement([bank.line("IN1", "1.00")])
    file = await house.take(raw)
    assert (await house.outcomes(file), house.told.refuse) == ([None], 7)
    for _ in range(10):
        clock.advance(timedelta(hours=1))
        await house.files.apply_due()
    assert (await house.outcomes(file), house.told.refuse) == (["held"], 0)
    await house.take(raw)
    assert await house.outcomes(file) == ["applied"]
    assert len(house.told.notices) == 1


async def test_what_names_people_is_not_readable_in_the_database(house: House, bank: Any):
    await house.take(bank.statement([bank.line("IN1", "1.00", remittance="from Kumari Perera")]))
    await house.order()
    async with house.database.app.transaction(house.tenant) as tx:
        rows = await tx.fetch("SELECT remittance_sealed, counterparty_sealed FROM bank_file_entry")
        payouts = await tx.fetch("SELECT account_sealed, reference_sealed FROM bank_file_payout")
    kept = b"".join(value for row in (*rows, *payouts) for value in row.values())
    assert not any(text in kept for text in (b"Kumari", b"8001112223", b"8009998887"))


async def test_a_tenant_without_the_account_takes_no_file_and_sees_none(house: House, bank: Any):
    file = await house.take(bank.statement([]))
    with pytest.raises(AccountNotAssigned):
        await house.files.import_file(house.other_tenant, "staff:2", bank.statement([], message="X"))
    with pytest.raises(FileNotFound):
        await house.files.list_entries(house.other_tenant, file.id, None, -1, 10)
    with pytest.raises(AccountNotAssigned):
        await house.payouts.make_file(house.other_tenant, "staff:2", key_of("k"), digest_of("make", b""))


async def test_a_file_of_payouts_holds_each_once_and_is_the_same_again(house: House):
    orders = [await house.order(1_00 + number) for number in range(3)]
    await house.provider.send(orders[0])
    batch = await house.make("k1")
    assert (batch.transfers, batch.control_sum) == (3, 3_03)
    _, raw = await house.payouts.fetch_file(house.tenant, batch.id, STAFF)
    _, again = await house.payouts.fetch_file(house.tenant, batch.id, STAFF)
    assert raw == again
    assert all(raw.count(order.payout_id.hex.encode()) == 2 for order in orders)
    assert b"8009998887" in raw
    assert (await house.make("k1")).id == batch.id
    with pytest.raises(NothingToSend):
        await house.make("k2")
    with pytest.raises(IdempotencyMismatch):
        await house.payouts.make_file(house.tenant, "staff:1", key_of("k1"), digest_of("other", b""))
    with pytest.raises(FileNotFound):
        await house.payouts.fetch_file(house.other_tenant, batch.id, STAFF)


async def test_files_made_at_the_same_moment_share_no_payout(house: House):
    for _ in range(5):
        await house.order()
    made = await asyncio.gather(*(house.make(f"k{n}") for n in range(4)), return_exceptions=True)
    batches = [one for one in made if not isinstance(one, BaseException)]
    assert sum(batch.transfers for batch in batches) == 5
    assert all(isinstance(one, NothingToSend) for one in made if isinstance(one, BaseException))


async def test_the_database_refuses_a_payout_in_a_second_file(house: House):
    await house.order()
    await house.make()
    with pytest.raises(asyncpg.UniqueViolationError):
        async with house.database.app.transaction(house.tenant) as tx:
            await tx.execute(
                "INSERT INTO bank_file_batch_payout SELECT tenant_id, payout_id, batch_id, 99 "
                "FROM bank_file_batch_payout"
            )


async def test_the_debit_on_the_account_pays_and_a_later_credit_returns(house: House, bank: Any):
    order = await house.order()
    debit = bank.line("OUT1", "14750.00", side="DBIT", end_to_end=order.payout_id.hex)
    await house.make()
    back = bank.line("BACK1", "14750.00", end_to_end=order.payout_id.hex, reason="AC04")
    await house.take(bank.notification([back], message="RETURN"))
    assert await house.state(order) is PayoutState.PENDING  # a return without its debit says nothing
    await house.take(bank.notification([debit], message="DEBIT"))
    answer = await house.provider.look_up(order.payout_id)
    assert (answer.state, answer.reference) == (PayoutState.RETURNED, "OUT1")
    assert (answer.return_reference, answer.reason) == ("BACK1", "AC04")
    assert house.payouts_told == [order.payout_id, order.payout_id]


async def test_what_the_bank_paid_by_a_file_that_a_restore_lost_goes_with_no_other(house: House, bank: Any):
    lost = PayoutOrder(IDS.new(), 14_750_00, "8009998887", "Withdrawal")
    paid, waits = await house.order(), await house.order()
    debits = [
        bank.line(f"OUT{number}", "14750.00", side="DBIT", end_to_end=order.payout_id.hex)
        for number, order in enumerate((paid, lost))
    ]
    raw = bank.notification(debits)
    file = await house.take(raw)
    assert await house.outcomes(file) == ["applied", "unmatched"]  # the queue has forgotten one
    assert await house.state(paid) is PayoutState.PAID
    await house.provider.send(lost)
    batch = await house.make("k1")
    _, made = await house.payouts.fetch_file(house.tenant, batch.id, STAFF)
    assert [each.payout_id.hex.encode() in made for each in (paid, lost, waits)] == [False, False, True]
    with pytest.raises(NothingToSend):
        await house.make("k2")
    await house.take(raw)
    assert await house.outcomes(file) == ["applied", "applied"]
    assert (await house.provider.look_up(lost.payout_id)).reference == "OUT1"


async def test_a_word_about_a_payout_in_no_file_counts_only_from_the_account(house: House, bank: Any):
    order = await house.order()
    await house.take(bank.report([(order.payout_id.hex, "RJCT", "")]))
    assert await house.state(order) is PayoutState.PENDING


async def test_a_credit_that_names_a_payout_keeps_it_from_no_file_and_a_debit_of_any_amount_does(
    house: House, bank: Any
):
    named, debited = await house.order(), await house.order()
    credit = bank.line("IN1", "14750.00", end_to_end=named.payout_id.hex)
    debit = bank.line("OUT1", "14740.00", side="DBIT", end_to_end=debited.payout_id.hex)
    await house.take(bank.notification([credit, debit]))
    with capture_logs() as logged:
        batch = await house.make("k1")
    _, raw = await house.payouts.fetch_file(house.tenant, batch.id, STAFF)
    assert (named.payout_id.hex.encode() in raw, debited.payout_id.hex.encode() in raw) == (True, False)
    warned = [each["payout_id"] for each in logged if each["event"] == "bank_files.file_lost"]
    assert warned == [str(debited.payout_id)]


async def test_a_debit_of_another_amount_settles_nothing(house: House, bank: Any):
    order = await house.order()
    await house.make()
    file = await house.take(
        bank.notification([bank.line("OUT1", "14749.99", side="DBIT", end_to_end=order.payout_id.hex)])
    )
    assert await house.outcomes(file) == [Outcome.CONTRADICTS]
    assert await house.state(order) is PayoutState.PENDING


async def test_a_report_refuses_one_payout_and_leaves_the_others_pending(house: House, bank: Any):
    refused, other = await house.order(), await house.order()
    await house.make()
    words = [(refused.payout_id.hex, "RJCT", ""), (other.payout_id.hex, "ACSP", "")]
    await house.take(bank.report(words))
    answer = await house.provider.look_up(refused.payout_id)
    assert (answer.state, answer.reason) == (PayoutState.REFUSED, "AC04")
    assert await house.state(other) is PayoutState.PENDING


async def test_a_refused_file_refuses_its_payouts_but_those_with_a_word_of_their_own(house: House, bank: Any):
    first, second = await house.order(), await house.order()
    batch = await house.make()
    late = await house.order()
    words = [(second.payout_id.hex, "PDNG", "")]
    await house.take(bank.report(words, original=batch.id.hex, group="RJCT"))
    assert await house.state(first) is PayoutState.REFUSED
    assert await house.state(second) is PayoutState.PENDING
    assert await house.state(late) is PayoutState.PENDING


async def test_a_no_after_a_yes_contradicts_and_changes_nothing(house: House, bank: Any):
    order = await house.order()
    await house.make()
    await house.take(bank.report([(order.payout_id.hex, "RJCT", "")]))
    file = await house.take(
        bank.notification([bank.line("OUT1", "14750.00", side="DBIT", end_to_end=order.payout_id.hex)])
    )
    assert await house.outcomes(file) == ["contradicts"]
    assert await house.state(order) is PayoutState.REFUSED


async def test_an_account_that_no_file_carries_is_refused_every_time(house: House):
    order = PayoutOrder(IDS.new(), 1_00, "8" * 40, "x")
    for _ in range(2):
        assert (await house.provider.send(order)).state is PayoutState.REFUSED
    with pytest.raises(NothingToSend):
        await house.make()


async def test_after_a_restore_no_file_is_made_before_a_person_has_compared(house: House):
    await house.order()
    made = await house.make("k1")
    waits = await house.order()
    await lose_records(house.database.app, house.clock.now())
    assert (await house.make("k1")).id == made.id
    with pytest.raises(OutflowHeld):
        await house.make("k2")
    with pytest.raises(OutflowHeld):
        await house.payouts.fetch_file(house.tenant, made.id, STAFF)
    await compare_with_banks(house.database.app, house.clock.now())
    _, raw = await house.payouts.fetch_file(house.tenant, (await house.make("k2")).id, STAFF)
    assert waits.payout_id.hex.encode() in raw
