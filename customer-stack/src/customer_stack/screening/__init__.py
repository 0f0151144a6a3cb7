"""Screening of names against a list of persons and entities that nobody may deal with.

Words. A *list entry* has an id and names; a *possible match* is a score at or above the threshold. Only a
person can call it a true match; until then the customer does not come in.

Guaranteed:
- a verdict is stored with the list's version (digest of its bytes), the matcher's version and the scores;
- an error is never "no match": the event stays in the queue and the customer stays pending.

Tables owned: screening_result. Listens to customers.registered.
"""
