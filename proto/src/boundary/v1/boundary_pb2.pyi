from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Side(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SIDE_UNSPECIFIED: _ClassVar[Side]
    SIDE_YES: _ClassVar[Side]
    SIDE_NO: _ClassVar[Side]

class Action(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ACTION_UNSPECIFIED: _ClassVar[Action]
    ACTION_BUY: _ClassVar[Action]
    ACTION_SELL: _ClassVar[Action]

class Reason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REASON_UNSPECIFIED: _ClassVar[Reason]
    REASON_CANCELLED: _ClassVar[Reason]
    REASON_UNKNOWN_ACCOUNT: _ClassVar[Reason]
    REASON_UNKNOWN_MARKET: _ClassVar[Reason]
    REASON_MARKET_NOT_OPEN: _ClassVar[Reason]
    REASON_PRICE_OFF_TICK: _ClassVar[Reason]
    REASON_MAX_TOTAL_TOO_SMALL: _ClassVar[Reason]
    REASON_FLOAT_TOO_LOW: _ClassVar[Reason]
    REASON_POSITION_TOO_SMALL: _ClassVar[Reason]
    REASON_CONFLICTING_INTENT: _ClassVar[Reason]
    REASON_OUT_OF_BOUNDS: _ClassVar[Reason]

class MarketStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MARKET_STATUS_UNSPECIFIED: _ClassVar[MarketStatus]
    MARKET_STATUS_UPCOMING: _ClassVar[MarketStatus]
    MARKET_STATUS_OPEN: _ClassVar[MarketStatus]
    MARKET_STATUS_HALTED: _ClassVar[MarketStatus]
    MARKET_STATUS_CLOSED: _ClassVar[MarketStatus]
    MARKET_STATUS_RESOLVED: _ClassVar[MarketStatus]

class Direction(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DIRECTION_UNSPECIFIED: _ClassVar[Direction]
    DIRECTION_PAY: _ClassVar[Direction]
    DIRECTION_RECEIVE: _ClassVar[Direction]
SIDE_UNSPECIFIED: Side
SIDE_YES: Side
SIDE_NO: Side
ACTION_UNSPECIFIED: Action
ACTION_BUY: Action
ACTION_SELL: Action
REASON_UNSPECIFIED: Reason
REASON_CANCELLED: Reason
REASON_UNKNOWN_ACCOUNT: Reason
REASON_UNKNOWN_MARKET: Reason
REASON_MARKET_NOT_OPEN: Reason
REASON_PRICE_OFF_TICK: Reason
REASON_MAX_TOTAL_TOO_SMALL: Reason
REASON_FLOAT_TOO_LOW: Reason
REASON_POSITION_TOO_SMALL: Reason
REASON_CONFLICTING_INTENT: Reason
REASON_OUT_OF_BOUNDS: Reason
MARKET_STATUS_UNSPECIFIED: MarketStatus
MARKET_STATUS_UPCOMING: MarketStatus
MARKET_STATUS_OPEN: MarketStatus
MARKET_STATUS_HALTED: MarketStatus
MARKET_STATUS_CLOSED: MarketStatus
MARKET_STATUS_RESOLVED: MarketStatus
DIRECTION_UNSPECIFIED: Direction
DIRECTION_PAY: Direction
DIRECTION_RECEIVE: Direction

class Uuid(_message.Message):
    __slots__ = ("high", "low")
    HIGH_FIELD_NUMBER: _ClassVar[int]
    LOW_FIELD_NUMBER: _ClassVar[int]
    high: int
    low: int
    def __init__(self, high: _Optional[int] = ..., low: _Optional[int] = ...) -> None: ...

class Digest(_message.Message):
    __slots__ = ("a", "b", "c", "d")
    A_FIELD_NUMBER: _ClassVar[int]
    B_FIELD_NUMBER: _ClassVar[int]
    C_FIELD_NUMBER: _ClassVar[int]
    D_FIELD_NUMBER: _ClassVar[int]
    a: int
    b: int
    c: int
    d: int
    def __init__(self, a: _Optional[int] = ..., b: _Optional[int] = ..., c: _Optional[int] = ..., d: _Optional[int] = ...) -> None: ...

class RegisterAccountsRequest(_message.Message):
    __slots__ = ("accounts",)
    ACCOUNTS_FIELD_NUMBER: _ClassVar[int]
    accounts: _containers.RepeatedCompositeFieldContainer[Account]
    def __init__(self, accounts: _Optional[_Iterable[_Union[Account, _Mapping]]] = ...) -> None: ...

class Account(_message.Message):
    __slots__ = ("account", "tenant")
    ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    TENANT_FIELD_NUMBER: _ClassVar[int]
    account: Uuid
    tenant: Uuid
    def __init__(self, account: _Optional[_Union[Uuid, _Mapping]] = ..., tenant: _Optional[_Union[Uuid, _Mapping]] = ...) -> None: ...

class RegisterAccountsResponse(_message.Message):
    __slots__ = ("registered",)
    REGISTERED_FIELD_NUMBER: _ClassVar[int]
    registered: int
    def __init__(self, registered: _Optional[int] = ...) -> None: ...

class SubmitIntentsRequest(_message.Message):
    __slots__ = ("intents",)
    INTENTS_FIELD_NUMBER: _ClassVar[int]
    intents: _containers.RepeatedCompositeFieldContainer[Intent]
    def __init__(self, intents: _Optional[_Iterable[_Union[Intent, _Mapping]]] = ...) -> None: ...

class Intent(_message.Message):
    __slots__ = ("intent", "account", "market", "side", "action", "quantity", "limit_price", "max_total")
    INTENT_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    MARKET_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    LIMIT_PRICE_FIELD_NUMBER: _ClassVar[int]
    MAX_TOTAL_FIELD_NUMBER: _ClassVar[int]
    intent: Uuid
    account: Uuid
    market: Uuid
    side: Side
    action: Action
    quantity: int
    limit_price: int
    max_total: int
    def __init__(self, intent: _Optional[_Union[Uuid, _Mapping]] = ..., account: _Optional[_Union[Uuid, _Mapping]] = ..., market: _Optional[_Union[Uuid, _Mapping]] = ..., side: _Optional[_Union[Side, str]] = ..., action: _Optional[_Union[Action, str]] = ..., quantity: _Optional[int] = ..., limit_price: _Optional[int] = ..., max_total: _Optional[int] = ...) -> None: ...

class SubmitIntentsResponse(_message.Message):
    __slots__ = ("answers",)
    ANSWERS_FIELD_NUMBER: _ClassVar[int]
    answers: _containers.RepeatedCompositeFieldContainer[IntentAnswer]
    def __init__(self, answers: _Optional[_Iterable[_Union[IntentAnswer, _Mapping]]] = ...) -> None: ...

class IntentAnswer(_message.Message):
    __slots__ = ("intent", "outcome", "reason")
    class Outcome(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        OUTCOME_UNSPECIFIED: _ClassVar[IntentAnswer.Outcome]
        OUTCOME_RECEIVED: _ClassVar[IntentAnswer.Outcome]
        OUTCOME_REFUSED: _ClassVar[IntentAnswer.Outcome]
    OUTCOME_UNSPECIFIED: IntentAnswer.Outcome
    OUTCOME_RECEIVED: IntentAnswer.Outcome
    OUTCOME_REFUSED: IntentAnswer.Outcome
    INTENT_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    intent: Uuid
    outcome: IntentAnswer.Outcome
    reason: Reason
    def __init__(self, intent: _Optional[_Union[Uuid, _Mapping]] = ..., outcome: _Optional[_Union[IntentAnswer.Outcome, str]] = ..., reason: _Optional[_Union[Reason, str]] = ...) -> None: ...

class CancelIntentsRequest(_message.Message):
    __slots__ = ("intents",)
    INTENTS_FIELD_NUMBER: _ClassVar[int]
    intents: _containers.RepeatedCompositeFieldContainer[Uuid]
    def __init__(self, intents: _Optional[_Iterable[_Union[Uuid, _Mapping]]] = ...) -> None: ...

class CancelIntentsResponse(_message.Message):
    __slots__ = ("answers",)
    ANSWERS_FIELD_NUMBER: _ClassVar[int]
    answers: _containers.RepeatedCompositeFieldContainer[CancelAnswer]
    def __init__(self, answers: _Optional[_Iterable[_Union[CancelAnswer, _Mapping]]] = ...) -> None: ...

class CancelAnswer(_message.Message):
    __slots__ = ("intent", "outcome")
    class Outcome(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        OUTCOME_UNSPECIFIED: _ClassVar[CancelAnswer.Outcome]
        OUTCOME_NOT_POOLED: _ClassVar[CancelAnswer.Outcome]
        OUTCOME_POOLED: _ClassVar[CancelAnswer.Outcome]
        OUTCOME_ENDED: _ClassVar[CancelAnswer.Outcome]
        OUTCOME_UNKNOWN: _ClassVar[CancelAnswer.Outcome]
    OUTCOME_UNSPECIFIED: CancelAnswer.Outcome
    OUTCOME_NOT_POOLED: CancelAnswer.Outcome
    OUTCOME_POOLED: CancelAnswer.Outcome
    OUTCOME_ENDED: CancelAnswer.Outcome
    OUTCOME_UNKNOWN: CancelAnswer.Outcome
    INTENT_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    intent: Uuid
    outcome: CancelAnswer.Outcome
    def __init__(self, intent: _Optional[_Union[Uuid, _Mapping]] = ..., outcome: _Optional[_Union[CancelAnswer.Outcome, str]] = ...) -> None: ...

class ListMarketsRequest(_message.Message):
    __slots__ = ("after", "limit")
    AFTER_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    after: Uuid
    limit: int
    def __init__(self, after: _Optional[_Union[Uuid, _Mapping]] = ..., limit: _Optional[int] = ...) -> None: ...

class ListMarketsResponse(_message.Message):
    __slots__ = ("markets", "more")
    MARKETS_FIELD_NUMBER: _ClassVar[int]
    MORE_FIELD_NUMBER: _ClassVar[int]
    markets: _containers.RepeatedCompositeFieldContainer[Market]
    more: bool
    def __init__(self, markets: _Optional[_Iterable[_Union[Market, _Mapping]]] = ..., more: _Optional[bool] = ...) -> None: ...

class Market(_message.Message):
    __slots__ = ("market", "ticker", "title", "rules", "status", "tick", "yes_bid", "yes_ask", "close_time", "fee_multiplier", "resolved", "yes_value")
    MARKET_FIELD_NUMBER: _ClassVar[int]
    TICKER_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    RULES_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    TICK_FIELD_NUMBER: _ClassVar[int]
    YES_BID_FIELD_NUMBER: _ClassVar[int]
    YES_ASK_FIELD_NUMBER: _ClassVar[int]
    CLOSE_TIME_FIELD_NUMBER: _ClassVar[int]
    FEE_MULTIPLIER_FIELD_NUMBER: _ClassVar[int]
    RESOLVED_FIELD_NUMBER: _ClassVar[int]
    YES_VALUE_FIELD_NUMBER: _ClassVar[int]
    market: Uuid
    ticker: str
    title: str
    rules: str
    status: MarketStatus
    tick: int
    yes_bid: int
    yes_ask: int
    close_time: int
    fee_multiplier: int
    resolved: bool
    yes_value: int
    def __init__(self, market: _Optional[_Union[Uuid, _Mapping]] = ..., ticker: _Optional[str] = ..., title: _Optional[str] = ..., rules: _Optional[str] = ..., status: _Optional[_Union[MarketStatus, str]] = ..., tick: _Optional[int] = ..., yes_bid: _Optional[int] = ..., yes_ask: _Optional[int] = ..., close_time: _Optional[int] = ..., fee_multiplier: _Optional[int] = ..., resolved: _Optional[bool] = ..., yes_value: _Optional[int] = ...) -> None: ...

class GetOrderBookRequest(_message.Message):
    __slots__ = ("market", "depth")
    MARKET_FIELD_NUMBER: _ClassVar[int]
    DEPTH_FIELD_NUMBER: _ClassVar[int]
    market: Uuid
    depth: int
    def __init__(self, market: _Optional[_Union[Uuid, _Mapping]] = ..., depth: _Optional[int] = ...) -> None: ...

class GetOrderBookResponse(_message.Message):
    __slots__ = ("yes_bids", "no_bids", "as_of")
    YES_BIDS_FIELD_NUMBER: _ClassVar[int]
    NO_BIDS_FIELD_NUMBER: _ClassVar[int]
    AS_OF_FIELD_NUMBER: _ClassVar[int]
    yes_bids: _containers.RepeatedCompositeFieldContainer[Level]
    no_bids: _containers.RepeatedCompositeFieldContainer[Level]
    as_of: int
    def __init__(self, yes_bids: _Optional[_Iterable[_Union[Level, _Mapping]]] = ..., no_bids: _Optional[_Iterable[_Union[Level, _Mapping]]] = ..., as_of: _Optional[int] = ...) -> None: ...

class Level(_message.Message):
    __slots__ = ("price", "quantity")
    PRICE_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    price: int
    quantity: int
    def __init__(self, price: _Optional[int] = ..., quantity: _Optional[int] = ...) -> None: ...

class FetchReportsRequest(_message.Message):
    __slots__ = ("after_sequence", "limit", "wait_ms")
    AFTER_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    WAIT_MS_FIELD_NUMBER: _ClassVar[int]
    after_sequence: int
    limit: int
    wait_ms: int
    def __init__(self, after_sequence: _Optional[int] = ..., limit: _Optional[int] = ..., wait_ms: _Optional[int] = ...) -> None: ...

class FetchReportsResponse(_message.Message):
    __slots__ = ("reports",)
    REPORTS_FIELD_NUMBER: _ClassVar[int]
    reports: _containers.RepeatedCompositeFieldContainer[Report]
    def __init__(self, reports: _Optional[_Iterable[_Union[Report, _Mapping]]] = ...) -> None: ...

class Report(_message.Message):
    __slots__ = ("sequence", "recorded_at", "fill", "final", "not_pooled", "resolution", "payout", "settlement_fee")
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    RECORDED_AT_FIELD_NUMBER: _ClassVar[int]
    FILL_FIELD_NUMBER: _ClassVar[int]
    FINAL_FIELD_NUMBER: _ClassVar[int]
    NOT_POOLED_FIELD_NUMBER: _ClassVar[int]
    RESOLUTION_FIELD_NUMBER: _ClassVar[int]
    PAYOUT_FIELD_NUMBER: _ClassVar[int]
    SETTLEMENT_FEE_FIELD_NUMBER: _ClassVar[int]
    sequence: int
    recorded_at: int
    fill: FillShare
    final: Final
    not_pooled: NotPooled
    resolution: Resolution
    payout: Payout
    settlement_fee: SettlementFee
    def __init__(self, sequence: _Optional[int] = ..., recorded_at: _Optional[int] = ..., fill: _Optional[_Union[FillShare, _Mapping]] = ..., final: _Optional[_Union[Final, _Mapping]] = ..., not_pooled: _Optional[_Union[NotPooled, _Mapping]] = ..., resolution: _Optional[_Union[Resolution, _Mapping]] = ..., payout: _Optional[_Union[Payout, _Mapping]] = ..., settlement_fee: _Optional[_Union[SettlementFee, _Mapping]] = ...) -> None: ...

class FillShare(_message.Message):
    __slots__ = ("intent", "account", "market", "window", "quantity", "cost", "fee", "manifest")
    INTENT_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    MARKET_FIELD_NUMBER: _ClassVar[int]
    WINDOW_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    COST_FIELD_NUMBER: _ClassVar[int]
    FEE_FIELD_NUMBER: _ClassVar[int]
    MANIFEST_FIELD_NUMBER: _ClassVar[int]
    intent: Uuid
    account: Uuid
    market: Uuid
    window: Uuid
    quantity: int
    cost: int
    fee: int
    manifest: Digest
    def __init__(self, intent: _Optional[_Union[Uuid, _Mapping]] = ..., account: _Optional[_Union[Uuid, _Mapping]] = ..., market: _Optional[_Union[Uuid, _Mapping]] = ..., window: _Optional[_Union[Uuid, _Mapping]] = ..., quantity: _Optional[int] = ..., cost: _Optional[int] = ..., fee: _Optional[int] = ..., manifest: _Optional[_Union[Digest, _Mapping]] = ...) -> None: ...

class Final(_message.Message):
    __slots__ = ("intent", "filled")
    INTENT_FIELD_NUMBER: _ClassVar[int]
    FILLED_FIELD_NUMBER: _ClassVar[int]
    intent: Uuid
    filled: int
    def __init__(self, intent: _Optional[_Union[Uuid, _Mapping]] = ..., filled: _Optional[int] = ...) -> None: ...

class NotPooled(_message.Message):
    __slots__ = ("intent", "reason")
    INTENT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    intent: Uuid
    reason: Reason
    def __init__(self, intent: _Optional[_Union[Uuid, _Mapping]] = ..., reason: _Optional[_Union[Reason, str]] = ...) -> None: ...

class Resolution(_message.Message):
    __slots__ = ("market", "yes_value")
    MARKET_FIELD_NUMBER: _ClassVar[int]
    YES_VALUE_FIELD_NUMBER: _ClassVar[int]
    market: Uuid
    yes_value: int
    def __init__(self, market: _Optional[_Union[Uuid, _Mapping]] = ..., yes_value: _Optional[int] = ...) -> None: ...

class Payout(_message.Message):
    __slots__ = ("account", "market", "side", "quantity", "amount")
    ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    MARKET_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    account: Uuid
    market: Uuid
    side: Side
    quantity: int
    amount: int
    def __init__(self, account: _Optional[_Union[Uuid, _Mapping]] = ..., market: _Optional[_Union[Uuid, _Mapping]] = ..., side: _Optional[_Union[Side, str]] = ..., quantity: _Optional[int] = ..., amount: _Optional[int] = ...) -> None: ...

class SettlementFee(_message.Message):
    __slots__ = ("account", "market", "amount")
    ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    MARKET_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    account: Uuid
    market: Uuid
    amount: int
    def __init__(self, account: _Optional[_Union[Uuid, _Mapping]] = ..., market: _Optional[_Union[Uuid, _Mapping]] = ..., amount: _Optional[int] = ...) -> None: ...

class GetStatementRequest(_message.Message):
    __slots__ = ("tenant", "to_sequence", "after", "limit")
    TENANT_FIELD_NUMBER: _ClassVar[int]
    TO_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    tenant: Uuid
    to_sequence: int
    after: Uuid
    limit: int
    def __init__(self, tenant: _Optional[_Union[Uuid, _Mapping]] = ..., to_sequence: _Optional[int] = ..., after: _Optional[_Union[Uuid, _Mapping]] = ..., limit: _Optional[int] = ...) -> None: ...

class GetStatementResponse(_message.Message):
    __slots__ = ("totals", "lines", "more")
    TOTALS_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    MORE_FIELD_NUMBER: _ClassVar[int]
    totals: StatementTotals
    lines: _containers.RepeatedCompositeFieldContainer[StatementLine]
    more: bool
    def __init__(self, totals: _Optional[_Union[StatementTotals, _Mapping]] = ..., lines: _Optional[_Iterable[_Union[StatementLine, _Mapping]]] = ..., more: _Optional[bool] = ...) -> None: ...

class StatementTotals(_message.Message):
    __slots__ = ("cost_of_buys", "proceeds", "fees", "payouts")
    COST_OF_BUYS_FIELD_NUMBER: _ClassVar[int]
    PROCEEDS_FIELD_NUMBER: _ClassVar[int]
    FEES_FIELD_NUMBER: _ClassVar[int]
    PAYOUTS_FIELD_NUMBER: _ClassVar[int]
    cost_of_buys: int
    proceeds: int
    fees: int
    payouts: int
    def __init__(self, cost_of_buys: _Optional[int] = ..., proceeds: _Optional[int] = ..., fees: _Optional[int] = ..., payouts: _Optional[int] = ...) -> None: ...

class StatementLine(_message.Message):
    __slots__ = ("account", "cash", "fees", "holdings")
    ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    CASH_FIELD_NUMBER: _ClassVar[int]
    FEES_FIELD_NUMBER: _ClassVar[int]
    HOLDINGS_FIELD_NUMBER: _ClassVar[int]
    account: Uuid
    cash: int
    fees: int
    holdings: _containers.RepeatedCompositeFieldContainer[Holding]
    def __init__(self, account: _Optional[_Union[Uuid, _Mapping]] = ..., cash: _Optional[int] = ..., fees: _Optional[int] = ..., holdings: _Optional[_Iterable[_Union[Holding, _Mapping]]] = ...) -> None: ...

class Holding(_message.Message):
    __slots__ = ("market", "side", "quantity")
    MARKET_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    market: Uuid
    side: Side
    quantity: int
    def __init__(self, market: _Optional[_Union[Uuid, _Mapping]] = ..., side: _Optional[_Union[Side, str]] = ..., quantity: _Optional[int] = ...) -> None: ...

class ConfirmSettlementRequest(_message.Message):
    __slots__ = ("settlement", "tenant", "after_sequence", "to_sequence", "direction", "amount", "totals", "digest")
    SETTLEMENT_FIELD_NUMBER: _ClassVar[int]
    TENANT_FIELD_NUMBER: _ClassVar[int]
    AFTER_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    TO_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    DIRECTION_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    TOTALS_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    settlement: Uuid
    tenant: Uuid
    after_sequence: int
    to_sequence: int
    direction: Direction
    amount: int
    totals: StatementTotals
    digest: Digest
    def __init__(self, settlement: _Optional[_Union[Uuid, _Mapping]] = ..., tenant: _Optional[_Union[Uuid, _Mapping]] = ..., after_sequence: _Optional[int] = ..., to_sequence: _Optional[int] = ..., direction: _Optional[_Union[Direction, str]] = ..., amount: _Optional[int] = ..., totals: _Optional[_Union[StatementTotals, _Mapping]] = ..., digest: _Optional[_Union[Digest, _Mapping]] = ...) -> None: ...

class ConfirmSettlementResponse(_message.Message):
    __slots__ = ("outcome", "totals")
    class Outcome(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        OUTCOME_UNSPECIFIED: _ClassVar[ConfirmSettlementResponse.Outcome]
        OUTCOME_AGREED: _ClassVar[ConfirmSettlementResponse.Outcome]
        OUTCOME_DIFFERENT: _ClassVar[ConfirmSettlementResponse.Outcome]
    OUTCOME_UNSPECIFIED: ConfirmSettlementResponse.Outcome
    OUTCOME_AGREED: ConfirmSettlementResponse.Outcome
    OUTCOME_DIFFERENT: ConfirmSettlementResponse.Outcome
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    TOTALS_FIELD_NUMBER: _ClassVar[int]
    outcome: ConfirmSettlementResponse.Outcome
    totals: StatementTotals
    def __init__(self, outcome: _Optional[_Union[ConfirmSettlementResponse.Outcome, str]] = ..., totals: _Optional[_Union[StatementTotals, _Mapping]] = ...) -> None: ...
