"""Identity checks (KYC): is this person who they say, old enough, and from where the licence allows.

Words. A *check* is one question to the identity vendor about one customer. What was *extracted* is what
the vendor read from the document. A *decision* ends a check.

Guaranteed:
- the vendor is asked outside any transaction, with the check's id, so that asking twice is asking once;
- only an explicit answer decides; a vendor that is silent leaves the customer pending, for as long as it is;
- age is judged by the document's date of birth, on the day of the decision, in the licence's time zone;
- what was extracted is judged and not kept.

Tables owned: kyc_check, kyc_decision. Listens to customers.registered.
"""
