"""How version 2 is said in version 1, and that a signature or a nonce of one is none of the other."""

from uuid import uuid4

import pytest

from boundary.v1 import boundary_pb2 as v1
from boundary.v2 import boundary_pb2 as v2
from shared.boundary import methods, methods_v1, schema, versions, wire

IDENT = wire.uuid_to_wire(uuid4())
BODIES = {
    "fill": {"fill": v1.FillShare(intent=IDENT, account=IDENT, market=IDENT, window=IDENT, quantity=1)},
    "final": {"final": v1.Final(intent=IDENT, filled=7)},
    "not_pooled": {"not_pooled": v2.NotPooled(intent=IDENT, reason=v2.REASON_FLOAT_TOO_LOW)},
    "payout": {"payout": v1.Payout(account=IDENT, market=IDENT, side=1, quantity=2, amount=3)},
    "settlement_fee": {"settlement_fee": v1.SettlementFee(account=IDENT, market=IDENT, amount=4)},
}


def report(sequence, **body):
    return v2.Report(sequence=sequence, recorded_at=9, **body)


@pytest.mark.parametrize("reason", sorted(v2.Reason.values()))
def test_every_reason_has_a_word_in_version_1(reason):
    answers = [v2.IntentAnswer(intent=IDENT, outcome=2, reason=reason)]
    older = versions.submit_intents_in_v1(v2.SubmitIntentsResponse(answers=answers)).answers[0]
    assert older.reason == (reason if reason in v1.Reason.values() else v1.REASON_MARKET_NOT_OPEN)
    assert (older.intent, older.outcome) == (IDENT, 2)


def test_every_answer_of_a_message_is_said_and_keeps_its_place():
    answers = [
        v2.IntentAnswer(intent=wire.uuid_to_wire(uuid4()), outcome=1 + number % 2) for number in range(5)
    ]
    older = versions.submit_intents_in_v1(v2.SubmitIntentsResponse(answers=answers)).answers
    assert [(each.intent, each.outcome) for each in older] == [
        (each.intent, each.outcome) for each in answers
    ]


OUTCOMES = {
    "a first value": (v2.Resolution(market=IDENT, yes_value=3700, basis=v2.BASIS_VALUE, revision=1), True),
    "a second value": (v2.Resolution(market=IDENT, yes_value=3700, basis=v2.BASIS_VALUE, revision=2), False),
    "cancelled trades": (v2.Resolution(market=IDENT, basis=v2.BASIS_CANCELLED_TRADES, revision=1), False),
    "original cost": (v2.Resolution(market=IDENT, basis=v2.BASIS_ORIGINAL_COST, revision=1), False),
}


@pytest.mark.parametrize("name", OUTCOMES)
def test_version_1_hears_of_first_values_alone(name):
    outcome, is_said = OUTCOMES[name]
    newest = v2.FetchReportsResponse(reports=[report(1, **BODIES["final"]), report(2, resolution=outcome)])
    older = versions.fetch_reports_in_v1(newest).reports
    assert len(older) == 1 + is_said
    if is_said:
        assert older[1].resolution == v1.Resolution(market=IDENT, yes_value=3700)


def test_version_1_never_hears_a_reversal():
    taken_back = v2.Reversal(reverses=1, account=IDENT, market=IDENT, side=1, quantity=2, amount=3)
    newest = v2.FetchReportsResponse(reports=[report(1, **BODIES["payout"]), report(2, reversal=taken_back)])
    assert [each.sequence for each in versions.fetch_reports_in_v1(newest).reports] == [1]


@pytest.mark.parametrize("name", [None, *list(v2.StatementTotals.DESCRIPTOR.fields_by_name)[4:]])
def test_totals_are_said_in_version_1_unless_something_was_taken_back(name):
    plain = {"cost_of_buys": 4, "proceeds": 3, "fees": 2, "payouts": 1}
    totals = v2.StatementTotals(**plain, **({} if name is None else {name: 1}))
    statement = v2.GetStatementResponse(totals=totals, more=True)
    confirmed = v2.ConfirmSettlementResponse(outcome=1, totals=totals)
    if name is None:
        older = v1.StatementTotals(**plain)
        assert versions.get_statement_in_v1(statement) == v1.GetStatementResponse(totals=older, more=True)
        assert versions.confirm_settlement_in_v1(confirmed).totals == older
        return
    for translate, answer in (
        (versions.get_statement_in_v1, statement),
        (versions.confirm_settlement_in_v1, confirmed),
    ):
        with pytest.raises(versions.BeyondVersion):
            translate(answer)


@pytest.mark.parametrize("kind", BODIES)
def test_a_report_that_both_versions_know_has_the_same_bytes_in_both(kind):
    newest = v2.FetchReportsResponse(reports=[report(1, **BODIES[kind])])
    older = versions.fetch_reports_in_v1(newest)
    assert older.SerializeToString(deterministic=True) == newest.SerializeToString(deterministic=True)


def test_a_list_ends_before_what_version_1_cannot_say():
    beyond = report(3)  # no body that version 1 knows
    known = [report(number, **BODIES["final"]) for number in (1, 2)]
    newest = v2.FetchReportsResponse(reports=[*known, beyond, report(4, **BODIES["final"])])
    assert [each.sequence for each in versions.fetch_reports_in_v1(newest).reports] == [1, 2]
    with pytest.raises(versions.BeyondVersion):
        versions.fetch_reports_in_v1(v2.FetchReportsResponse(reports=[beyond]))
    assert versions.fetch_reports_in_v1(v2.FetchReportsResponse()) == v1.FetchReportsResponse()


async def test_what_version_1_cannot_say_is_answered_with_nothing_that_proves_anything(wall):
    async def fetch(request, call):
        await wall.register(v1.RegisterAccountsRequest(), call)
        return v2.FetchReportsResponse(reports=[report(1)])

    wall.handlers = {methods.FETCH_REPORTS: fetch}
    running = await wall.start()
    raw = v1.FetchReportsRequest(limit=10).SerializeToString(deterministic=True)
    method = methods_v1.FETCH_REPORTS
    assert await running.send(raw, running.signed(raw, method=method), method) == "unavailable"


async def test_a_call_that_is_signed_for_one_version_is_none_of_the_other(running):
    raw = v1.RegisterAccountsRequest(accounts=[v1.Account(account=IDENT, tenant=IDENT)])
    raw = raw.SerializeToString(deterministic=True)
    for ours, other in (
        (methods.REGISTER_ACCOUNTS, methods_v1.REGISTER_ACCOUNTS),
        (methods_v1.REGISTER_ACCOUNTS, methods.REGISTER_ACCOUNTS),
    ):
        assert await running.send(raw, running.signed(raw, method=ours), other) == "tampered"
        assert await running.send(raw, running.signed(raw, method=ours), ours) == "ok"
    assert await running.count_effects() == 2


async def test_a_nonce_is_used_up_for_both_versions(running):
    raw = v1.RegisterAccountsRequest(accounts=[v1.Account(account=IDENT, tenant=IDENT)])
    raw, header = raw.SerializeToString(deterministic=True), running.header()
    codes = [
        await running.send(raw, running.signed(raw, header=header, method=method), method)
        for method in (methods_v1.REGISTER_ACCOUNTS, methods.REGISTER_ACCOUNTS)
    ]
    assert codes == ["ok", "replayed"]


def test_an_older_method_has_no_older_forms_and_every_newest_has_one_unless_it_is_new():
    assert versions.older_forms(methods.EXCHANGE_CHECKPOINTS) == ()
    for name, newest in vars(methods).items():
        if isinstance(newest, methods.Method) and newest is not methods.EXCHANGE_CHECKPOINTS:
            (older,) = versions.older_forms(newest)
            assert older.method is getattr(methods_v1, name)
            assert versions.older_forms(older.method) == ()
            schema._compile(older.method.request.DESCRIPTOR, is_request=True)
