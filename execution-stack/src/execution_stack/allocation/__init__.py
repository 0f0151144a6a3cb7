"""Who gets what of an omnibus order: a pure function of the window's manifest and the recorded fills.

Words: the *manifest* of a window lists its intents in order of arrival and names the algorithm, and is
hashed and stored before the order leaves; a *share* is what one intent got.

Guaranteed:
- shares add up to the fills exactly, in contracts, cost and fees;
- nobody gets more than asked, nor a contract further than one unit from the exact proportion;
- nobody is charged above `max_total`: what exceeds it is stated apart, as `excess`;
- the same manifest and fills give the same shares, whoever computes them.

Tables owned: none. Events published: none.
"""
