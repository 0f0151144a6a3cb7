"""Money between customers of one tenant: transfers by account code, and payments of QR codes.

Words. An *account code* names a customer to other customers without personal data: random, with a check
character. A *QR code* is an EMVCo merchant-presented payload that carries the account code of whoever
receives: *static* (any amount, any number of times) or *dynamic* (one amount, paid once). *Terms* are the
largest amounts per transfer of a tenant. A transfer is *held* while compliance decides about it: its money is
reserved, and nothing has moved.

Guaranteed:
- both customers are of one tenant and active, and money moves between two different books;
- what leaves one book arrives in the other in the same database transaction; `desk` stays zero over both;
- a debt of whoever receives is cleared first; who owes sends nothing;
- what is held ends once: released, denied or cancelled; only a release moves its money;
- a dynamic code is paid at most once, by a constraint of the database;
- notes and the texts inside QR codes are sealed.

Tables owned: transfer_account_code, transfer_terms, transfer_qr_code, transfer_order, transfer_held,
transfer_held_end, transfer_claim.
Tables read: ledger_item.
"""
