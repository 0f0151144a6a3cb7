"""The files of a release: the order or the claim, the schedule, and a cover that names them by hash.

A pain.001 is validated against the schema that ISO 20022 publishes, by a parser that did not write it,
before anybody can fetch it. CPU work: call it in a thread.

Guaranteed: what a bank gets is valid; the cover names every other file of the release by its SHA-256.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Final

from lxml import etree

from customer_stack.paper.blocks import Align, Column
from customer_stack.paper.document import Frame, Paper
from customer_stack.settlement.domain.instruction import Direction, Line, export_lines
from customer_stack.settlement.domain.orders import Order, build_claim, build_pain001
from customer_stack.settlement.domain.states import Settlement
from shared.errors import invariant
from shared.money import USD_SCALE, format_minor

COVER_LINES: Final = 40
"""Customers that the cover lists itself; the schedule has them all."""


class FileKind(StrEnum):
    """Which file it is. The members of the database type settlement_file_kind."""

    PAIN001 = "pain001"
    CLAIM = "claim"
    SCHEDULE = "schedule"
    COVER = "cover"


@dataclass(frozen=True, slots=True)
class ReleaseFile:
    """A file's bytes and their digest."""

    kind: FileKind
    content: bytes

    @property
    def digest(self) -> bytes:
        """Return the SHA-256 digest of the bytes."""
        return hashlib.sha256(self.content).digest()


@cache
def _load_schema() -> etree.XMLSchema:
    name = "pain.001.001.09.xsd"
    raw = resources.files("customer_stack.settlement").joinpath("iso20022", name).read_bytes()
    return etree.XMLSchema(etree.fromstring(raw, _parser()))


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)


def find_faults(raw: bytes) -> tuple[str, ...]:
    """Return what the published schema finds wrong with a pain.001.001.09; nothing for a valid one."""
    try:
        document = etree.fromstring(raw, _parser())
    except etree.XMLSyntaxError as error:
        return (str(error.msg),)
    schema = _load_schema()
    if schema.validate(document):
        return ()
    return tuple(f"line {each.line}: {each.message}" for each in schema.error_log)


def make_files(
    settlement: Settlement, lines: Sequence[Line], order: Order, operator: str
) -> tuple[ReleaseFile, ...]:
    """Return the files of a release, the cover last."""
    paying = settlement.instruction.direction is Direction.PAY
    first = (
        ReleaseFile(FileKind.PAIN001, build_pain001(order))
        if paying
        else ReleaseFile(FileKind.CLAIM, build_claim(order))
    )
    if paying:
        faults = find_faults(first.content)
        invariant(not faults, f"a payment file is valid before it leaves: {'; '.join(faults[:3])}")
    schedule = ReleaseFile(FileKind.SCHEDULE, export_lines(lines))
    cover = ReleaseFile(FileKind.COVER, draw_cover(settlement, lines, order, operator, (first, schedule)))
    return first, schedule, cover


def draw_cover(
    settlement: Settlement,
    lines: Sequence[Line],
    order: Order,
    operator: str,
    files: Sequence[ReleaseFile],
) -> bytes:
    """Return the cover as PDF: who pays whom what for, how it came about, which files go with it."""
    instruction, route = settlement.instruction, order.route
    paying = instruction.direction is Direction.PAY
    payer, payee = (route.ours, route.theirs) if paying else (route.theirs, route.ours)
    paper = Paper(
        Frame(
            operator=operator,
            title="Settlement",
            subtitle=f"USD {order.amount}, {order.reports}",
            issued=order.made_at.strftime("%Y-%m-%d %H:%M UTC"),
            foot=(f"Settlement {instruction.id}", f"Instruction SHA-256 {settlement.digest.hex()}"),
        )
    )
    paper.heading("Payment")
    paper.facts(
        (
            ("Payer", f"{payer.name}, {payer.number}, {payer.bic}"),
            ("Payee", f"{payee.name}, {payee.number}, {payee.bic}"),
            ("Amount", f"USD {order.amount}"),
            ("Purpose", f"{order.purpose.code} ({order.purpose.iso_code}): {order.purpose.name}"),
            ("Reference", order.reference),
            ("Pay on", order.pay_on.isoformat()),
        )
    )
    paper.heading("How it came about")
    paper.facts(
        (
            ("Owed at the cut", _usd(instruction.owed)),
            ("Stays owed", _usd(instruction.remainder)),
            ("Proposed by", f"{instruction.proposed_by} at {instruction.proposed_at:%Y-%m-%d %H:%M} UTC"),
            ("Approved by", f"{settlement.decided_by} at {settlement.decided_at:%Y-%m-%d %H:%M} UTC"),
            ("Proof of the approval", (settlement.proof or "").replace("_", " ")),
        )
    )
    totals = instruction.totals
    columns = [Column("Customer", 4), *(Column(name, 2, Align.RIGHT) for name in _COLUMNS)]
    shown = [(str(line.customer_id), *_row(line)) for line in lines[:COVER_LINES]]
    paper.heading("Who it is made of")
    if len(lines) > COVER_LINES:
        paper.paragraph(f"The first {COVER_LINES} of {len(lines)} customers; the schedule has them all.")
    paper.table(columns, [*shown, ("All customers", *_row(Line(instruction.id, totals)))], has_total=True)
    paper.heading("Files")
    paper.table(
        [Column("File", 2), Column("Bytes", 1, Align.RIGHT), Column("SHA-256", 7)],
        [(each.kind.value, str(len(each.content)), each.digest.hex()) for each in files],
    )
    return paper.to_pdf()


_COLUMNS: Final = ("Buys", "Proceeds", "Fees", "Payouts", "Taken back", "Net")


def _row(line: Line) -> tuple[str, ...]:
    totals = line.totals
    told = totals.cost_of_buys - totals.proceeds + totals.fees - totals.payouts
    return tuple(
        _usd(amount)
        for amount in (
            totals.cost_of_buys,
            totals.proceeds,
            totals.fees,
            totals.payouts,
            told - totals.net,
            totals.net,
        )
    )


def _usd(minor: int) -> str:
    return format_minor(minor, USD_SCALE)
