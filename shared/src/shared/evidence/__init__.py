"""Evidence packs: one ZIP that says what happened and proves it to somebody who trusts nobody here.

Words. A *pack* holds data of one *scope* as JSON Lines and CSV, a summary, a *manifest* with the SHA-256 of
every file, the records of the audit concerned with their *proofs*, and the *verifier*, one file of Python
that needs nothing else. The manifest's own SHA-256 is in a record of the audit, so the signature of the
checkpoint over that record, and the witness's, cover every byte.

Guaranteed:
- the same contents give the same bytes: the container has one form, and nothing in it depends on a clock;
- no single byte can be changed so that the verifier accepts the pack;
- writer and verifier share no code.

Tables owned: none; a stack keeps its packs itself.
"""
