from hypothesis import given
from hypothesis import strategies as st

from sandbox.exchange.book import Book, BookOrder, Match, Owner, SelfTradePrevention, Side

TAKER = SelfTradePrevention.TAKER_AT_CROSS
MAKER = SelfTradePrevention.MAKER


def book_of(*orders: tuple[str, Owner, Side, int, int]) -> Book:
    book = Book()
    for order in orders:
        book.place(BookOrder(*order))
    return book


def house_asks(*levels: tuple[str, int, int]) -> Book:
    return book_of(*((name, Owner.HOUSE, Side.ASK, price, count) for name, price, count in levels))


def test_the_best_price_trades_first_and_time_decides_among_equals():
    book = house_asks(("late", 5500, 100), ("dear", 5600, 100), ("later", 5500, 100), ("cheap", 5400, 100))
    crossing = book.cross(Owner.MEMBER, Side.BID, 5600, 350, TAKER)
    assert [match.maker_id for match in crossing.matches] == ["cheap", "late", "later", "dear"]
    assert [match.price for match in crossing.matches] == [5400, 5500, 5500, 5600]
    assert crossing.matches[-1].count == 50
    assert crossing.remaining == 0


def test_nothing_trades_beyond_the_limit():
    book = house_asks(("a", 5400, 100), ("b", 5500, 100))
    assert book.cross(Owner.MEMBER, Side.BID, 5400, 300, TAKER).remaining == 200
    bids = book_of(("c", Owner.HOUSE, Side.BID, 5300, 100), ("d", Owner.HOUSE, Side.BID, 5100, 100))
    assert bids.cross(Owner.MEMBER, Side.ASK, 5200, 300, TAKER).matches == (
        Match("c", Owner.HOUSE, 5300, 100),
    )


def test_a_member_never_meets_itself():
    book = book_of(
        ("own", Owner.MEMBER, Side.ASK, 5400, 100),
        ("house", Owner.HOUSE, Side.ASK, 5500, 100),
    )
    stopped = book.cross(Owner.MEMBER, Side.BID, 5600, 100, TAKER)
    assert stopped.stopped_at_self
    assert stopped.matches == ()
    passed = book.cross(Owner.MEMBER, Side.BID, 5600, 100, MAKER)
    assert passed.self_crossed == ("own",)
    assert [match.maker_id for match in passed.matches] == ["house"]


def test_looking_changes_nothing_and_reducing_removes_what_is_used_up():
    book = house_asks(("a", 5400, 100))
    book.cross(Owner.MEMBER, Side.BID, 5600, 100, TAKER)
    assert book.depth(Side.ASK) == [(5400, 100)]
    book.reduce("a", 40)
    assert book.depth(Side.ASK) == [(5400, 60)]
    book.reduce("a", 60)
    assert book.depth(Side.ASK) == []
    assert book.best(Side.ASK) is None


@given(
    st.lists(st.tuples(st.integers(1, 99), st.integers(1, 5000)), max_size=12),
    st.sampled_from(list(Side)),
    st.integers(1, 99),
    st.integers(1, 20000),
)
def test_an_order_takes_everything_that_its_limit_reaches_and_no_more(levels, side, limit, count):
    book = Book()
    for number, (cents, size) in enumerate(levels):
        book.place(BookOrder(str(number), Owner.HOUSE, side.opposite, cents * 100, size))
    crossing = book.cross(Owner.MEMBER, side, limit * 100, count, TAKER)
    within = sum(size for cents, size in levels if (cents - limit) * side.sign <= 0)
    assert sum(match.count for match in crossing.matches) == min(count, within)
    assert crossing.remaining == count - min(count, within)
    prices = [match.price for match in crossing.matches]
    assert prices == sorted(prices, reverse=side is Side.ASK)
