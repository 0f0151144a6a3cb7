"""Merge what the acquirer says into a charge: states, captures, refunds, chargebacks, and their postings.

Polling answers and webhooks both come here, each as one report in one transaction under the locks of the
customer's and the department's books. What is no news changes nothing.
"""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from customer_stack.cards.domain.charges import (
    CaptureReason,
    Charge,
    ChargeState,
    News,
    Refund,
    Standing,
    build_capture,
    build_chargeback,
    build_chargeback_won,
    build_refund,
    build_refund_release,
    decide_news,
    judge_capture,
)
from customer_stack.cards.domain.reports import (
    CardAnswer,
    ChargebackReport,
    ChargeReport,
    RefundAnswer,
    RefundState,
)
from customer_stack.cards.domain.views import CaptureRow
from customer_stack.cards.errors import ChargeNotFound
from customer_stack.cards.service import deals
from customer_stack.cards.service.counting import CardCounting, Told
from customer_stack.cards.service.gate import CardGate
from customer_stack.cards.store import charges as store
from customer_stack.cards.store import returns
from customer_stack.fx.service import close_overdue, load_quote_standing, use_quote
from customer_stack.ledger.domain import (
    Account,
    Amount,
    DealState,
    TransferKind,
    TransferSource,
    build_debt_clearance,
    decide_debt_clearance,
)
from customer_stack.ledger.service import advance_deals, load_debts, record_sources
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.errors import InvariantViolated, invariant
from shared.ids import Ids
from shared.ledger import store as ledger
from shared.ledger.domain import LKR, Balance, Movement

_NOT_ACTIVE = "customer_not_active"
_UNSAID = "not_said"


class ReportKeeping:
    """What becomes of reports."""

    def __init__(
        self, database: Database, gate: CardGate, counting: CardCounting, clock: Clock, ids: Ids
    ) -> None:
        """Post to `database`; `gate` says whose money may be converted, `counting` is told what moved."""
        self._database = database
        self._counting = counting
        self._gate = gate
        self._clock = clock
        self._ids = ids

    async def absorb(self, tenant_ids: tuple[UUID, ...], report: ChargeReport) -> bool:
        """Apply a report about a charge of one of the tenants; False when it says nothing new.

        Raises ChargeNotFound, ReportContradicts, ReportTooEarly.
        """
        async with self._database.transaction(*tenant_ids) as tx:
            charge = await store.find_charge(tx, report.charge_id)
            if charge is None:
                raise ChargeNotFound("There is no such charge. Compare the acquirer's records with ours.")
            await ledger.lock_books(tx, [charge.customer_id, charge.department_id])
            standing = (await store.load_standings(tx, [charge]))[charge.id]
            if report.charge.redirect_url and standing.state is ChargeState.CREATED:
                await store.set_redirect(tx, charge.id, report.charge.redirect_url)
            news = decide_news(standing, report)
            if news:
                await self._apply(tx, standing, report, news)
            return bool(news)

    async def _apply(self, tx: Transaction, standing: Standing, report: ChargeReport, news: News) -> None:
        charge, now = standing.charge, self._clock.now()
        told = Told(charge, now)
        for state in news.states:
            match state:
                case ChargeState.AUTHORISED:
                    await self._authorise(tx, standing, now)
                case ChargeState.DECLINED:
                    await self._decline(tx, standing, report.charge.reason or _UNSAID, now)
                case ChargeState.CAPTURED:
                    standing = await self._capture(tx, standing, report.charge, now)
                    told.captured(standing.captured)
                case ChargeState.CREATED:
                    raise InvariantViolated("nothing becomes created")
        for refund, answer in news.refunds:
            standing = await self._end_refund(tx, standing, refund, answer, now)
            if answer.state is RefundState.REFUNDED:
                told.refunded(refund.amount)
        known = {one.chargeback_id: (one.id, one.amount) for one in standing.chargebacks}
        for opened in news.opened:
            known[opened.chargeback_id] = (await self._charge_back(tx, charge, opened, now), opened.amount)
            told.charged_back(*known[opened.chargeback_id])
        for name in news.won:
            chargeback, amount = known[name]
            await self._win(tx, charge, chargeback, amount, now)
            told.won(chargeback, self._ids.new(), amount)
        await self._counting.count(tx, told)

    async def _authorise(self, tx: Transaction, standing: Standing, now: datetime) -> None:
        """Keep that the card's bank reserved; capture next, unless the customer may not transact any more.

        Then nothing is captured, and the reservation lapses at the card's bank.
        """
        charge = standing.charge
        await store.insert_step(tx, charge, standing.steps + 1, ChargeState.AUTHORISED, None, now)
        await deals.advance(tx, charge, DealState.AUTHORIZED, now)
        await deals.record(tx, charge, "charge_authorised", now, deals.provider_of(charge))
        if await self._gate.is_active(tx, charge.customer_id):
            await store.plan_task(tx, charge.id, now, anew=True)
        else:
            await self._decline(tx, replace(standing, steps=standing.steps + 1), _NOT_ACTIVE, now)

    async def _decline(self, tx: Transaction, standing: Standing, reason: str, now: datetime) -> None:
        charge = standing.charge
        await store.insert_step(tx, charge, standing.steps + 1, ChargeState.DECLINED, reason, now)
        await store.plan_task(tx, charge.id, None)
        await deals.advance(tx, charge, DealState.REVERSED, now)
        await deals.record(tx, charge, "charge_declined", now, deals.provider_of(charge), reason=reason)

    async def _capture(
        self, tx: Transaction, standing: Standing, answer: CardAnswer, now: datetime
    ) -> Standing:
        """Post what was taken from the card: debt first, then converted exactly as quoted, or it waits."""
        charge, movement_id, transfer_id = standing.charge, self._ids.new(), self._ids.new()
        invariant(answer.reference is not None, "a capture has the acquirer's reference")
        await close_overdue(tx, charge.department_id, self._clock)
        await ledger.post(tx, Movement((build_capture(charge, transfer_id, movement_id, now),)))
        place = (charge.tenant_id, charge.customer_id, transfer_id)
        source = TransferSource(
            *place, charge.provider, answer.reference, charge_id=str(charge.id), quote_id=charge.quote_id
        )
        await record_sources(tx, [source])
        cleared = await self._clear_debt(tx, charge, charge.amount, movement_id, now)
        is_active = await self._gate.is_active(tx, charge.customer_id)
        found = await load_quote_standing(tx, charge.customer_id, charge.quote_id)
        reason = judge_capture(
            found.quote, found.outcome, charge.amount, cleared=cleared, is_active=is_active, now=now
        )
        as_quoted = reason is CaptureReason.AS_QUOTED
        conversion = await use_quote(tx, found.quote, self._clock, self._ids) if as_quoted else None
        row = CaptureRow(
            tenant_id=charge.tenant_id,
            charge_id=charge.id,
            provider=charge.provider,
            reference=answer.reference or "",
            amount=charge.amount,
            debt_cleared=cleared,
            outcome="converted" if conversion else "waiting",
            reason=reason,
            conversion_id=conversion.id if conversion else None,
            movement_id=movement_id,
            at=now,
        )
        await store.insert_step(tx, charge, standing.steps + 1, ChargeState.CAPTURED, None, now)
        await store.insert_capture(tx, row)
        await store.plan_task(tx, charge.id, None)
        await deals.advance(tx, charge, DealState.SETTLED, now, movement_id)
        await self._record_capture(tx, charge, row)
        return replace(standing, state=ChargeState.CAPTURED, steps=standing.steps + 1, captured=charge.amount)

    async def _record_capture(self, tx: Transaction, charge: Charge, row: CaptureRow) -> None:
        await deals.record(
            tx,
            charge,
            "charge_captured",
            row.at,
            deals.provider_of(charge),
            reference=row.reference,
            lkr=row.amount,
            debt_cleared=row.debt_cleared,
            outcome=row.outcome,
            reason=row.reason.value,
            movement=str(row.movement_id),
        )

    async def _end_refund(
        self, tx: Transaction, standing: Standing, refund: Refund, answer: RefundAnswer, now: datetime
    ) -> Standing:
        """Post a refund that the acquirer made, or free the LKR of one that it refused."""
        charge, movement_id, transfer_id = standing.charge, self._ids.new(), self._ids.new()
        provider, done = deals.provider_of(charge), answer.state is RefundState.REFUNDED
        if done:
            await ledger.post(tx, build_refund(charge, refund, transfer_id, movement_id, now))
            place = (charge.tenant_id, charge.customer_id, transfer_id)
            await record_sources(tx, [TransferSource(*place, charge.provider, answer.reference)])
        else:
            await ledger.post(tx, build_refund_release(charge, refund))
            answer = replace(answer, reason=answer.reason or _UNSAID)
        moved = movement_id if done else None
        await returns.insert_refund_end(tx, charge.tenant_id, answer, moved, now)
        await store.plan_task(tx, refund.id, None)
        state = DealState.SETTLED if done else DealState.REVERSED
        steps = [deals.step(charge, refund.id, state, now, provider, moved)]
        ended = replace(refund, ended=answer.state)
        standing = replace(
            standing, refunds=tuple(ended if one.id == refund.id else one for one in standing.refunds)
        )
        if done and standing.refunded == standing.captured:
            steps.append(deals.step(charge, charge.id, DealState.REVERSED, now, provider, moved))
        await advance_deals(tx, steps)
        await deals.record(
            tx,
            charge,
            f"refund_{answer.state.value}",
            now,
            provider,
            refund=str(refund.id),
            lkr=refund.amount,
            reason=answer.reason,
            movement=str(moved) if moved else None,
        )
        return standing

    async def _charge_back(
        self, tx: Transaction, charge: Charge, report: ChargebackReport, now: datetime
    ) -> UUID:
        """Post what the cardholder's bank took back: from what waits, and the rest is a debt."""
        chargeback, movement_id = self._ids.new(), self._ids.new()
        available = (await _wallet(tx, charge)).available()
        movement, from_wallet = build_chargeback(
            charge, report.amount, available, movement_id, ids=self._ids, now=now
        )
        await ledger.post(tx, movement)
        first = movement.transfers[0].id
        place = (charge.tenant_id, charge.customer_id, first)
        await record_sources(tx, [TransferSource(*place, charge.provider, report.chargeback_id)])
        await returns.insert_chargeback(
            tx, charge, chargeback, report, from_wallet=from_wallet, movement_id=movement_id, at=now
        )
        provider = deals.provider_of(charge)
        item = replace(
            deals.build_item(charge, chargeback, TransferKind.CARD_CHARGEBACK, now, provider, self._ids),
            give=Amount(LKR, report.amount),
            movement_id=movement_id,
        )
        await deals.open_deal(tx, item, charge, DealState.CREATED, DealState.SETTLED)
        await deals.record(
            tx,
            charge,
            "charged_back",
            now,
            provider,
            chargeback=report.chargeback_id,
            lkr=report.amount,
            to_debt=report.amount - from_wallet,
            movement=str(movement_id),
        )
        return chargeback

    async def _win(
        self, tx: Transaction, charge: Charge, chargeback: UUID, amount: int, now: datetime
    ) -> None:
        """Post the money of a chargeback that was won; it clears the debt first."""
        movement_id = self._ids.new()
        transfer = build_chargeback_won(charge, amount, self._ids.new(), movement_id, now)
        await ledger.post(tx, Movement((transfer,)))
        cleared = await self._clear_debt(tx, charge, amount, movement_id, now)
        await returns.insert_chargeback_won(tx, charge.tenant_id, chargeback, cleared, movement_id, now)
        provider = deals.provider_of(charge)
        await advance_deals(
            tx, [deals.step(charge, chargeback, DealState.REVERSED, now, provider, movement_id)]
        )
        await deals.record(
            tx,
            charge,
            "chargeback_won",
            now,
            provider,
            lkr=amount,
            debt_cleared=cleared,
            movement=str(movement_id),
        )

    async def _clear_debt(
        self, tx: Transaction, charge: Charge, inflow: int, movement_id: UUID, now: datetime
    ) -> int:
        """Let an inflow pay what the customer owes in LKR. Returns how much it paid."""
        owed = (await load_debts(tx, [charge.customer_id])).get((charge.customer_id, LKR), 0)
        cleared = min(inflow, decide_debt_clearance(owed, await _wallet(tx, charge))) if owed else 0
        if cleared:
            transfer = build_debt_clearance(
                tenant_id=charge.tenant_id,
                book_id=charge.customer_id,
                transfer_id=self._ids.new(),
                movement_id=movement_id,
                asset=LKR,
                amount=cleared,
                at=now,
            )
            await ledger.post(tx, Movement((transfer,)))
        return cleared


async def _wallet(tx: Transaction, charge: Charge) -> Balance:
    key = (charge.customer_id, LKR, Account.WALLET)
    return (await ledger.load_balances(tx, [key]))[key]
