"""The gate: compliance inside the posting transaction, one for every command of a customer.

Words: an *ask* is one command as the gate sees it; the *ruling* is allow, hold or deny, with reason codes. A
*sitting* is a batch of asks in one transaction: opened, ruled one by one, written. A *basis* is the rules and
thresholds that a ruling stands on, kept under its digest. What always posts is *observed*: counted, and
judged after.

Invariants: a ruling, its record, its counters and its case are one transaction with the money; the record
replays to the same answer; whatever is not explicitly clear is not allowed.

Owns gate_decision and gate_basis. Publishes nothing.
"""
