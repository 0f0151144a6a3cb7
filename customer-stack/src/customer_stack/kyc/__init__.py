"""Identity checks (KYC): is this person who they say, old enough, and from where the licence allows.

Words. A *session* is one attempt of one customer. A *claim* is who they say they are and the document that
shall prove it. A *route* is the ordered steps of sessions with one kind of document, country, channel and
risk; routes are reviewed configuration. A *step* is judged at once (*check*), by a *vendor*, by one person
(*review*) or two (*four eyes*), and ends by pass, retry, reject or escalate. A *result* is one look at one
step. A *extract* is what the vendor read from the document.

Guaranteed:
- claim, document and files change in DRAFT only; the database refuses it afterwards;
- a session is judged by the version of the routes that it was submitted under, and where it stands is
  worked out from that version and its results alone;
- vendors are asked outside any transaction, with the check's id, so that asking twice is asking once; only
  an explicit answer decides, and a vendor that is silent leaves the session waiting for as long as it is;
- age is counted from the latest day that anything says, on the day of the look, in the licence's time zone;
- what a vendor read is judged and not kept; claims, files and what people wrote are sealed under the
  person's key;
- a file is shown to its customer and to staff with the permission, and every look of staff is in the audit.

Tables owned: kyc_configuration, kyc_verification, kyc_review, kyc_turnover, kyc_session, kyc_step_result,
kyc_file, kyc_file_chunk, kyc_attachment, kyc_business, kyc_owner, kyc_business_verdict, and of before there
were sessions kyc_check and kyc_decision. Listens to customers.registered.
Events published: kyc.business_submitted.
"""
