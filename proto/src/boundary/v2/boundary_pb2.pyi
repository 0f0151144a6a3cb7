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

class Signature(_message.Message):
    __slots__ = ("a", "b", "c", "d", "e", "f", "g", "h")
    A_FIELD_NUMBER: _ClassVar[int]
    B_FIELD_NUMBER: _ClassVar[int]
    C_FIELD_NUMBER: _ClassVar[int]
    D_FIELD_NUMBER: _ClassVar[int]
    E_FIELD_NUMBER: _ClassVar[int]
    F_FIELD_NUMBER: _ClassVar[int]
    G_FIELD_NUMBER: _ClassVar[int]
    H_FIELD_NUMBER: _ClassVar[int]
    a: int
    b: int
    c: int
    d: int
    e: int
    f: int
    g: int
    h: int
    def __init__(self, a: _Optional[int] = ..., b: _Optional[int] = ..., c: _Optional[int] = ..., d: _Optional[int] = ..., e: _Optional[int] = ..., f: _Optional[int] = ..., g: _Optional[int] = ..., h: _Optional[int] = ...) -> None: ...

class Node(_message.Message):
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

class Checkpoint(_message.Message):
    __slots__ = ("epoch", "size", "root", "signature")
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    ROOT_FIELD_NUMBER: _ClassVar[int]
    SIGNATURE_FIELD_NUMBER: _ClassVar[int]
    epoch: int
    size: int
    root: _boundary_pb2.Digest
    signature: Signature
    def __init__(self, epoch: _Optional[int] = ..., size: _Optional[int] = ..., root: _Optional[_Union[_boundary_pb2.Digest, _Mapping]] = ..., signature: _Optional[_Union[Signature, _Mapping]] = ...) -> None: ...

class Offer(_message.Message):
    __slots__ = ("checkpoint", "old_size", "proof")
    CHECKPOINT_FIELD_NUMBER: _ClassVar[int]
    OLD_SIZE_FIELD_NUMBER: _ClassVar[int]
    PROOF_FIELD_NUMBER: _ClassVar[int]
    checkpoint: Checkpoint
    old_size: int
    proof: _containers.RepeatedCompositeFieldContainer[Node]
    def __init__(self, checkpoint: _Optional[_Union[Checkpoint, _Mapping]] = ..., old_size: _Optional[int] = ..., proof: _Optional[_Iterable[_Union[Node, _Mapping]]] = ...) -> None: ...

class Cosignature(_message.Message):
    __slots__ = ("epoch", "size", "signed_at", "signature")
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    SIGNED_AT_FIELD_NUMBER: _ClassVar[int]
    SIGNATURE_FIELD_NUMBER: _ClassVar[int]
    epoch: int
    size: int
    signed_at: int
    signature: Signature
    def __init__(self, epoch: _Optional[int] = ..., size: _Optional[int] = ..., signed_at: _Optional[int] = ..., signature: _Optional[_Union[Signature, _Mapping]] = ...) -> None: ...

class Held(_message.Message):
    __slots__ = ("epoch", "size")
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    epoch: int
    size: int
    def __init__(self, epoch: _Optional[int] = ..., size: _Optional[int] = ...) -> None: ...

class Finding(_message.Message):
    __slots__ = ("verdict",)
    VERDICT_FIELD_NUMBER: _ClassVar[int]
    verdict: ExchangeCheckpointsResponse.Verdict
    def __init__(self, verdict: _Optional[_Union[ExchangeCheckpointsResponse.Verdict, str]] = ...) -> None: ...

class ExchangeCheckpointsRequest(_message.Message):
    __slots__ = ("offer", "cosignature", "held", "finding")
    OFFER_FIELD_NUMBER: _ClassVar[int]
    COSIGNATURE_FIELD_NUMBER: _ClassVar[int]
    HELD_FIELD_NUMBER: _ClassVar[int]
    FINDING_FIELD_NUMBER: _ClassVar[int]
    offer: Offer
    cosignature: Cosignature
    held: Held
    finding: Finding
    def __init__(self, offer: _Optional[_Union[Offer, _Mapping]] = ..., cosignature: _Optional[_Union[Cosignature, _Mapping]] = ..., held: _Optional[_Union[Held, _Mapping]] = ..., finding: _Optional[_Union[Finding, _Mapping]] = ...) -> None: ...

class ExchangeCheckpointsResponse(_message.Message):
    __slots__ = ("verdict", "held", "cosignature", "offer")
    class Verdict(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        VERDICT_UNSPECIFIED: _ClassVar[ExchangeCheckpointsResponse.Verdict]
        VERDICT_NOTHING_OFFERED: _ClassVar[ExchangeCheckpointsResponse.Verdict]
        VERDICT_COSIGNED: _ClassVar[ExchangeCheckpointsResponse.Verdict]
        VERDICT_WRONG_OLD_SIZE: _ClassVar[ExchangeCheckpointsResponse.Verdict]
        VERDICT_INCONSISTENT: _ClassVar[ExchangeCheckpointsResponse.Verdict]
        VERDICT_UNKNOWN_EPOCH: _ClassVar[ExchangeCheckpointsResponse.Verdict]
        VERDICT_BAD_SIGNATURE: _ClassVar[ExchangeCheckpointsResponse.Verdict]
    VERDICT_UNSPECIFIED: ExchangeCheckpointsResponse.Verdict
    VERDICT_NOTHING_OFFERED: ExchangeCheckpointsResponse.Verdict
    VERDICT_COSIGNED: ExchangeCheckpointsResponse.Verdict
    VERDICT_WRONG_OLD_SIZE: ExchangeCheckpointsResponse.Verdict
    VERDICT_INCONSISTENT: ExchangeCheckpointsResponse.Verdict
    VERDICT_UNKNOWN_EPOCH: ExchangeCheckpointsResponse.Verdict
    VERDICT_BAD_SIGNATURE: ExchangeCheckpointsResponse.Verdict
    VERDICT_FIELD_NUMBER: _ClassVar[int]
    HELD_FIELD_NUMBER: _ClassVar[int]
    COSIGNATURE_FIELD_NUMBER: _ClassVar[int]
    OFFER_FIELD_NUMBER: _ClassVar[int]
    verdict: ExchangeCheckpointsResponse.Verdict
    held: Held
    cosignature: Cosignature
    offer: Offer
    def __init__(self, verdict: _Optional[_Union[ExchangeCheckpointsResponse.Verdict, str]] = ..., held: _Optional[_Union[Held, _Mapping]] = ..., cosignature: _Optional[_Union[Cosignature, _Mapping]] = ..., offer: _Optional[_Union[Offer, _Mapping]] = ...) -> None: ...
