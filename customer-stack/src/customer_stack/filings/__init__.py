"""Filings: what has to be reported to the financial intelligence unit, as goAML XML.

Words. A *movement* is money that came from, or went to, a place outside; one at or above the threshold is
*reportable*. A *filing* is a report on its way: a threshold report (CTR for cash, EFT for electronic
transfers) or a suspicious transaction report (STR). Its file is kept as it was; a correction is a new filing.

Guaranteed:
- a movement is recorded once, and stands in one filing at most that was not given up;
- nothing is approved that the validator, which shares no code with the writer, does not accept, nor by
  whoever prepared it;
- a file that left is kept, sealed, under its digest;
- who has no permission for suspicion reports cannot see that there is one.

Tables owned: filing_profile, filing_profile_decision, filing_scan, filing_movement, filing_party,
filing_counterparty, filing_report, filing_narrative, filing_file, filing_report_step, filing_report_movement,
filing_claim. Publishes nothing.
"""
