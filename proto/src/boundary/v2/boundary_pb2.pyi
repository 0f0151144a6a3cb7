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
    fill: _boundary_pb2.FillShare
    final: _boundary_pb2.Final
    not_pooled: NotPooled
    resolution: _boundary_pb2.Resolution
    payout: _boundary_pb2.Payout
    settlement_fee: _boundary_pb2.SettlementFee
    def __init__(self, sequence: _Optional[int] = ..., recorded_at: _Optional[int] = ..., fill: _Optional[_Union[_boundary_pb2.FillShare, _Mapping]] = ..., final: _Optional[_Union[_boundary_pb2.Final, _Mapping]] = ..., not_pooled: _Optional[_Union[NotPooled, _Mapping]] = ..., resolution: _Optional[_Union[_boundary_pb2.Resolution, _Mapping]] = ..., payout: _Optional[_Union[_boundary_pb2.Payout, _Mapping]] = ..., settlement_fee: _Optional[_Union[_boundary_pb2.SettlementFee, _Mapping]] = ...) -> None: ...

class NotPooled(_message.Message):
    __slots__ = ("intent", "reason")
    INTENT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    intent: _boundary_pb2.Uuid
    reason: Reason
    def __init__(self, intent: _Optional[_Union[_boundary_pb2.Uuid, _Mapping]] = ..., reason: _Optional[_Union[Reason, str]] = ...) -> None: ...
