"""The sandbox exchange: Kalshi Trade API v2, one member, a YES book per market, a house market maker.

Words: the *member* is the one customer of this exchange (the platform's omnibus account); the *house* is the
market maker; a *fact* is what happened and stands in the journal; *resolving* a market says what its event
came to; a *round* is one market of a listing, and when it is finalized the next round opens.

Guaranteed:
- integers only: no price, count or amount is ever a float;
- the house's moving quotes are a function of seed, market and time step, so two runs see the same books;
- however often markets are resolved, every listing has one that is not finalized;
- a request answers only after its facts are in the journal.
"""
