"""Settlement: what the customer side owes execution for a period, proposed, agreed, approved, released.

Words. A *cut* is the report sequence at which a period ends. *Owed* is what the ledger says at the cut:
`execution` in USD plus `exchange_fees` over the tenant's customers, plus `settled`. The *instruction* is
the payment that clears it: one currency, one direction, whole cents; the rest stays owed. Its *digest*
is what the approver signs off.

Guaranteed:
- both stacks agreed on the totals before an instruction can be proposed;
- the proposer never approves; an approval names the digest of exactly this instruction;
- one decision per proposal, one release per approval; nothing releases itself;
- a release needs the tenant's capability `settlement_finalisation`.

Tables owned: settlement_proposal, settlement_line, settlement_decision, settlement_release,
settlement_payment.
"""
