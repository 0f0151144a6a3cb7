"""The nine calls to the execution stack, typed.

Guaranteed: a method returns what was signed, raises SignedRefusal when the call was provably refused,
and OutcomeUnknown otherwise; an answer that leaves out, adds or reorders items is unknown too.
"""

from collections.abc import Callable, Sequence
from typing import Final, TypeVar
from uuid import UUID

from google.protobuf.message import Message

from boundary.v1 import boundary_pb2 as pb
from boundary.v2 import boundary_pb2 as v2
from customer_stack.boundary_client import translate
from customer_stack.boundary_client.domain import (
    Account,
    CancelAnswer,
    Intent,
    IntentAnswer,
    MarketListing,
    OrderBook,
    Report,
    SettlementAnswer,
    SettlementProposal,
    StatementPage,
)
from shared.boundary import methods
from shared.boundary.client import BoundaryClient
from shared.boundary.errors import CallRefused, OutcomeUnknown
from shared.boundary.wire import uuid_to_wire
from shared.errors import invariant
from shared.ids import Ids

BATCH_LIMIT: Final = 500
PAGE_LIMIT: Final = 1000
WAIT_LIMIT_MS: Final = 20_000
READ_SECONDS: Final = 5.0

_INCOMPLETE: Final = "incomplete_answer"

RequestT = TypeVar("RequestT", bound=Message)
ResponseT = TypeVar("ResponseT", bound=Message)
ValueT = TypeVar("ValueT")


class ExecutionClient:
    """Everything that the customer stack can ask of the execution stack."""

    def __init__(self, client: BoundaryClient, ids: Ids) -> None:
        """Call through `client`; `ids` names the attempts of reads."""
        self._client = client
        self._ids = ids

    async def register_accounts(self, accounts: Sequence[Account], *, idempotency_key: UUID) -> int:
        """Make accounts known; safe to repeat. Returns how many are registered."""
        invariant(0 < len(accounts) <= BATCH_LIMIT, "a call carries 1 to 500 accounts")
        request = pb.RegisterAccountsRequest(
            accounts=[translate.account_to_wire(account) for account in accounts]
        )
        answer = await self._client.call(methods.REGISTER_ACCOUNTS, request, idempotency_key=idempotency_key)
        return answer.registered

    async def submit_intents(
        self, intents: Sequence[Intent], *, idempotency_key: UUID
    ) -> tuple[IntentAnswer, ...]:
        """Hand over intents; safe to repeat with the same intents."""
        invariant(0 < len(intents) <= BATCH_LIMIT, "a call carries 1 to 500 intents")
        request = pb.SubmitIntentsRequest(intents=[translate.intent_to_wire(intent) for intent in intents])
        answer = await self._client.call(
            methods.SUBMIT_INTENTS,
            request,
            idempotency_key=idempotency_key,
            about=(intent.intent_id for intent in intents),
        )
        answers = tuple(_translated(lambda: [translate.intent_answer(each) for each in answer.answers]))
        _same_ids([intent.intent_id for intent in intents], [each.intent_id for each in answers])
        return answers

    async def cancel_intents(
        self, intent_ids: Sequence[UUID], *, idempotency_key: UUID
    ) -> tuple[CancelAnswer, ...]:
        """Ask that intents never be pooled. What became of them arrives as reports."""
        invariant(0 < len(intent_ids) <= BATCH_LIMIT, "a call carries 1 to 500 intents")
        request = pb.CancelIntentsRequest(intents=[uuid_to_wire(intent_id) for intent_id in intent_ids])
        answer = await self._client.call(
            methods.CANCEL_INTENTS, request, idempotency_key=idempotency_key, about=intent_ids
        )
        answers = tuple(_translated(lambda: [translate.cancel_answer(each) for each in answer.answers]))
        _same_ids(intent_ids, [each.intent_id for each in answers])
        return answers

    async def list_markets(
        self, *, after: UUID | None = None, limit: int = 200
    ) -> tuple[tuple[MarketListing, ...], bool]:
        """Return one page of the catalogue, and whether more follows."""
        request = pb.ListMarketsRequest(limit=limit)
        if after is not None:
            request.after.CopyFrom(uuid_to_wire(after))
        answer = await self._read(methods.LIST_MARKETS, request)
        return tuple(_translated(lambda: [translate.listing(each) for each in answer.markets])), answer.more

    async def get_order_book(self, market_id: UUID, *, depth: int = 20) -> OrderBook:
        """Return a market's bids, best first."""
        request = pb.GetOrderBookRequest(market=uuid_to_wire(market_id), depth=depth)
        return translate.order_book(await self._read(methods.GET_ORDER_BOOK, request))

    async def fetch_reports(
        self, after_sequence: int, *, limit: int = PAGE_LIMIT, wait_ms: int = 0
    ) -> tuple[Report, ...]:
        """Return the reports after a sequence number, waiting up to `wait_ms` for the first one."""
        invariant(0 <= wait_ms <= WAIT_LIMIT_MS, "a long poll waits at most twenty seconds")
        request = pb.FetchReportsRequest(after_sequence=after_sequence, limit=limit, wait_ms=wait_ms)
        answer = await self._read(methods.FETCH_REPORTS, request, wait_ms / 1000)
        reports = tuple(_translated(lambda: [translate.report(each) for each in answer.reports]))
        expected = range(after_sequence + 1, after_sequence + 1 + len(reports))
        if [report.sequence for report in reports] != list(expected):
            raise OutcomeUnknown(_INCOMPLETE)
        return reports

    async def get_statement(
        self, tenant_id: UUID, to_sequence: int, *, after: UUID | None = None, limit: int = BATCH_LIMIT
    ) -> StatementPage:
        """Return a tenant's totals up to a report sequence, and one page of its accounts."""
        request = pb.GetStatementRequest(tenant=uuid_to_wire(tenant_id), to_sequence=to_sequence, limit=limit)
        if after is not None:
            request.after.CopyFrom(uuid_to_wire(after))
        answer = await self._read(methods.GET_STATEMENT, request)
        lines = tuple(_translated(lambda: [translate.statement_line(line) for line in answer.lines]))
        standing = translate.standing(answer.standing) if answer.HasField("standing") else None
        return StatementPage(translate.totals(answer.totals), lines, answer.more, standing)

    async def confirm_settlement(self, proposal: SettlementProposal) -> SettlementAnswer:
        """Compare a period's totals with execution's; safe to repeat under the settlement's id."""
        answer = await self._client.call(
            methods.CONFIRM_SETTLEMENT,
            translate.proposal_to_wire(proposal),
            idempotency_key=proposal.settlement_id,
        )
        if answer.outcome not in (
            pb.ConfirmSettlementResponse.OUTCOME_AGREED,
            pb.ConfirmSettlementResponse.OUTCOME_DIFFERENT,
        ):
            raise OutcomeUnknown(_INCOMPLETE)
        agreed = answer.outcome == pb.ConfirmSettlementResponse.OUTCOME_AGREED
        return SettlementAnswer(agreed, translate.totals(answer.totals))

    async def exchange_checkpoints(
        self, request: v2.ExchangeCheckpointsRequest
    ) -> v2.ExchangeCheckpointsResponse:
        """Carry one exchange of checkpoints; `shared.audit.witness` writes and reads it on both sides."""
        return await self._read(methods.EXCHANGE_CHECKPOINTS, request)

    async def _read(
        self,
        method: methods.Method[RequestT, ResponseT],
        request: RequestT,
        wait_seconds: float = 0.0,
    ) -> ResponseT:
        return await self._client.call(
            method,
            request,
            idempotency_key=self._ids.new(),
            timeout_seconds=READ_SECONDS + wait_seconds,
        )


def _same_ids(asked: Sequence[UUID], answered: Sequence[UUID]) -> None:
    if list(asked) != list(answered):
        raise OutcomeUnknown(_INCOMPLETE)


def _translated(build: Callable[[], list[ValueT]]) -> list[ValueT]:
    """Run a translation; ids of a wrong form make the answer unknown."""
    try:
        return build()
    except CallRefused:
        raise OutcomeUnknown(_INCOMPLETE) from None
