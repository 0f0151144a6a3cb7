from sandbox.exchange.catalogue import close_time_ms, fill_in_dates, load_catalogue
from sandbox.exchange.fees import FeeType


def test_there_are_twenty_markets_or_more_over_many_series():
    catalogue = load_catalogue()
    assert len(catalogue.listings) >= 20
    assert len(catalogue.series) >= 10
    assert all(listing.event_ticker in catalogue.events for listing in catalogue.listings.values())


def test_fee_rules_and_ticks_differ_between_markets():
    listings = load_catalogue().listings.values()
    assert {listing.price_structure for listing in listings} == {
        "linear_cent",
        "deci_cent",
        "tapered_deci_cent",
    }
    assert {listing.fees.multiplier_e3 for listing in listings} == {500, 1000}
    assert {listing.fees.fee_type for listing in listings} == {
        FeeType.QUADRATIC,
        FeeType.QUADRATIC_WITH_MAKER_FEES,
    }
    for listing in listings:
        listing.check_price(listing.anchor)


def test_texts_name_the_month_and_the_day_of_the_close():
    close_ms = close_time_ms(1_795_132_800_000, 24)  # 20 November 2026
    assert (
        fill_in_dates("Rain in {month}, by {date}", close_ms) == "Rain in December 2026, by 14 December 2026"
    )
