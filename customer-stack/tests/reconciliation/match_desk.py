"""A teller whose bank sends statements, and who matches them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from customer_stack.access.domain import Officer
from customer_stack.cards.service.settling import SettlementRequest, SettlementsService
from customer_stack.payouts.domain.answers import PayoutAnswer, PayoutState
from customer_stack.reconciliation.service.breaks import BreakDesk, Filters
from customer_stack.reconciliation.service.matching import Incoming, MatchingService
from customer_stack.working_days.domain import COLOMBO

from ..bank_files.conftest import ACCOUNT  # noqa: TID252 - test folders are no packages
from ..payouts.teller import IDS, Teller  # noqa: TID252 - test folders are no packages

HEAD = "Value Date,Narration,Bank Reference,Batch,Debit,Credit,Balance"


class Desk:
    """A teller whose bank sends statements."""

    def __init__(self, teller: Teller) -> None:
        self.teller, self.clock = teller, teller.clock
        app = teller.database.app
        self.matching = MatchingService(app, teller.tenants, self.clock, IDS, usd_account=ACCOUNT)
        self.breaks = BreakDesk(app, self.clock)
        self.officer = Officer(teller.tenant, IDS.new())
        self.today = self.clock.now().astimezone(COLOMBO).date()

    def statement(self, *lines: tuple[str, int], before: int = 2, batch: str = "") -> bytes:
        """Return a statement of a day as the bank writes it."""
        rows, balance = [HEAD], 0
        day = (self.today - timedelta(days=before)).strftime("%d/%m/%Y")
        for reference, amount in lines:
            balance += amount
            money = f'"{abs(amount) // 100:,}.{abs(amount) % 100:02d}"'
            sides = f",{money}" if amount > 0 else f"{money},"
            name = batch if reference.startswith("PART") else ""
            rows.append(
                f'{day},"CEFT, N PERERA",{reference},{name},{sides},{balance // 100}.{balance % 100:02d}'
            )
        return "\n".join(rows).encode()

    async def keep(
        self,
        raw: bytes,
        source: str = "bank-lkr",
        bank: str = "colombo-current-account",
        replaces: UUID | None = None,
    ) -> Any:
        incoming = Incoming(source, self.teller.department, bank, replaces)
        return await self.matching.import_statement(self.officer, incoming, raw)

    async def match(self, source: str = "bank-lkr") -> Any:
        return await self.matching.match(self.officer, (source, self.teller.department), self.today)

    async def hear_payout(self, payout_id: UUID) -> None:
        raise AssertionError(f"no file here says anything of {payout_id}")

    async def open_breaks(self) -> list[Any]:
        found = await self.breaks.list_breaks(self.officer, Filters(is_open=True), None, 50)
        return list(reversed(found))


async def open_desk(customer_database: Any) -> Desk:
    """Return a desk five days after some deposits, a payout and a settlement of cards."""
    teller = await Teller(customer_database).open_for_business()
    made = Desk(teller)
    # What follows was posted five days ago; the day that is matched is today.
    await teller.deposit("30000.00", "BOC-331")
    await teller.wait_with("12500.00", "BOC-332")
    withdrawal = await teller.withdraw_lkr(5_100_00)
    await teller.answer(withdrawal, PayoutAnswer(PayoutState.PAID, "OUT-77"))
    settlements = SettlementsService(
        teller.database.app, "sandbox-acquirer", "sandbox-bank", teller.clock, IDS
    )
    claim = teller.claim("settle", "settle", teller.department)
    await settlements.settle(SettlementRequest(teller.tenant, "staff:1", claim, "ACQ-9", 60_000_00, 1_800_00))
    teller.clock.advance(timedelta(days=5))
    made.today = teller.clock.now().astimezone(COLOMBO).date()
    return made
