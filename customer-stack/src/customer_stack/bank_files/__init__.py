"""Bank files: ISO 20022 messages that a bank takes and gives as files.

Out: pain.001.001.09, one batch of payouts. In: camt.053 (statement), camt.054 (notification) and pain.002
(status report). A file is a message like any other: what it says becomes pay-ins, answers about payouts, and
pay-ins taken back, through the same doors as a webhook's.

Guaranteed:
- a file is taken whole or not at all: bounded in size and depth, exact in amounts, its balances adding up to
  its entries, every booked entry under a reference of the bank's;
- the same file again changes nothing; the same message id with other bytes, or the same bank reference with
  another amount, is a conflict;
- a payout stands in one file at most, and a file that was made can be had again byte for byte;
- only an explicit yes or no of the bank settles a payout: everything else leaves it pending.

Tables owned: bank_file, bank_file_entry, bank_file_task, bank_file_outcome, bank_file_payout,
bank_file_batch, bank_file_batch_payout, bank_file_answer. Events: none.
"""
