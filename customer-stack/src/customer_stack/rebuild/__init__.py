"""The rebuild: everything that is kept beside the facts, recomputed from the facts, compared, repaired.

Words. A *fact* is what was appended: postings, holds, quotes and their ends, wagers as they were placed,
reports that took effect. What is kept beside them, so that a request needs no sum over history, is a
*snapshot* (balances, open holds, positions, live quotes) or a *counter* (stakes per hour). A *finding* is a
snapshot or a counter that does not follow from the facts.

Guaranteed:
- a check reads one moment of everything, and writes nothing;
- a repair rewrites snapshots and counters only, and says so in the audit; what contradicts itself among the
  facts is shown and left for a person.

Tables owned: none. Every module recomputes its own; this one compares. Events: none.
"""
