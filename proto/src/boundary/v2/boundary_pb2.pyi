from boundary.v1 import boundary_pb2 as _boundary_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

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
    REASON_MARKET_HALTED: _ClassVar[Reason]
    REASON_POSITION_LIMIT: _ClassVar[Reason]

class Basis(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    BASIS_UNSPECIFIED: _ClassVar[Basis]
    BASIS_VALUE: _ClassVar[Basis]
    BASIS_CANCELLED_TRADES: _ClassVar[Basis]
    BASIS_ORIGINAL_COST: _ClassVar[Basis]
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
REASON_MARKET_HALTED: Reason
REASON_POSITION_LIMIT: Reason
BASIS_UNSPECIFIED: Basis
BASIS_VALUE: Basis
BASIS_CANCELLED_TRADES: Basis
BASIS_ORIGINAL_COST: Basis

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
    intent: _boundary_pb2.Uuid
    outcome: IntentAnswer.Outcome
    reason: Reason
    def __init__(self, intent: _Optional[_Union[_boundary_pb2.Uuid, _Mapping]] = ..., outcome: _Optional[_Union[IntentAnswer.Outcome, str]] = ..., reason: _Optional[_Union[Reason, str]] = ...) -> None: ...

class FetchReportsResponse(_message.Message):
    __slots__ = ("reports",)
    REPORTS_FIELD_NUMBER: _ClassVar[int]
    reports: _containers.RepeatedCompositeFieldContainer[Report]
    def __init__(self, reports: _Optional[_Iterable[_Union[Report, _Mapping]]] = ...) -> None: ...

class Report(_message.Message):
    __slots__ = ("sequence", "recorded_at", "fill", "final", "not_pooled", "resolution", "payout", "settlement_fee", "reversal")
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    RECORDED_AT_FIELD_NUMBER: _ClassVar[int]
    FILL_FIELD_NUMBER: _ClassVar[int]
    FINAL_FIELD_NUMBER: _ClassVar[int]
    NOT_POOLED_FIELD_NUMBER: _ClassVar[int]
    RESOLUTION_FIELD_NUMBER: _ClassVar[int]
    PAYOUT_FIELD_NUMBER: _ClassVar[int]
    SETTLEMENT_FEE_FIELD_NUMBER: _ClassVar[int]
    REVERSAL_FIELD_NUMBER: _ClassVar[int]
    sequence: int
    recorded_at: int
    fill: _boundary_pb2.FillShare
    final: _boundary_pb2.Final
    not_pooled: NotPooled
    resolution: Resolution
    payout: _boundary_pb2.Payout
    settlement_fee: _boundary_pb2.SettlementFee
    reversal: Reversal
    def __init__(self, sequence: _Optional[int] = ..., recorded_at: _Optional[int] = ..., fill: _Optional[_Union[_boundary_pb2.FillShare, _Mapping]] = ..., final: _Optional[_Union[_boundary_pb2.Final, _Mapping]] = ..., not_pooled: _Optional[_Union[NotPooled, _Mapping]] = ..., resolution: _Optional[_Union[Resolution, _Mapping]] = ..., payout: _Optional[_Union[_boundary_pb2.Payout, _Mapping]] = ..., settlement_fee: _Optional[_Union[_boundary_pb2.SettlementFee, _Mapping]] = ..., reversal: _Optional[_Union[Reversal, _Mapping]] = ...) -> None: ...

class NotPooled(_message.Message):
    __slots__ = ("intent", "reason")
    INTENT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    intent: _boundary_pb2.Uuid
    reason: Reason
    def __init__(self, intent: _Optional[_Union[_boundary_pb2.Uuid, _Mapping]] = ..., reason: _Optional[_Union[Reason, str]] = ...) -> None: ...

class Resolution(_message.Message):
    __slots__ = ("market", "yes_value", "basis", "revision")
    MARKET_FIELD_NUMBER: _ClassVar[int]
    YES_VALUE_FIELD_NUMBER: _ClassVar[int]
    BASIS_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    market: _boundary_pb2.Uuid
    yes_value: int
    basis: Basis
    revision: int
    def __init__(self, market: _Optional[_Union[_boundary_pb2.Uuid, _Mapping]] = ..., yes_value: _Optional[int] = ..., basis: _Optional[_Union[Basis, str]] = ..., revision: _Optional[int] = ...) -> None: ...

class Reversal(_message.Message):
    __slots__ = ("reverses", "account", "market", "side", "quantity", "amount", "fee")
    REVERSES_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    MARKET_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    FEE_FIELD_NUMBER: _ClassVar[int]
    reverses: int
    account: _boundary_pb2.Uuid
    market: _boundary_pb2.Uuid
    side: _boundary_pb2.Side
    quantity: int
    amount: int
    fee: int
    def __init__(self, reverses: _Optional[int] = ..., account: _Optional[_Union[_boundary_pb2.Uuid, _Mapping]] = ..., market: _Optional[_Union[_boundary_pb2.Uuid, _Mapping]] = ..., side: _Optional[_Union[_boundary_pb2.Side, str]] = ..., quantity: _Optional[int] = ..., amount: _Optional[int] = ..., fee: _Optional[int] = ...) -> None: ...

class StatementTotals(_message.Message):
    __slots__ = ("cost_of_buys", "proceeds", "fees", "payouts", "reversed_costs", "reversed_proceeds", "reversed_fees", "reversed_payouts")
    COST_OF_BUYS_FIELD_NUMBER: _ClassVar[int]
    PROCEEDS_FIELD_NUMBER: _ClassVar[int]
    FEES_FIELD_NUMBER: _ClassVar[int]
    PAYOUTS_FIELD_NUMBER: _ClassVar[int]
    REVERSED_COSTS_FIELD_NUMBER: _ClassVar[int]
    REVERSED_PROCEEDS_FIELD_NUMBER: _ClassVar[int]
    REVERSED_FEES_FIELD_NUMBER: _ClassVar[int]
    REVERSED_PAYOUTS_FIELD_NUMBER: _ClassVar[int]
    cost_of_buys: int
    proceeds: int
    fees: int
    payouts: int
    reversed_costs: int
    reversed_proceeds: int
    reversed_fees: int
    reversed_payouts: int
    def __init__(self, cost_of_buys: _Optional[int] = ..., proceeds: _Optional[int] = ..., fees: _Optional[int] = ..., payouts: _Optional[int] = ..., reversed_costs: _Optional[int] = ..., reversed_proceeds: _Optional[int] = ..., reversed_fees: _Optional[int] = ..., reversed_payouts: _Optional[int] = ...) -> None: ...

class Standing(_message.Message):
    __slots__ = ("prefund", "settled")
    PREFUND_FIELD_NUMBER: _ClassVar[int]
    SETTLED_FIELD_NUMBER: _ClassVar[int]
    prefund: int
    settled: int
    def __init__(self, prefund: _Optional[int] = ..., settled: _Optional[int] = ...) -> None: ...

class GetStatementResponse(_message.Message):
    __slots__ = ("totals", "lines", "more", "standing")
    TOTALS_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    MORE_FIELD_NUMBER: _ClassVar[int]
    STANDING_FIELD_NUMBER: _ClassVar[int]
    totals: StatementTotals
    lines: _containers.RepeatedCompositeFieldContainer[_boundary_pb2.StatementLine]
    more: bool
    standing: Standing
    def __init__(self, totals: _Optional[_Union[StatementTotals, _Mapping]] = ..., lines: _Optional[_Iterable[_Union[_boundary_pb2.StatementLine, _Mapping]]] = ..., more: _Optional[bool] = ..., standing: _Optional[_Union[Standing, _Mapping]] = ...) -> None: ...

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
    settlement: _boundary_pb2.Uuid
    tenant: _boundary_pb2.Uuid
    after_sequence: int
    to_sequence: int
    direction: _boundary_pb2.Direction
    amount: int
    totals: StatementTotals
    digest: _boundary_pb2.Digest
    def __init__(self, settlement: _Optional[_Union[_boundary_pb2.Uuid, _Mapping]] = ..., tenant: _Optional[_Union[_boundary_pb2.Uuid, _Mapping]] = ..., after_sequence: _Optional[int] = ..., to_sequence: _Optional[int] = ..., direction: _Optional[_Union[_boundary_pb2.Direction, str]] = ..., amount: _Optional[int] = ..., totals: _Optional[_Union[StatementTotals, _Mapping]] = ..., digest: _Optional[_Union[_boundary_pb2.Digest, _Mapping]] = ...) -> None: ...

class ConfirmSettlementResponse(_message.Message):
    __slots__ = ("outcome", "totals")
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    TOTALS_FIELD_NUMBER: _ClassVar[int]
    outcome: _boundary_pb2.ConfirmSettlementResponse.Outcome
    totals: StatementTotals
    def __init__(self, outcome: _Optional[_Union[_boundary_pb2.ConfirmSettlementResponse.Outcome, str]] = ..., totals: _Optional[_Union[StatementTotals, _Mapping]] = ...) -> None: ...
