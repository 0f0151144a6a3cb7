"""Statements: what a customer, or an account of the house, had, got and gave in a period. CSV and PDF.

Words. A *section* is one account in one currency: opening balance, every entry, totals, closing balance. A
*day* is a day in Colombo (UTC+05:30, no summer time), and an entry belongs to the day on which it was
booked: what has ended never changes, so the same period gives the same statement for ever. The *digest*
is the SHA-256 of the statement's CSV.

Guaranteed:
- opening + entries = closing, in every section, from one snapshot of the books;
- at most 5,000 entries and 366 days in one statement;
- every statement that leaves stands in the register of exports, and here by the same id with what it is of
  and the digest of its content, which its PDF shows; one that staff read is in the audit.

Tables owned: statement_issued. Tables read: ledger_transfer_source, and the kernel's.
"""
