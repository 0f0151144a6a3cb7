"""The audit: what happened, written with the fact, sealed into a tree of hashes, verifiable by anybody.

Words: a *record* says one thing that happened; a *seal* gives some of them their places in the history and
ties them to everything before; the *head* is where the last seal ended; the *tail* are records not yet
sealed; a *checkpoint* is the size and root of the tree, signed.

Invariants: a record is in the transaction of its fact; the stored bytes are what is hashed; records hold
ids and amounts, never personal data; numbers have no gap and no record has two. Against somebody who may
rewrite the whole database, a tree proves only what a checkpoint held elsewhere proves: give it to `verify`.

Tables owned: `audit_record`, `audit_seal`, `audit_node`, `audit_checkpoint`. Events: none.
"""

from shared.audit.domain import AuditHead, AuditRecord
from shared.audit.store import append, audit_head, wait_sealed

__all__ = ["AuditHead", "AuditRecord", "append", "audit_head", "wait_sealed"]
