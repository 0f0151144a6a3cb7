"""Privacy: what people agreed to, what is kept of them and how long, how it ends, and what they see of it.

Words. A *consent* is a person's word on a version of a text. The *inventory* is the reviewed list of all
columns that hold personal data. The *retention* is how long they are kept, from the end of the relationship.
An *erasure* destroys the person's key and empties what other keys seal. The *register* is the file that says
who was erased. A *hold* keeps data beyond its time. An *export* is all of it, for the person.

Guaranteed:
- what the inventory does not name is not in the database: a test compares both;
- an erasure happens only after the end of the retention, or when two people agreed to it, and never while
  a hold stands; it is in the register before it is done, and after a restore it can be done again;
- ledger, decisions and audit stay as they are: they hold opaque ids, and still verify;
- no export tells of reports, of what monitoring or screening found, or of what staff wrote for itself.

Tables owned: privacy_consent, privacy_request, privacy_proposal, privacy_decision, privacy_erasure,
privacy_export, privacy_export_part. Tables read: kyc_file, kyc_file_chunk. By the inventory, every table in
it too, of which the columns that are kept `record`, `index` or `scrambled` are emptied. Events: none.
"""
