"""Passwords and session tokens, for customers and for staff alike.

Words. A *token* is what a session's holder shows: 256 random bits behind the tenant's id. Only its hash
is stored.

Guaranteed:
- passwords are hashed with argon2id (RFC 9106), off the event loop, a bounded number at a time;
- a wrong name and a wrong password cost the same time;
- a customer's token is never a staff token.

Tables owned: none; whoever has sessions stores the hashes.
"""
