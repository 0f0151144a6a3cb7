import json
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from execution_stack.books import service as books
from execution_stack.books.domain import Direction
from execution_stack.books.errors import FloatTooLow
from execution_stack.exchange.domain import Action
from execution_stack.operators.errors import KeyUnknown
from execution_stack.operators.service import OperatorKeys
from execution_stack.reports.domain import Totals
from execution_stack.settlement.domain import Outcome, Proposal, ReleaseOutcome
from execution_stack.settlement.errors import (
    ReceiptDifferent,
    ReleaseMissing,
    ReleaseNotPossible,
    SameOperator,
    SettlementConflict,
    SettlementNotAgreed,
    SettlementReplaced,
    UnknownTenant,
)
from execution_stack.settlement.service import SettlementService
from shared import outflow
from shared.audit.witness.domain import RestoreCause
from shared.audit.witness.service import begin_epoch
from shared.ids import HOUSE_TENANT
from shared.operations.system_key import SystemKey
from shared.outflow import OutflowHeld

OPERATOR = uuid4()


@pytest.fixture
async def service(settling, trade):
    await trade("A", 100, 5500)
    return SettlementService(settling.database, settling.clock)


@pytest.fixture
async def people(settling):
    """Return the keys of two operators that stand, and a stranger's."""
    made = [SystemKey(Ed25519PrivateKey.generate()) for _ in range(3)]
    keys = OperatorKeys(settling.database, settling.clock)
    await keys.found([(uuid4(), each.public) for each in made[:2]])
    return made


def propose(settling, **changes):
    proposal = Proposal(
        uuid4(), settling.tenants[0], 0, 2, Direction.PAY, 550_000, Totals(550_000, 0, 100, 0), bytes(32)
    )
    return replace(proposal, **changes)


async def test_the_same_question_gets_the_same_answer_for_ever(settling, service):
    proposal = propose(settling)
    first = await service.confirm(settling.call(), proposal)
    assert first == (Outcome.AGREED, Totals(550_000, 0, 100, 0))
    assert await service.confirm(settling.call(), proposal) == first
    assert await settling.value("SELECT count(*) FROM settlement_confirmation") == 1


async def test_an_id_is_for_one_period_and_payment(settling, service):
    proposal = propose(settling)
    await service.confirm(settling.call(), proposal)
    with pytest.raises(SettlementConflict):
        await service.confirm(settling.call(), replace(proposal, amount=540_000))
    with pytest.raises(SettlementConflict):
        await service.confirm(settling.call(), replace(proposal, tenant_id=settling.tenants[1]))


async def test_another_stacks_tenant_is_not_settled(settling, service):
    with pytest.raises(UnknownTenant):
        await service.confirm(replace(settling.call(), sender="other.sandbox"), propose(settling))


async def test_only_an_agreed_settlement_is_received_and_once(settling, service):
    different = propose(settling, amount=540_000)
    assert (await service.confirm(settling.call(), different))[0] is Outcome.DIFFERENT
    for unknown in (different.settlement_id, uuid4()):
        with pytest.raises(SettlementNotAgreed):
            await service.receive(unknown, OPERATOR)
    agreed = propose(settling)
    await service.confirm(settling.call(), agreed)
    assert [await service.receive(agreed.settlement_id, OPERATOR) for _ in range(2)] == [True, False]
    body = json.loads(
        await settling.value("SELECT body FROM audit_record WHERE kind = 'settlement.received'")
    )
    assert body["actor"] == f"staff:{OPERATOR}"
    assert body["data"]["receipt"] == str(agreed.settlement_id)
    assert await settling.value("SELECT sum(amount) FROM ledger_leg WHERE account = 'settled'") == 550_000
    await settling.check_ledger()


async def test_execution_pays_only_from_free_float(settling, service, trade, people):
    await service.confirm(settling.call(), propose(settling))
    await trade("A", 100, 6200, action=Action.SELL, limit=6000)
    newest = len(await settling.reports())
    refund = propose(
        settling,
        after_sequence=2,
        to_sequence=newest,
        direction=Direction.RECEIVE,
        amount=610_000,
        totals=Totals(proceeds=620_000, fees=100),
    )
    assert (await service.confirm(settling.call(), refund))[0] is Outcome.AGREED
    with pytest.raises(ReleaseMissing):
        await service.receive(refund.settlement_id, OPERATOR)
    maker, checker, stranger = people
    with pytest.raises(KeyUnknown):
        await service.propose_release(refund.settlement_id, stranger)
    with pytest.raises(ReleaseNotPossible):
        await service.decide_release(refund.settlement_id, checker, ReleaseOutcome.APPROVED)
    await service.propose_release(refund.settlement_id, maker)
    for decide in (
        lambda: service.propose_release(refund.settlement_id, checker),
        lambda: service.decide_release(refund.settlement_id, maker, ReleaseOutcome.APPROVED),
        lambda: service.receive(refund.settlement_id, OPERATOR),
    ):
        with pytest.raises((ReleaseNotPossible, SameOperator, ReleaseMissing)):
            await decide()
    await service.decide_release(refund.settlement_id, maker, ReleaseOutcome.REJECTED)
    await service.propose_release(refund.settlement_id, maker)
    await service.decide_release(refund.settlement_id, checker, ReleaseOutcome.APPROVED)
    async with settling.database.transaction(settling.tenants[0]) as tx:
        await books.hold_float(tx, [(uuid4(), {settling.tenants[0]: 1_000_000_000})])
    with pytest.raises(FloatTooLow):
        await service.receive(refund.settlement_id, OPERATOR)
    assert await settling.value("SELECT count(*) FROM settlement_receipt") == 0


async def test_what_arrives_short_or_comes_back_is_owed_again(settling, service, trade, people):
    first = propose(settling)
    await service.confirm(settling.call(), first)
    with pytest.raises(ReceiptDifferent):
        await service.receive(first.settlement_id, OPERATOR, 550_001)
    with pytest.raises(ReleaseNotPossible):
        await service.propose_release(first.settlement_id, people[0])
    assert await service.receive(first.settlement_id, OPERATOR, 500_000)
    for another in (50_000, None):
        with pytest.raises(ReceiptDifferent):
            await service.receive(first.settlement_id, OPERATOR, another)
    assert not await service.receive(first.settlement_id, OPERATOR, 500_000)
    for part, amount in ((3, 10_000), (2, 50_001)):
        with pytest.raises(ReceiptDifferent):
            await service.receive(first.settlement_id, OPERATOR, amount, part)
    assert [await service.receive(first.settlement_id, OPERATOR, 10_000, 2) for _ in range(2)] == [
        True,
        False,
    ]
    with pytest.raises(ReceiptDifferent):
        await service.receive(first.settlement_id, OPERATOR, 20_000, 2)
    assert await settling.value("SELECT sum(amount) FROM ledger_leg WHERE account = 'settled'") == 510_000
    await trade("A", 100, 5500)
    newest = len(await settling.reports())
    totals = Totals(550_000, 0, 100, 0)
    following = propose(settling, after_sequence=2, to_sequence=newest, amount=590_000, totals=totals)
    assert (await service.confirm(settling.call(), following))[0] is Outcome.AGREED
    operator = uuid4()
    assert [await service.void(first.settlement_id, operator) for _ in range(2)] == [True, False]
    assert await settling.value("SELECT sum(amount) FROM ledger_leg WHERE account = 'settled'") == 0
    everything = propose(settling, after_sequence=newest, to_sequence=newest, amount=510_000, totals=Totals())
    assert (await service.confirm(settling.call(), everything))[0] is Outcome.AGREED
    await settling.check_ledger()


async def test_no_period_is_paid_twice(settling, service, trade):
    first = propose(settling)
    await service.confirm(settling.call(), first)
    await trade("A", 100, 5500)
    newest = len(await settling.reports())

    def again():
        totals = Totals(1_100_000, 0, 200, 0)
        return propose(settling, to_sequence=newest, amount=1_100_000, totals=totals)

    settling.clock.advance(timedelta(seconds=1))
    replacing = again()
    assert (await service.confirm(settling.call(), replacing))[0] is Outcome.AGREED
    with pytest.raises(SettlementReplaced):
        await service.receive(first.settlement_id, OPERATOR)
    await service.void(replacing.settlement_id, uuid4())
    assert await service.receive(first.settlement_id, OPERATOR)
    assert (await service.confirm(settling.call(), again()))[0] is Outcome.DIFFERENT
    await service.void(first.settlement_id, uuid4())
    settling.clock.advance(timedelta(seconds=1))
    returned = again()
    assert (await service.confirm(settling.call(), returned))[0] is Outcome.AGREED
    assert await service.receive(returned.settlement_id, OPERATOR)
    assert await settling.value("SELECT sum(amount) FROM ledger_leg WHERE account = 'settled'") == 1_100_000


async def test_what_we_pay_is_released_for_one_settlement_of_a_period(settling, service, trade, people):
    await service.confirm(settling.call(), propose(settling))
    await trade("A", 100, 6200, action=Action.SELL, limit=6000)
    ends = {"after_sequence": 2, "to_sequence": len(await settling.reports())}
    paid = {"direction": Direction.RECEIVE, "amount": 610_000, "totals": Totals(proceeds=620_000, fees=100)}
    maker, checker, _ = people

    async def agree():
        settling.clock.advance(timedelta(seconds=1))
        refund = propose(settling, **ends, **paid)
        outcome, _ = await service.confirm(settling.call(), refund)
        return refund.settlement_id, outcome

    first, _ = await agree()
    await service.propose_release(first, maker)
    second, outcome = await agree()
    assert outcome is Outcome.AGREED
    with pytest.raises(SettlementReplaced):
        await service.decide_release(first, checker, ReleaseOutcome.APPROVED)
    await service.void(first, uuid4())
    with pytest.raises(ReleaseNotPossible):
        await service.decide_release(first, checker, ReleaseOutcome.APPROVED)
    await service.propose_release(second, maker)
    await service.decide_release(second, checker, ReleaseOutcome.APPROVED)
    assert (await agree())[1] is Outcome.DIFFERENT


async def test_the_database_wants_two_operators(settling, service, trade, people):
    await service.confirm(settling.call(), propose(settling))
    await trade("A", 100, 6200, action=Action.SELL, limit=6000)
    refund = propose(
        settling,
        after_sequence=2,
        to_sequence=len(await settling.reports()),
        direction=Direction.RECEIVE,
        amount=610_000,
        totals=Totals(proceeds=620_000, fees=100),
    )
    await service.confirm(settling.call(), refund)
    release = await service.propose_release(refund.settlement_id, people[0])
    operator = release.proposed_by
    tenant = settling.tenants[0]
    with pytest.raises(asyncpg.CheckViolationError):
        async with settling.database.transaction(tenant) as tx:
            await tx.execute(
                "INSERT INTO settlement_release_decision (tenant_id, release_id, settlement_id, proposed_by, "
                "outcome, decided_by, decided_at) VALUES ($1, $2, $3, $4, 'approved', $4, now())",
                tenant,
                release.id,
                refund.settlement_id,
                operator,
            )


async def test_nothing_leaves_on_a_signature_that_is_not_of_this_release(settling, service, trade, people):
    await service.confirm(settling.call(), propose(settling))
    await trade("A", 100, 6200, action=Action.SELL, limit=6000)
    refund = propose(
        settling,
        after_sequence=2,
        to_sequence=len(await settling.reports()),
        direction=Direction.RECEIVE,
        amount=610_000,
        totals=Totals(proceeds=620_000, fees=100),
    )
    await service.confirm(settling.call(), refund)
    maker, checker, _ = people
    proposed = await service.propose_release(refund.settlement_id, maker)
    (key,) = [
        each
        for each in await OperatorKeys(settling.database, settling.clock).list_keys()
        if each.public == checker.public
    ]
    # Somebody with the database writes the second operator's approval, who signed something else.
    forged = checker.sign(b"another release")
    tenant = settling.tenants[0]
    async with settling.database.transaction(tenant, HOUSE_TENANT) as tx:
        await tx.execute(
            "INSERT INTO settlement_release_decision (tenant_id, release_id, settlement_id, proposed_by, "
            "outcome, decided_by, decided_at, signed_with, signature) "
            "VALUES ($1, $2, $3, $4, 'approved', $5, now(), $6, $7)",
            tenant,
            proposed.id,
            refund.settlement_id,
            proposed.proposed_by,
            key.operator,
            key.id,
            forged,
        )
    with pytest.raises(ReleaseMissing):
        await service.receive(refund.settlement_id, OPERATOR)
    assert await settling.value("SELECT count(*) FROM settlement_receipt") == 0


async def test_after_a_restore_no_release_is_approved_before_a_person_has_compared(
    settling, service, trade, people
):
    await service.confirm(settling.call(), propose(settling))
    await trade("A", 100, 6200, action=Action.SELL, limit=6000)
    refund = propose(
        settling,
        after_sequence=2,
        to_sequence=len(await settling.reports()),
        direction=Direction.RECEIVE,
        amount=610_000,
        totals=Totals(proceeds=620_000, fees=100),
    )
    await service.confirm(settling.call(), refund)
    maker, checker, _ = people
    now = settling.clock.now()
    async with settling.database.transaction(HOUSE_TENANT) as tx:
        await begin_epoch(tx, OPERATOR, RestoreCause.BACKUP_RESTORED, now)
    await service.propose_release(refund.settlement_id, maker)
    with pytest.raises(OutflowHeld):
        await service.decide_release(refund.settlement_id, checker, ReleaseOutcome.APPROVED)
    async with settling.database.transaction(HOUSE_TENANT) as tx:
        await outflow.resume(tx, OPERATOR, now, now)
    release = await service.decide_release(refund.settlement_id, checker, ReleaseOutcome.APPROVED)
    assert release.outcome is ReleaseOutcome.APPROVED
