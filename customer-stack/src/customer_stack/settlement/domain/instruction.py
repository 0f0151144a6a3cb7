"""What is owed at a cut, and the instruction that clears it. Pure.

Money flows, section 8: paid is what is owed by obligations at a report sequence, truncated toward zero
to whole cents; the remainder stays owed and enters the next period. USD in micro-dollars.

Guaranteed: the digest binds every field; an instruction never pays more than is owed.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from customer_stack.settlement.errors import LedgerDiffers, NothingToSettle

CENT: Final = 10_000
"""One cent in micro-dollars."""


class Direction(StrEnum):
    """Who pays: `pay` from us to execution, `receive` from execution to us."""

    PAY = "pay"
    RECEIVE = "receive"


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums of one party or a whole tenant over a time, all positive."""

    cost_of_buys: int = 0
    proceeds: int = 0
    fees: int = 0
    payouts: int = 0
    reversed_costs: int = 0
    reversed_proceeds: int = 0
    reversed_fees: int = 0
    reversed_payouts: int = 0

    @property
    def net(self) -> int:
        """Return what these sums make us owe: what was taken back is owed no more."""
        told = self.cost_of_buys - self.proceeds + self.fees - self.payouts
        taken_back = self.reversed_costs - self.reversed_proceeds + self.reversed_fees - self.reversed_payouts
        return told - taken_back

    @property
    def has_reversals(self) -> bool:
        """Tell whether something was taken back."""
        return any((self.reversed_costs, self.reversed_proceeds, self.reversed_fees, self.reversed_payouts))

    def __add__(self, other: "Totals") -> "Totals":
        """Return both together."""
        return Totals(
            self.cost_of_buys + other.cost_of_buys,
            self.proceeds + other.proceeds,
            self.fees + other.fees,
            self.payouts + other.payouts,
            self.reversed_costs + other.reversed_costs,
            self.reversed_proceeds + other.reversed_proceeds,
            self.reversed_fees + other.reversed_fees,
            self.reversed_payouts + other.reversed_payouts,
        )


@dataclass(frozen=True, slots=True)
class Line:
    """One customer's sums of the period."""

    customer_id: UUID
    totals: Totals


@dataclass(frozen=True, slots=True)
class Cut:
    """A period's reports by customer, and what the ledger says is owed at its end.

    `owed`: `execution` USD and `exchange_fees` over the tenant's customers, plus `settled`; negative when
    execution owes us.
    """

    sequence: int
    lines: tuple[Line, ...]
    owed: int


@dataclass(frozen=True, slots=True)
class BankAccount:
    """An account as its bank knows it: the holder's name, the number, the bank's BIC."""

    name: str
    number: str
    bic: str


@dataclass(frozen=True, slots=True)
class Route:
    """Between which accounts the money goes: ours in USD, and execution's."""

    ours: BankAccount
    theirs: BankAccount

    def document(self) -> dict[str, dict[str, str]]:
        """Return the route as it stands in the instruction."""
        return {
            side: {"name": account.name, "number": account.number, "bic": account.bic}
            for side, account in (("ours", self.ours), ("theirs", self.theirs))
        }


@dataclass(frozen=True, slots=True)
class Instruction:
    """One payment, complete: what the proposer proposes, execution agrees to and the approver approves."""

    id: UUID
    tenant_id: UUID
    department_id: UUID
    after_sequence: int
    to_sequence: int
    direction: Direction
    purpose_code: str
    amount: int
    owed: int
    totals: Totals
    lines_digest: str
    proposed_by: UUID
    proposed_at: datetime
    valid_until: datetime
    route: Route | None = None

    def canonical(self) -> bytes:
        """Return the bytes whose digest is approved: JSON by RFC 8785 (sorted keys, ASCII, integers).

        With a route it is of the third format; without one, a period in which something was taken back is
        of the second. Older instructions keep their digests.
        """
        return json.dumps(
            self._extras()
            | {
                "format": f"bulkhead.settlement.v{self._version}",
                "settlement": str(self.id),
                "tenant": str(self.tenant_id),
                "department": str(self.department_id),
                "after_sequence": self.after_sequence,
                "to_sequence": self.to_sequence,
                "direction": self.direction.value,
                "purpose_code": self.purpose_code,
                "currency": "USD",
                "amount_micro": self.amount,
                "owed_micro": self.owed,
                "cost_of_buys_micro": self.totals.cost_of_buys,
                "proceeds_micro": self.totals.proceeds,
                "fees_micro": self.totals.fees,
                "payouts_micro": self.totals.payouts,
                "lines_sha256": self.lines_digest,
                "proposed_by": str(self.proposed_by),
                "proposed_at": self.proposed_at.isoformat(),
                "valid_until": self.valid_until.isoformat(),
            },
            sort_keys=True,
            separators=(",", ":"),
        ).encode("ascii")

    @property
    def _version(self) -> int:
        if self.route is not None:
            return 3
        return 2 if self.totals.has_reversals else 1

    def _extras(self) -> dict[str, object]:
        totals, route = self.totals, self.route
        if route is None and not totals.has_reversals:
            return {}
        return ({} if route is None else {"route": route.document()}) | {
            "reversed_costs_micro": totals.reversed_costs,
            "reversed_proceeds_micro": totals.reversed_proceeds,
            "reversed_fees_micro": totals.reversed_fees,
            "reversed_payouts_micro": totals.reversed_payouts,
        }

    @property
    def digest(self) -> bytes:
        """Return SHA-256 of the canonical bytes."""
        return hashlib.sha256(self.canonical()).digest()

    @property
    def signed(self) -> int:
        """Return what the payment clears: plus when we pay."""
        return self.amount if self.direction is Direction.PAY else -self.amount

    @property
    def remainder(self) -> int:
        """Return what stays owed after the payment, less than a cent either way."""
        return self.owed - self.signed


@dataclass(frozen=True, slots=True)
class Proposal:
    """Who proposes, for whom, what for (a code of the payment), with which life."""

    id: UUID
    tenant_id: UUID
    department_id: UUID
    purpose_code: str
    proposed_by: UUID
    proposed_at: datetime
    valid_until: datetime
    route: Route | None = None


@dataclass(frozen=True, slots=True)
class Previous:
    """Where the last settlement that stands ended, and what it left owed.

    `remainder` also holds what is owed again: payments that came back, or arrived short, since its cut.
    """

    sequence: int = 0
    remainder: int = 0


def sort_lines(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Return lines in customer order; customers without anything are left out."""
    wanted = (line for line in lines if line.totals != Totals())
    return tuple(sorted(wanted, key=lambda line: line.customer_id))


def digest_lines(lines: Sequence[Line]) -> str:
    """Return SHA-256 (hex) of the period's lines, exactly as the export writes them."""
    return hashlib.sha256(export_lines(lines)).hexdigest()


def export_lines(lines: Sequence[Line]) -> bytes:
    """Return the period's lines as CSV in micro-dollars: one customer per line, then nothing else.

    Four columns for what was taken back stand there when something was: an older file keeps its digest.
    """
    wide = any(line.totals.has_reversals for line in lines)
    names = ["customer", *(f"{name}_micro" for name in (*_TOLD, *(_TAKEN_BACK if wide else ()), "net"))]
    rows = [",".join(names)] + [
        ",".join(
            [
                str(line.customer_id),
                *(str(getattr(line.totals, name.removesuffix("_micro"))) for name in names[1:]),
            ]
        )
        for line in lines
    ]
    return ("\n".join(rows) + "\n").encode("ascii")


_TOLD: Final = ("cost_of_buys", "proceeds", "fees", "payouts")
_TAKEN_BACK: Final = ("reversed_costs", "reversed_proceeds", "reversed_fees", "reversed_payouts")


def decide_instruction(proposal: Proposal, cut: Cut, previous: Previous) -> Instruction:
    """Return the instruction that clears what is owed at `cut`. Raises LedgerDiffers, NothingToSettle."""
    lines = sort_lines(cut.lines)
    totals = sum((line.totals for line in lines), Totals())
    if cut.owed != totals.net + previous.remainder:
        raise LedgerDiffers("Reports wait behind a break, or the ledger differs from them. Clear that first.")
    amount = abs(cut.owed) // CENT * CENT
    if amount == 0:
        raise NothingToSettle("Less than a cent is owed. Propose a settlement after the next trades.")
    return Instruction(
        id=proposal.id,
        tenant_id=proposal.tenant_id,
        department_id=proposal.department_id,
        after_sequence=previous.sequence,
        to_sequence=cut.sequence,
        direction=Direction.PAY if cut.owed > 0 else Direction.RECEIVE,
        purpose_code=proposal.purpose_code,
        amount=amount,
        owed=cut.owed,
        totals=totals,
        lines_digest=digest_lines(lines),
        proposed_by=proposal.proposed_by,
        proposed_at=proposal.proposed_at,
        valid_until=proposal.valid_until,
        route=proposal.route,
    )
