"""Geography: from which countries customers may ask, and from which one a request comes.

Words. A *table* says which addresses are used in which country. A *policy* of a tenant allows or blocks
countries and says what an unknown one means. A *trusted proxy* is a machine of ours whose word about the
client's address is believed.

Guaranteed:
- a country comes from a table in memory, found by bisection; nobody outside is asked;
- an address is believed only from the connection itself and from trusted proxies, the last hop first;
- a bad table keeps the last good one; production does not start without one;
- a policy counts only after a second person approved it; without one no country is asked;
- with a policy, a country that is not known is denied unless the policy says otherwise.

Tables owned: geography_policy, geography_decision.
"""
