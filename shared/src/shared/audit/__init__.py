"""The audit: what happened, written with the fact, sealed into a hash chain, verifiable by anybody.

Words: a *record* says one thing that happened; a *seal* gives it its number in the history and ties it to
everything before; the *head* is the last seal; the *tail* are records not yet sealed.

Invariants: a record is in the transaction of its fact; the stored bytes are what is hashed; records hold
ids and amounts, never personal data; numbers have no gap and no record has two. Against somebody who may
rewrite the whole database, a chain proves only what a head held elsewhere proves: give it to `verify`.

Tables owned: `audit_record`, `audit_seal`. Events: none.
"""

from shared.audit.domain import AuditHead, AuditRecord
from shared.audit.store import append, audit_head, wait_sealed

__all__ = ["AuditHead", "AuditRecord", "append", "audit_head", "wait_sealed"]
