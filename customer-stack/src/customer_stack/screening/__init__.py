"""Screening of names against lists of persons and entities that nobody may deal with.

`lists` reads what publishers publish, `matching` says who of it could be meant, `service` asks it for
customers and keeps the answer, `commands` asks it for files. Both are pure; see their first pages.

Words. A *list entry* has names and facts; a *possible match* is a score at or above the threshold. Only a
person can call it a true match; until then the customer does not come in.

Guaranteed:
- a verdict is stored with the lists' version (digest of their bytes), the matcher's version, the scores and,
  sealed with the customer's key, the reasons;
- an error is never "no match": the event stays in the queue and the customer stays pending;
- matching works on a thread of its own, never on the event loop.

Tables owned: screening_result. Listens to customers.registered.
"""
