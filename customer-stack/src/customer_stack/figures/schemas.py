"""Wire shapes of figures. Amounts are decimals in strings, in the currency that stands beside them."""

from uuid import UUID

from customer_stack.edge.schemas import Answer
from customer_stack.figures.domain import Exposure, Revenue, total_of
from shared.money import LKR_SCALE, USD_SCALE, Currency, format_minor

_EXPLANATION_SCALE = 6


class RevenueAnswer(Answer):
    """What a department earned, in LKR (`expenses_usd` in USD).

    `conversion_profit` = `spread` + `holding` + `rounding`, exactly. `bought_spread` explains later sales.
    """

    department_id: UUID
    fx_fees: str
    payout_fees: str
    profit: str
    conversion_profit: str
    spread: str
    holding: str
    rounding: str
    other_profit: str
    bought_spread: str
    recognised: str
    expenses: str
    expenses_usd: str
    earned: str


class RevenuesAnswer(Answer):
    """What every department earned, and all together: as many as the tenant has departments."""

    first: str
    last: str
    departments: list[RevenueAnswer]
    total: RevenueAnswer


class StandingAnswer(Answer):
    """What stands on an account; minus on a place is what lies there."""

    department_id: UUID
    book_kind: str
    account: str
    currency: str
    amount: str
    held: str


class VolumeAnswer(Answer):
    """What moved in a month, as it was posted; what was taken back later is not taken out."""

    department_id: UUID
    month: str
    measure: str
    currency: str
    count: int
    amount: str


class LiabilityAnswer(Answer):
    """What open wagers may cost, in USD: reserved cash, and what all open contracts would pay at a dollar."""

    department_id: UUID
    reserved: str
    largest_payout: str


class ExposureAnswer(Answer):
    """Exposure at a moment: accounts, months and departments bound every list."""

    at: str
    balances: list[StandingAnswer]
    volumes: list[VolumeAnswer]
    open_wagers: list[LiabilityAnswer]


def show_revenues(first: str, last: str, parts: tuple[Revenue, ...], tenant_id: UUID) -> RevenuesAnswer:
    """Return revenue with amounts as strings."""
    return RevenuesAnswer(
        first=first,
        last=last,
        departments=[_show_revenue(each) for each in parts],
        total=_show_revenue(total_of(parts, tenant_id)),
    )


def show_exposure(exposure: Exposure) -> ExposureAnswer:
    """Return exposure with amounts as strings."""
    return ExposureAnswer(
        at=exposure.at.isoformat(),
        balances=[
            StandingAnswer(
                department_id=each.department_id,
                book_kind=each.book_kind,
                account=each.account,
                currency=each.currency,
                amount=_money(each.amount, each.currency),
                held=_money(each.held, each.currency),
            )
            for each in exposure.standings
        ],
        volumes=[
            VolumeAnswer(
                department_id=each.department_id,
                month=f"{each.month:%Y-%m}",
                measure=each.measure.value,
                currency=each.currency,
                count=each.count,
                amount=_money(each.amount, each.currency),
            )
            for each in exposure.volumes
        ],
        open_wagers=[
            LiabilityAnswer(
                department_id=each.department_id,
                reserved=format_minor(each.reserved, USD_SCALE),
                largest_payout=format_minor(each.largest_payout, USD_SCALE),
            )
            for each in exposure.liabilities
        ],
    )


def _show_revenue(revenue: Revenue) -> RevenueAnswer:
    return RevenueAnswer(
        department_id=revenue.department_id,
        fx_fees=_lkr(revenue.fx_fees),
        payout_fees=_lkr(revenue.payout_fees),
        profit=_lkr(revenue.profit),
        conversion_profit=_lkr(revenue.conversion_profit),
        spread=_explained(revenue.spread_e6),
        holding=_explained(revenue.holding_e6),
        rounding=_explained(revenue.rounding_e6),
        other_profit=_lkr(revenue.other_profit),
        bought_spread=_explained(revenue.bought_spread_e6),
        recognised=_lkr(revenue.recognised),
        expenses=_lkr(revenue.expenses),
        expenses_usd=format_minor(revenue.expenses_usd, USD_SCALE),
        earned=_lkr(revenue.earned),
    )


def _lkr(minor: int) -> str:
    return format_minor(minor, LKR_SCALE)


def _explained(millionths: int) -> str:
    return format_minor(millionths, _EXPLANATION_SCALE)


def _money(minor: int, currency: str) -> str:
    return format_minor(minor, Currency(currency).scale)
