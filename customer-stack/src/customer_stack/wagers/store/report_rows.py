"""Reports as rows of wager_report, and back."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final as Constant
from uuid import UUID

import asyncpg

from customer_stack.boundary_client.domain import (
    Action,
    Basis,
    FillShare,
    Final,
    NotPooled,
    Payout,
    Reason,
    Report,
    Resolution,
    Reversal,
    SettlementFee,
    Side,
)
from customer_stack.wagers.domain.page import Owner
from customer_stack.wagers.domain.reports import Wager
from shared.ids import HOUSE_TENANT

BIGINT_MAX: Constant = 2**63 - 1
INTEGER_MAX: Constant = 2**31 - 1


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One row of wager_report."""

    tenant_id: UUID
    sequence: int
    recorded_at: datetime
    kind: str
    account_id: UUID | None = None
    customer_id: UUID | None = None
    wager_id: UUID | None = None
    market_id: UUID | None = None
    window_id: UUID | None = None
    side: Side | None = None
    action: Action | None = None
    quantity: int = 0
    cost: int = 0
    fee: int = 0
    amount: int = 0
    yes_value: int | None = None
    reason: Reason | None = None
    manifest: bytes | None = None
    reverses: int | None = None
    revision: int | None = None
    basis: Basis | None = None


def to_row(report: Report, account_id: UUID | None, owner: Owner | None, wager: Wager | None) -> ReportRow:
    """Return the row of a report; `wager` is of its fill, or of the fill that a reversal names.

    What belongs to no customer of ours stands under the house's tenant.

    A number beyond its column is kept as the largest that fits: either is beyond every wager, position and
    payout of ours, so the report is a break, and stays one when it is read again.
    """
    tenant_id = owner.tenant_id if owner else HOUSE_TENANT
    customer_id = owner.customer_id if owner else None
    sequence, at = report.sequence, report.recorded_at
    match report:
        case FillShare():
            return ReportRow(
                tenant_id,
                sequence,
                at,
                "fill",
                account_id,
                customer_id,
                report.intent_id,
                report.market_id,
                report.window_id,
                wager.side if wager else None,
                wager.action if wager else None,
                quantity=min(report.quantity, BIGINT_MAX),
                cost=min(report.cost, BIGINT_MAX),
                fee=min(report.fee, BIGINT_MAX),
                manifest=report.manifest,
            )
        case Final():
            return ReportRow(
                tenant_id,
                sequence,
                at,
                "final",
                account_id,
                customer_id,
                report.intent_id,
                quantity=min(report.filled, BIGINT_MAX),
            )
        case NotPooled():
            return ReportRow(
                tenant_id,
                sequence,
                at,
                "not_pooled",
                account_id,
                customer_id,
                report.intent_id,
                reason=report.reason,
            )
        case Resolution():
            return ReportRow(
                tenant_id,
                sequence,
                at,
                "resolution",
                market_id=report.market_id,
                yes_value=min(report.yes_value, INTEGER_MAX),
                revision=min(report.revision, INTEGER_MAX),
                basis=report.basis,
            )
        case _:
            return _money_row(report, tenant_id, customer_id, wager)


def _money_row(
    report: Payout | SettlementFee | Reversal,
    tenant_id: UUID,
    customer_id: UUID | None,
    wager: Wager | None,
) -> ReportRow:
    """Return the row of what moves money without an intent. Of a reversal: a fill's cost is its cost."""
    row = ReportRow(
        tenant_id,
        report.sequence,
        report.recorded_at,
        "settlement_fee",
        report.account_id,
        customer_id,
        market_id=report.market_id,
    )
    amount = min(report.amount, BIGINT_MAX)
    match report:
        case Payout():
            quantity = min(report.quantity, BIGINT_MAX)
            return replace(row, kind="payout", side=report.side, quantity=quantity, amount=amount)
        case SettlementFee():
            return replace(row, fee=amount)
        case Reversal():
            return replace(
                row,
                kind="reversal",
                wager_id=wager.id if wager else None,
                side=report.side,
                action=wager.action if wager else None,
                quantity=min(report.quantity, BIGINT_MAX),
                cost=amount if wager else 0,
                fee=min(report.fee, BIGINT_MAX),
                amount=0 if wager else amount,
                reverses=min(report.reverses, BIGINT_MAX),
            )


def from_row(row: asyncpg.Record) -> Report:
    """Return the report that a row keeps."""
    sequence, at = row["sequence"], row["recorded_at"]
    match row["kind"]:
        case "fill":
            return FillShare(
                sequence,
                at,
                row["wager_id"],
                row["account_id"],
                row["market_id"],
                row["window_id"],
                row["quantity"],
                row["cost"],
                row["fee"],
                row["manifest"],
            )
        case "final":
            return Final(sequence, at, row["wager_id"], row["quantity"])
        case "not_pooled":
            return NotPooled(sequence, at, row["wager_id"], Reason(row["reason"]))
        case "resolution":
            basis = Basis(row["basis"] or Basis.VALUE)
            return Resolution(sequence, at, row["market_id"], row["yes_value"], basis, row["revision"] or 1)
        case "reversal":
            return Reversal(
                sequence,
                at,
                row["reverses"],
                row["account_id"],
                row["market_id"],
                None if row["side"] is None else Side(row["side"]),
                row["quantity"],
                row["cost"] + row["amount"],
                row["fee"],
            )
        case _:
            return _money_report(row)


def _money_report(row: asyncpg.Record) -> Payout | SettlementFee | Reversal:
    sequence, at, account_id, market_id = (
        row["sequence"],
        row["recorded_at"],
        row["account_id"],
        row["market_id"],
    )
    side = None if row["side"] is None else Side(row["side"])
    match row["kind"]:
        case "payout":
            return Payout(
                sequence, at, account_id, market_id, Side(row["side"]), row["quantity"], row["amount"]
            )
        case "reversal":
            amount = row["cost"] + row["amount"]
            numbers = (row["quantity"], amount, row["fee"])
            return Reversal(sequence, at, row["reverses"], account_id, market_id, side, *numbers)
        case _:
            return SettlementFee(sequence, at, account_id, market_id, row["fee"])
