"""Settlement: what the customer side owes execution for a period, proposed, approved, released, closed.

Words. A *cut* is the report sequence at which a period ends. *Owed* is what the ledger says at the cut:
`execution` in USD plus `exchange_fees` over the tenant's customers, plus `settled`. The *instruction* is
the payment that clears it: one currency, one direction, whole cents, between named accounts; the rest
stays owed. Its *digest* is what an approver signs. A *release* puts the money on its way and makes the
files. A *word* is what the bank says of it: paid, refused, returned.

Guaranteed:
- both stacks agreed on the totals before an instruction can be proposed;
- the proposer never approves; an approval is a signature of the digest of exactly this instruction, and is
  void when anything of it changes or its time is over;
- one decision per proposal, one release per approval; nothing releases itself, and nothing is sent by us;
- a release needs the tenant's capability `settlement_finalisation`;
- what people say about a payment counts once two of them say it, neither of them the proposer;
- a file that one person brings makes nothing owed again: but for whole payments it waits for another person;
- a reference of the bank counts once; what a bank did not pay, or paid back, is owed again;
- every act is a record that the system signed, naming the record before it.

Tables owned: settlement_proposal, settlement_line, settlement_decision, settlement_void, settlement_release,
settlement_file, settlement_bank_word, settlement_hand_word, settlement_hand_decision, settlement_message,
settlement_message_entry, settlement_late, settlement_record. Tables read: signing_signature.
"""
