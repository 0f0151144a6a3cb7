"""Wire shapes of wallets and of a customer's own deals."""

from datetime import datetime
from uuid import UUID

from customer_stack.edge.schemas import Answer
from customer_stack.ledger.domain import Amount, Item, WalletEntry
from customer_stack.ledger.views import Asset, DealView, latest_state
from shared.ledger.domain import Balance
from shared.money import CONTRACT_SCALE, RATE_SCALE, Currency, format_minor


class BalanceAnswer(Answer):
    """A wallet in one currency: posted = held + available."""

    currency: Currency
    posted: str
    held: str
    available: str


class WalletAnswer(Answer):
    """A customer's wallet."""

    balances: list[BalanceAnswer]


class RatesAnswer(Answer):
    """The rates that applied, LKR per USD: the market's, what was posted, and what was agreed."""

    mid: str
    buy: str
    sell: str
    agreed: str


class EntryAnswer(Answer):
    """One change of a wallet: what it was, what stood before and after, and where it came from."""

    version: int
    amount: str
    balance_before: str
    balance_after: str
    action: str
    kind: str
    transfer_id: UUID
    movement_id: UUID
    reverses: UUID | None
    corrects: UUID | None
    provider: str | None
    provider_reference: str | None
    quote_id: UUID | None
    rates: RatesAnswer | None
    effective_at: str
    recorded_at: str


class EntriesAnswer(Answer):
    """A page of a wallet's history, newest first."""

    items: list[EntryAnswer]
    next_cursor: str | None


def show_balance(currency: Currency, balance: Balance) -> BalanceAnswer:
    """Return a balance with amounts as strings."""
    return BalanceAnswer(
        currency=currency,
        posted=format_minor(balance.posted, currency.scale),
        held=format_minor(balance.held, currency.scale),
        available=format_minor(balance.available(), currency.scale),
    )


class PastBalanceAnswer(Answer):
    """What a wallet held in one currency at a moment."""

    currency: Currency
    posted: str


class PastWalletAnswer(Answer):
    """A customer's wallet at a moment."""

    at: datetime
    balances: list[PastBalanceAnswer]


class AssetAnswer(Answer):
    """A currency, or one side of a market."""

    asset_id: int
    currency: str | None
    market_id: UUID | None
    side: str | None


class AmountAnswer(Answer):
    """An amount of an asset."""

    asset: AssetAnswer
    amount: str


class OwnVersionAnswer(Answer):
    """One version of what was agreed: what you give and get, and until when it stood."""

    version: int
    state: str
    kind: str
    give: AmountAnswer | None
    get: AmountAnswer | None
    fee: AmountAnswer | None
    rate: str | None
    reference: str | None
    movement_id: UUID | None
    effective_at: datetime
    made_at: datetime
    activated_at: datetime | None
    replaced_at: datetime | None


class OwnStateAnswer(Answer):
    """A state that the deal reached."""

    state: str
    at: datetime
    movement_id: UUID | None


class OwnDealAnswer(Answer):
    """One of your deals: where it stands, the states it went through, and every version of it."""

    deal_id: UUID
    state: str | None
    states: list[OwnStateAnswer]
    versions: list[OwnVersionAnswer]


Assets = dict[int, Asset]


def scale_of(assets: Assets, asset_id: int) -> int:
    """Return how many digits an asset has after the point."""
    currency = assets[asset_id].currency
    return CONTRACT_SCALE if currency is None else Currency(currency).scale


def show_asset(asset: Asset) -> AssetAnswer:
    """Return an asset by its names."""
    return AssetAnswer(asset_id=asset.id, currency=asset.currency, market_id=asset.market_id, side=asset.side)


def show_amount(assets: Assets, amount: Amount | None) -> AmountAnswer | None:
    """Return an amount as a string, with its asset."""
    if amount is None:
        return None
    text = format_minor(amount.minor, scale_of(assets, amount.asset))
    return AmountAnswer(asset=show_asset(assets[amount.asset]), amount=text)


def show_rate(rate_e8: int | None) -> str | None:
    """Return a rate as a string."""
    return None if rate_e8 is None else format_minor(rate_e8, RATE_SCALE)


def assets_of(items: tuple[Item, ...]) -> set[int]:
    """Return the assets that versions name."""
    amounts = (amount for item in items for amount in (item.give, item.get, item.fee))
    return {amount.asset for amount in amounts if amount is not None}


def show_own_deal(deal: DealView, assets: Assets) -> OwnDealAnswer:
    """Return a deal as its customer sees it."""
    state = latest_state(deal.marks)
    return OwnDealAnswer(
        deal_id=deal.deal_id,
        state=None if state is None else state.value,
        states=[
            OwnStateAnswer(state=mark.state.value, at=mark.at, movement_id=mark.movement_id)
            for mark in deal.marks
        ],
        versions=[
            OwnVersionAnswer(
                version=item.version,
                state=item.state.value,
                kind=item.kind,
                give=show_amount(assets, item.give),
                get=show_amount(assets, item.get),
                fee=show_amount(assets, item.fee),
                rate=show_rate(item.rate_e8),
                reference=item.reference,
                movement_id=item.movement_id,
                effective_at=item.effective_at,
                made_at=item.made_at,
                activated_at=item.activated_at,
                replaced_at=item.replaced_at,
            )
            for item in deal.items
        ],
    )


def _show_rates(entry: WalletEntry) -> RatesAnswer | None:
    rates = None if entry.source is None else entry.source.rates
    if rates is None:
        return None
    mid, buy, sell, agreed = (
        format_minor(rate, RATE_SCALE)
        for rate in (rates.mid_e8, rates.buy_e8, rates.sell_e8, rates.agreed_e8)
    )
    return RatesAnswer(mid=mid, buy=buy, sell=sell, agreed=agreed)


def show_entry(currency: Currency, entry: WalletEntry) -> EntryAnswer:
    """Return an entry with amounts as strings, without what is the house's: cost and profit."""
    source = entry.source
    return EntryAnswer(
        version=entry.version,
        amount=format_minor(entry.amount, currency.scale),
        balance_before=format_minor(entry.balance_before, currency.scale),
        balance_after=format_minor(entry.balance_after, currency.scale),
        action=entry.action,
        kind=entry.kind,
        transfer_id=entry.transfer_id,
        movement_id=entry.movement_id,
        reverses=entry.reverses,
        corrects=entry.corrects,
        provider=None if source is None else source.provider,
        provider_reference=None if source is None else source.reference or source.charge_id,
        quote_id=None if source is None else source.quote_id,
        rates=_show_rates(entry),
        effective_at=entry.effective_at.isoformat(),
        recorded_at=entry.recorded_at.isoformat(),
    )
