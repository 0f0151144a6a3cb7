"""Markets: the exchange's catalogue as it described it last, and its order books.

Words. A *market* is one question with a YES and a NO contract; its id follows from the exchange's ticker,
so that every installation gives it the same. A market is *resolved* when the exchange calls it final;
then, and only then, it has a *value*: what a YES contract pays.

Invariants: text comes from the exchange only and is bounded; a market never disappears, since somebody may
hold its contracts; a refresh is one statement, whatever the number of markets.

Tables owned: market. Events published: none.
"""
