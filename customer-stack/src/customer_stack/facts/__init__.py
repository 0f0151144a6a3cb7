"""Facts: what the gate must know of a customer, one row each.

A projection. The module that owns a truth writes its column in the transaction of the change, under the lock
of the customer's book; a lane that holds the lock reads all of it in one statement. Nothing is decided here.

Owns facts_customer. Publishes nothing.
"""
