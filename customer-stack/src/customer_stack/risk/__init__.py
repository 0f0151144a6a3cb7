"""Risk: how closely a customer is looked at, as a number with its parts.

Words. A *score* is 0 to 100, the sum of its *parts*; its *band* is low, medium or high. *Weights* are
reviewed configuration with a version. A *flag* is what compliance knows of a customer.

Guaranteed:
- a score is a pure function of whole numbers, words and the weights; its parts add up to it;
- more of what a part counts never makes the score smaller;
- every score that differs from the one before is kept with its parts and the digest of its weights;
- a score is reckoned again when the facts of its customer change, and at least once a day;
- a change of band sets a date of review, and opens nothing by itself;
- a flag changes by somebody, and every change stays.

Tables owned: risk_flag, risk_score, risk_current. Tables read: facts_customer. Projects into facts.risk and
facts.flags.
"""
