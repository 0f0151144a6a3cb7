"""Customers: registration, sessions, the encrypted profile, status, and the pseudonym that crosses the wall.

Words. An *account reference* is a customer's random pseudonym, the only name that the execution stack
knows. A *clearance* is the end of one check of onboarding (identity, screening). A *standing* is what a
posting lane must know of who asks.

Guaranteed:
- personal data is stored only encrypted, field by field, under a key of its person; uniqueness rests on
  keyed digests; erasing the person's key erases the person;
- a customer becomes active only when every check is clear; what is not explicitly clear is pending;
- a status changes under the lock of the customer's book, so no posting decides on an old one;
- only hashes of session tokens are stored.

Tables owned: customer_account, customer_registration, customer_credential, customer_data_key,
customer_profile, customer_clearance, customer_pseudonym, customer_session.
Events published: customers.registered, customers.profile_corrected, customers.activated, customers.refused.
"""
