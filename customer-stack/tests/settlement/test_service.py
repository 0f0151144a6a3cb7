"""Settlement on a real database: the money flows, section 8, with two people and two sides."""

import hashlib
import json
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from fido2.utils import websafe_decode
from lxml import etree

from customer_stack.boundary_client import domain as boundary
from customer_stack.ledger.domain import Account, TransferKind
from customer_stack.settlement.domain.states import State, Word
from customer_stack.settlement.errors import (
    FileNotMade,
    InstructionChanged,
    InstructionExpired,
    LedgerDiffers,
    NothingToSettle,
    NotInThisState,
    PaymentDifferent,
    ProposerCannotDecide,
    PurposeUnknown,
    RouteMissing,
    SettlementDifferent,
    SettlementNotFound,
    SettlementPending,
)
from customer_stack.settlement.files import FileKind, find_faults
from customer_stack.signing.errors import FactorMissing, PasskeyRequired, ProofWrong
from customer_stack.signing.service import Evidence
from customer_stack.signing.webauthn import WebAuthn
from shared.operations.system_key import is_signed
from shared.outflow import OutflowHeld

from ..restored import compare_with_banks, lose_records  # noqa: TID252 - test folders are no packages
from ..signing.authenticator import Authenticator  # noqa: TID252 - test folders are no packages
from .office import IDS, CapabilityOff, Office

NOSTRO = 98_514851 + 2 * 49_257425


async def test_two_periods_of_the_money_flows_are_proposed_approved_released_and_paid(office: Office):
    await office.period_1()
    first = await office.propose()
    assert (first.state, first.instruction.amount) == (State.PROPOSED, 4_550000)
    assert office.execution.asked[0].digest == first.digest
    approved = await office.approve(first)
    assert (approved.state, approved.proof) == (State.APPROVED, "password_and_code")
    await office.release(first)
    assert await office.sums() == {"settled": -4_550000, "in_transit": 4_550000, "nostro": -NOSTRO}
    for _ in range(2):
        paid = await office.say(first, Word.PAID, 4_550000, "WIRE-1")
    assert (paid.state, paid.bank_reference) == (State.CONFIRMED, "WIRE-1")
    assert await office.sums() == {"settled": -4_550000, "nostro": -NOSTRO + 4_550000}

    await office.pay_out(office.a, 1_230000)
    await office.pay_out(office.c, 2_890000)
    second = await office.propose(purpose="PAYOUTS")
    assert (second.instruction.direction, second.instruction.amount) == ("receive", 4_120000)
    assert (second.instruction.after_sequence, second.instruction.to_sequence) == (4, 6)
    await office.approve(second)
    await office.release(second)
    await office.say(second, Word.PAID, 4_120000, "WIRE-2")
    assert await office.sums() == {"settled": -430000, "nostro": -NOSTRO + 430000}
    steps = ["proposed", "approved", "released", "word_proposed", "paid"]
    assert await office.kinds() == [f"settlement.{step}" for step in steps * 2]


async def test_a_release_makes_files_that_a_cover_names_and_a_schema_accepts(office: Office):
    await office.period_1()
    settlement = await office.released()
    sid = settlement.instruction.id
    files = await office.files(settlement)
    assert set(files) == {FileKind.PAIN001, FileKind.SCHEDULE, FileKind.COVER}
    assert await office.files(settlement) == files
    assert hashlib.sha256(files["schedule"]).hexdigest() == settlement.instruction.lines_digest
    raw = files["pain001"]
    assert find_faults(raw) == ()
    assert find_faults(raw.replace(b"<ChrgBr>DEBT</ChrgBr>", b"<ChrgBr>MINE</ChrgBr>"))
    assert find_faults(raw.replace(b"4.55</InstdAmt>", b"four</InstdAmt>"))
    space = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}
    document = etree.fromstring(raw)
    amount = document.find(".//p:InstdAmt", space)
    assert (amount.get("Ccy"), amount.text) == ("USD", "4.55")
    assert document.findtext(".//p:EndToEndId", namespaces=space) == sid.hex
    assert document.findtext(".//p:CdtrAcct//p:Othr/p:Id", namespaces=space) == "9876543210"
    assert document.findtext(".//p:Purp/p:Cd", namespaces=space) == "CORT"
    assert files["cover"].startswith(b"%PDF")
    with pytest.raises(FileNotMade):
        await office.releasing.fetch(office.checker, sid, FileKind.CLAIM)


async def test_every_act_is_a_record_that_the_system_signed_in_a_chain(office: Office):
    await office.period_1()
    settlement = await office.released()
    records = await office.reading.list_records(office.tenant, settlement.instruction.id, 0, 10)
    previous = None
    for number, record in enumerate(records, 1):
        document = json.loads(record.payload)
        assert is_signed(office.key.public, record.payload, record.signature)
        assert not is_signed(office.key.public, record.payload + b" ", record.signature)
        assert (document["number"], document["previous_sha256"]) == (number, previous)
        previous = hashlib.sha256(record.payload).hexdigest()
    assert [json.loads(one.payload)["kind"] for one in records] == [
        "settlement.proposed",
        "settlement.approved",
        "settlement.released",
    ]


async def test_a_period_in_which_something_was_taken_back_is_approved_and_released(office: Office):
    await office.buy(office.a, 3_000000)
    await office.post(office.a, TransferKind.WAGER_BUY, Account.EXECUTION, Account.WALLET, 1_000000)
    office.report(office.a, reversed_costs=1_000000)
    settlement = await office.released()
    assert settlement.instruction.totals.reversed_costs == 1_000000
    assert (settlement.state, settlement.instruction.amount) == (State.RELEASED, 2_000000)


async def test_a_repeated_proposal_is_the_same_and_another_one_waits(office: Office):
    await office.period_1()
    first = await office.propose("key")
    assert (await office.propose("key")).instruction.id == first.instruction.id
    with pytest.raises(SettlementPending):
        await office.propose()


async def test_a_period_that_was_released_while_execution_was_asked_is_not_settled_twice(office: Office):
    await office.period_1()
    ask = office.execution.confirm_settlement

    async def slowly(proposal: boundary.SettlementProposal) -> boundary.SettlementAnswer:
        office.execution.confirm_settlement = ask  # type: ignore[method-assign]
        await office.released()
        return await ask(proposal)

    office.execution.confirm_settlement = slowly  # type: ignore[method-assign]
    with pytest.raises(SettlementPending):
        await office.propose()
    assert len(await office.reading.list_settlements(office.tenant, None, 10)) == 1


async def test_the_proposer_neither_approves_nor_releases(office: Office):
    await office.period_1()
    settlement = await office.propose()
    with pytest.raises(ProposerCannotDecide):
        await office.deciding.approve(
            office.maker, settlement.instruction.id, settlement.digest, office.evidence()
        )
    await office.approve(settlement)
    with pytest.raises(ProposerCannotDecide):
        await office.releasing.release(office.maker, settlement.instruction.id)


async def test_an_approval_is_a_proof_of_exactly_this_instruction(office: Office):
    await office.period_1()
    settlement = await office.propose()
    sid, digest = settlement.instruction.id, settlement.digest
    with pytest.raises(InstructionChanged):
        await office.deciding.approve(office.checker, sid, bytes(32), office.evidence())
    good = office.evidence()
    for wrong in (
        Evidence(),
        Evidence(password="right", code="000000"),
        Evidence(password="no", code=good.code),
    ):
        with pytest.raises(ProofWrong):
            await office.deciding.approve(office.checker, sid, digest, wrong)
    stranger = type(office.checker)(office.tenant, IDS.new())
    with pytest.raises(FactorMissing):
        await office.deciding.approve(stranger, sid, digest, good)
    approved = await office.deciding.approve(office.checker, sid, digest, good)
    assert approved.state is State.APPROVED


async def test_a_passkey_signs_the_instruction_itself(office: Office):
    key = Authenticator()
    office.signing._webauthn = WebAuthn(key.rp_id, frozenset({key.origin}))
    started, options = await office.signing.begin_passkey(office.checker, office.evidence())
    challenge = websafe_decode(options["publicKey"]["challenge"])
    await office.signing.finish_passkey(office.checker, started, key.create(challenge), None)
    await office.period_1()
    settlement = await office.propose()
    sid, digest = settlement.instruction.id, settlement.digest
    asked = await office.deciding.prepare(office.checker, sid)
    assert asked.options is not None
    assert websafe_decode(asked.options["publicKey"]["challenge"]) == digest
    with pytest.raises(PasskeyRequired):
        await office.approve(settlement)
    other = Evidence(assertion=key.sign(hashlib.sha256(b"another instruction").digest()))
    with pytest.raises(ProofWrong):
        await office.deciding.approve(office.checker, sid, digest, other)
    signed = Evidence(assertion=key.sign(digest))
    approved = await office.deciding.approve(office.checker, sid, digest, signed)
    assert (approved.state, approved.proof) == (State.APPROVED, "passkey")


async def test_what_is_not_decided_or_released_in_time_is_void_and_a_new_one_can_follow(office: Office):
    await office.period_1()
    settlement = await office.propose()
    office.clock.advance(timedelta(hours=24))
    with pytest.raises(InstructionExpired):
        await office.approve(settlement)
    assert (await office.get(settlement)).state is State.EXPIRED
    second = await office.propose()
    await office.approve(second)
    office.clock.advance(timedelta(hours=24))
    with pytest.raises(InstructionExpired):
        await office.release(second)
    assert (await office.get(second)).state is State.EXPIRED
    assert (await office.propose()).instruction.amount == 4_550000


async def test_a_rejected_proposal_is_over_and_so_is_a_rejected_approval(office: Office):
    await office.period_1()
    settlement = await office.propose()
    rejected = await office.deciding.reject(office.checker, settlement.instruction.id, "wait for the bank")
    assert (rejected.state, rejected.reason) == (State.REJECTED, "wait for the bank")
    with pytest.raises(NotInThisState):
        await office.approve(settlement)
    second = await office.propose()
    await office.approve(second)
    await office.deciding.reject(office.checker, second.instruction.id, "the account has changed")
    with pytest.raises(NotInThisState):
        await office.release(second)
    assert (await office.propose()).state is State.PROPOSED


async def test_other_accounts_void_what_was_approved(office: Office):
    await office.period_1()
    settlement = await office.propose()
    await office.approve(settlement)
    other = type(office.desk)(
        office.database,
        office.root,
        office.desk.purposes,
        type(office.desk.route)(office.desk.route.theirs, office.desk.route.ours),
        office.key,
        office.clock,
        IDS,
    )
    office.releasing._desk = other
    with pytest.raises(InstructionChanged):
        await office.release(settlement)
    assert await office.sums() == {"nostro": -NOSTRO}


async def test_nothing_is_proposed_that_cannot_be_settled(office: Office):
    with pytest.raises(NothingToSettle):
        await office.propose()
    await office.period_1()
    with pytest.raises(PurposeUnknown):
        await office.propose(purpose="GIFT")
    with pytest.raises(PurposeUnknown):
        await office.propose(purpose="PAYOUTS")
    office.execution.agrees = False
    with pytest.raises(SettlementDifferent):
        await office.propose()
    assert await office.reading.list_settlements(office.tenant, None, 10) == ()
    assert await office.kinds() == ["settlement.disagreed"]
    await office.post(office.a, TransferKind.WAGER_FEE, Account.WALLET, Account.EXCHANGE_FEES, 1)
    with pytest.raises(LedgerDiffers):
        await office.propose()
    office.proposing._desk = type(office.desk)(
        office.database, office.root, office.desk.purposes, None, office.key, office.clock, IDS
    )
    with pytest.raises(RouteMissing):
        await office.propose()


async def test_nothing_is_released_where_it_is_switched_off_or_not_approved(office: Office):
    await office.period_1()
    settlement = await office.propose()
    with pytest.raises(NotInThisState):
        await office.release(settlement)
    await office.approve(settlement)
    office.switched_on = False
    with pytest.raises(CapabilityOff):
        await office.release(settlement)
    assert await office.sums() == {"nostro": -NOSTRO}


async def test_more_than_was_released_is_not_booked(office: Office):
    await office.period_1()
    settlement = await office.released()
    with pytest.raises(PaymentDifferent):
        await office.say(settlement, Word.PAID, 4_560000, "WIRE-1")


async def test_another_tenants_settlement_is_not_found(office: Office):
    await office.period_1()
    settlement = await office.propose()
    with pytest.raises(SettlementNotFound):
        await office.reading.get(IDS.new(), settlement.instruction.id)


async def test_lines_are_paged_and_the_export_has_the_hash_that_was_approved(office: Office):
    await office.period_1()
    settlement = await office.propose()
    sid = settlement.instruction.id
    _, csv, rows = await office.reading.export(office.tenant, sid)
    assert rows == 3
    assert hashlib.sha256(csv).hexdigest() == settlement.instruction.lines_digest
    assert f"{office.a},3966641,3720000,227025,0,473666".encode() in csv.splitlines()
    line, content = await office.reading.hand_out(office.checker, sid)
    assert (content, line.sha256, line.row_count) == (csv, hashlib.sha256(csv).digest(), 3)
    first = await office.reading.list_lines(office.tenant, sid, None, 2)
    rest = await office.reading.list_lines(office.tenant, sid, first[-1].line.customer_id, 2)
    assert sum(one.line.totals.net for one in (*first, *rest)) == settlement.instruction.owed


@pytest.mark.parametrize("role", ["app", "owner"])
async def test_the_database_refuses_what_people_may_not_do(office: Office, customer_database: Any, role: str):
    await office.period_1()
    settlement = await office.propose()
    sid, instruction = settlement.instruction.id, settlement.instruction
    connection = await customer_database.connect(role)
    await connection.execute(f"SET app.tenants = '{{{office.tenant}}}'")
    approval = (
        "INSERT INTO settlement_decision (tenant_id, settlement_id, proposed_by, outcome, decided_by, "
        "digest, signature_id, decided_at) VALUES ($1, $2, $3, 'approved', $4, $5, $6, now())"
    )
    head = (office.tenant, sid, office.maker.staff_id)
    with pytest.raises(asyncpg.IntegrityConstraintViolationError):  # by the proposer
        await connection.execute(approval, *head, office.maker.staff_id, settlement.digest, IDS.new())
    with pytest.raises(asyncpg.CheckViolationError):  # without a signature
        await connection.execute(approval, *head, office.checker.staff_id, settlement.digest, None)
    signature = await office.signing.verify(office.checker, bytes(32), office.evidence())
    async with office.database.transaction(office.tenant) as tx:
        await office.signing.keep(tx, signature)
    with pytest.raises(asyncpg.ForeignKeyViolationError):  # with the signature of something else
        await connection.execute(approval, *head, office.checker.staff_id, settlement.digest, signature.id)
    await office.approve(settlement)
    await office.deciding.reject(office.checker, sid, "no")
    with pytest.raises(asyncpg.CheckViolationError):  # released although void
        await connection.execute(
            "INSERT INTO settlement_release (tenant_id, settlement_id, released_by, transfer_id, "
            "released_at) VALUES ($1, $2, $3, $4, now())",
            office.tenant,
            sid,
            office.checker.staff_id,
            instruction.id,
        )


async def test_after_a_restore_nothing_is_released_before_a_person_has_compared(office: Office):
    await office.period_1()
    settlement = await office.propose()
    await office.approve(settlement)
    await lose_records(office.database, office.clock.now())
    with pytest.raises(OutflowHeld):
        await office.release(settlement)
    assert (await office.get(settlement)).state is State.APPROVED
    await compare_with_banks(office.database, office.clock.now())
    assert (await office.release(settlement)).state is State.RELEASED


async def test_what_a_restore_may_have_forgotten_to_be_paid_stays_until_it_can_be_released(office: Office):
    await office.period_1()
    settlement = await office.propose()
    await office.approve(settlement)
    await lose_records(office.database, office.clock.now())
    office.clock.advance(timedelta(days=4))
    for refused in (
        office.release(settlement),
        office.propose(),
        office.deciding.reject(office.checker, settlement.instruction.id, "no"),
    ):
        with pytest.raises(OutflowHeld):
            await refused
    assert len(office.execution.asked) == 1
    await compare_with_banks(office.database, office.clock.now())
    office.clock.advance(timedelta(hours=23))
    assert (await office.release(settlement)).state is State.RELEASED


async def test_a_day_after_the_comparison_it_expires_as_ever(office: Office):
    await office.period_1()
    settlement = await office.propose()
    await office.approve(settlement)
    await lose_records(office.database, office.clock.now())
    office.clock.advance(timedelta(days=4))
    await compare_with_banks(office.database, office.clock.now())
    office.clock.advance(timedelta(hours=24))
    with pytest.raises(InstructionExpired):
        await office.release(settlement)
    assert (await office.propose()).instruction.amount == 4_550000
