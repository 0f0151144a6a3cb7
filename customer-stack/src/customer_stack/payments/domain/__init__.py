"""Rules of payments: what becomes of a pay-in, who bears what is taken back, how suspense is cleared."""

from customer_stack.payments.domain.pay_ins import (
    GATEWAYS,
    NEXT_STEPS,
    OUTCOME_OF,
    Notice,
    PayIn,
    PayInOutcome,
    PayInReason,
    PayInStanding,
    Sources,
    Statement,
    StatementEntry,
    TakeBack,
    build_receipt,
    build_take_back,
    decide_pay_in,
    decide_take_back,
)

__all__ = [
    "GATEWAYS",
    "NEXT_STEPS",
    "OUTCOME_OF",
    "Notice",
    "PayIn",
    "PayInOutcome",
    "PayInReason",
    "PayInStanding",
    "Sources",
    "Statement",
    "StatementEntry",
    "TakeBack",
    "build_receipt",
    "build_take_back",
    "decide_pay_in",
    "decide_take_back",
]
