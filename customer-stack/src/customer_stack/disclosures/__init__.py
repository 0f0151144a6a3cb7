"""Disclosures: who of staff looked at whose personal data, and what for.

Words. A *disclosure* is one look: a member of staff was shown personal data of a customer. Its *kind* is a
word of the reviewed catalogue, which says what was shown and why.

Guaranteed: a disclosure is written in the transaction of the look, so what was not written was not shown;
it is never changed; it holds ids and a word, no personal data.

Tables owned: disclosure. Events: none.
"""
