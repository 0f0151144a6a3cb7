"""The end of a market and of a period: sections 8 and 9 of the money flows."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from customer_stack.ledger.domain import Account as CustomerAccount
from customer_stack.settlement.domain.instruction import (
    Cut,
    Instruction,
    Line,
    Previous,
    Proposal,
    decide_instruction,
    sort_lines,
)
from customer_stack.settlement.domain.postings import Stamp, build_payment, build_release
from customer_stack.settlement.domain.states import Settlement as Proposed
from customer_stack.settlement.domain.states import require_approval
from execution_stack.books.chart import Account
from execution_stack.books.domain import Direction as ReceiptDirection
from execution_stack.books.domain import Gross, HeldPosition, book_settlement_receipt
from execution_stack.exchange.domain import Action, Side
from execution_stack.reports.domain import FillShare, Payout, Resolution, Reversal, SettlementFee, Totals
from execution_stack.resolution.domain.plans import (
    Outcome,
    Plan,
    book_resolution,
    find_break,
    plan_resolution,
)
from execution_stack.settlement import domain as confirmation
from flows.stacks import Market, Resolved, Stacks, Tenant
from shared.ids import HOUSE_TENANT
from shared.ledger.domain import Movement

PURPOSE = "SETT"
"""What the payment is for, as the bank wants to read it; no rule of the flows depends on it."""


def resolve(stacks: Stacks, market: Market, yes_value: int) -> Plan:
    """The exchange settles the net position; execution pays every holding and reports it."""
    cash, fee = stacks.exchange.settle(market.id, yes_value)
    outcome = Outcome(market.id, yes_value, cash, fee, stacks.clock.now())
    plan = plan_resolution(outcome, holdings(stacks, market))
    found = find_break(plan, stacks.gross[market.id])
    if found is not None:
        raise ValueError(found)
    before = money(stacks, market)
    if plan.payouts:
        stacks.execution.post(book_resolution(plan, market.assets))
    after = money(stacks, market)
    stacks.gross[market.id] = Gross()
    paid = Resolved(
        market,
        payouts=after[0] - before[0],
        fees=before[1] - after[1],
        pair_cash=after[2] - before[2],
        exchange_cash=cash,
    )
    stacks.resolved.append(paid)
    stacks.tell(HOUSE_TENANT, Resolution(market.id, yes_value))
    for each in plan.payouts:
        if each.tenant_id != HOUSE_TENANT:
            stacks.tell(each.tenant_id, each.payout)
    for charged in plan.fees:
        if charged.tenant_id != HOUSE_TENANT:
            stacks.tell(charged.tenant_id, charged.fee)
    return plan


def holdings(stacks: Stacks, market: Market) -> list[HeldPosition]:
    """Return what references, and the house, hold of a market."""
    holders = [(customer.account, customer.tenant.id) for customer in stacks.customers.values()]
    return [
        HeldPosition(account, tenant_id, side, held)
        for account, tenant_id in (*holders, (HOUSE_TENANT, HOUSE_TENANT))
        for side in Side
        if (held := stacks.execution.posted(account, Account.POSITION, market.assets.of(side)))
    ]


def money(stacks: Stacks, market: Market) -> tuple[int, int, int]:
    """Return what all holders were paid and charged, and the market's pair cash.

    The house is paid into its own money, from which a settlement fee of its own is gone already; what it
    carries of fees, and what a late fill cost it, comes back with the trades.
    """
    ledger = stacks.execution
    pair_cash = ledger.posted(market.id, Account.PAIR_CASH)
    paid = ledger.total(Account.CASH) + ledger.total(Account.OWN) + ledger.total(Account.SUSPENSE)
    return paid, ledger.total(Account.FEES) + ledger.total(Account.EXCESS), pair_cash


@dataclass(slots=True)
class Settlement:
    """A period's payment on its way through both stacks."""

    stacks: Stacks
    tenant: Tenant
    instruction: Instruction
    proposal: confirmation.Proposal

    @property
    def signed(self) -> int:
        """Return the amount, plus when the customer side pays."""
        return self.proposal.signed_amount

    def release(self) -> None:
        """Approve by a second person and release: the money is on its way."""
        instruction, now = self.instruction, self.stacks.clock.now()
        proposed = Proposed(instruction, instruction.digest)
        require_approval(proposed, self.stacks.ids.new(), instruction.digest, now)
        stamp = Stamp(self.stacks.ids.new(), now)
        self.stacks.customer.post(Movement(transfers=(build_release(instruction, stamp),)))
        period = self.stacks.periods[self.tenant.id]
        period.previous = Previous(instruction.to_sequence, instruction.remainder)
        period.on_its_way += self.signed

    def confirm(self) -> None:
        """The bank has paid, or has received."""
        now = self.stacks.clock.now()
        payment = build_payment(self.instruction, self.instruction.amount, Stamp(self.stacks.ids.new(), now))
        self.stacks.customer.post(Movement(transfers=(payment,)))
        self.stacks.banks[self.tenant.id].usd -= self.signed

    def receive(self) -> None:
        """The money has arrived at the exchange account, or has left it."""
        direction = ReceiptDirection(self.instruction.direction)
        stacks, amount = self.stacks, self.instruction.amount
        stacks.execution.post(
            book_settlement_receipt(
                self.instruction.id, self.tenant.id, direction, amount, stacks.clock.now()
            )
        )
        stacks.exchange.pay_in(self.signed)
        stacks.periods[self.tenant.id].on_its_way -= self.signed


def propose(stacks: Stacks, tenant: Tenant) -> Settlement:
    """Cut a period at the newest report and let execution agree. Raises NothingToSettle, ValueError."""
    now, period = stacks.clock.now(), stacks.periods[tenant.id]
    proposal = Proposal(
        id=stacks.ids.new(),
        tenant_id=tenant.id,
        department_id=tenant.department,
        purpose_code=PURPOSE,
        proposed_by=stacks.ids.new(),
        proposed_at=now,
        valid_until=now + timedelta(days=1),
    )
    sums = stacks.sum_reports(tenant.id, period.previous.sequence, stacks.sequence)
    lines = sort_lines(Line(customer_id, totals) for customer_id, totals in sums.items())
    cut = Cut(stacks.sequence, lines, owed(stacks, tenant))
    instruction = decide_instruction(proposal, cut, period.previous)
    totals = instruction.totals
    theirs = confirmation.Proposal(
        instruction.id,
        tenant.id,
        instruction.after_sequence,
        instruction.to_sequence,
        ReceiptDirection(instruction.direction),
        instruction.amount,
        Totals(
            totals.cost_of_buys,
            totals.proceeds,
            totals.fees,
            totals.payouts,
            totals.reversed_costs,
            totals.reversed_proceeds,
            totals.reversed_fees,
            totals.reversed_payouts,
        ),
        instruction.digest,
    )
    answer = confirmation.judge(
        theirs,
        _sum_told(stacks, tenant, instruction.after_sequence, instruction.to_sequence),
        _sum_told(stacks, tenant, 0, instruction.after_sequence),
        confirmation.find_settled(period.agreed, instruction.after_sequence),
        stacks.sequence,
    )
    if answer is not confirmation.Outcome.AGREED:
        raise ValueError(answer)
    period.agreed.append(theirs)
    stacks.instructions.append(instruction)
    return Settlement(stacks, tenant, instruction, theirs)


def owed(stacks: Stacks, tenant: Tenant) -> int:
    """Return what the tenant's customer side owes execution, from its ledger."""
    accounts = (CustomerAccount.EXECUTION, CustomerAccount.EXCHANGE_FEES, CustomerAccount.SETTLED)
    return sum(stacks.customer.total(account, tenant_id=tenant.id) for account in accounts)


def settle(stacks: Stacks, tenant: Tenant) -> Instruction:
    """Settle a period the whole way."""
    settlement = propose(stacks, tenant)
    settlement.release()
    settlement.confirm()
    settlement.receive()
    return settlement.instruction


def _sum_told(stacks: Stacks, tenant: Tenant, after: int, to: int) -> Totals:
    """Add up the execution stack's own reports of a tenant."""
    bought = sold = fees = payouts = 0
    reversed_: Counter[str] = Counter()
    for tenant_id, body in stacks.told[after:to]:
        if tenant_id != tenant.id:
            continue
        match body:
            case FillShare():
                is_buy = body.action.value == "buy"
                bought += body.cost if is_buy else 0
                sold += 0 if is_buy else body.cost
                fees += body.fee
            case Payout():
                payouts += body.amount
            case SettlementFee():
                fees += body.amount
            case Reversal():
                reversed_["fees"] += body.fee
                of = "payouts" if body.action is None else _REVERSED[body.action]
                reversed_[of] += body.amount
            case _:
                pass
    taken_back = (reversed_[name] for name in ("costs", "proceeds", "fees", "payouts"))
    return Totals(bought, sold, fees, payouts, *taken_back)


_REVERSED = {Action.BUY: "costs", Action.SELL: "proceeds"}
