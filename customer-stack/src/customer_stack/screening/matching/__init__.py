"""Who of a list could be meant by a name: an index chooses candidates, two scorers judge them. Pure.

Two stages, since a list has tens of thousands of names and a judgement of one pair costs tens of
microseconds: the index finds some eighty names in under a millisecond, a cheap alignment keeps twenty, the
scorers judge those. Scores are integers from 0 to 10000 and a function of the two parties alone: never of
what else is on the list, so that a list's delta can be screened by itself and an old score be computed again.

Guaranteed:
- the same query, entry and MATCHER_VERSION give the same score and explanation in every process;
- a name without a word to compare is an error, never "no match".
"""
