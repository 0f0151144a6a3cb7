"""Compliance cases: what a person has to look at, what waits for them, and how it ended.

Words. A *case* is about one customer and one *family*: a family of AML rules, `screening`, `protection` or
`kyc`. A *link* says what it is about: a decision, an alert, an event, a wager, a filing. What it *holds* are
commands that wait for it; each is *released*, *denied*, or *gone* because its customer took it back. A
*step* is one thing that happened to a case. An *outcome* is what was found: confirmed, valuable, a false
positive, no finding. A *snooze* lets a rule not be heard for one customer until a moment.

Guaranteed:
- a customer has one open case per family, however many lanes open it at once; what comes later is added;
- a case is opened in the transaction of what it is about, in two statements for any number of cases;
- a case is closed by a second person who saw everything that was there when the first proposed it, and never
  while it holds something;
- nothing of a case changes without a numbered step, and steps never change;
- what is held is decided once, by two people where money leaves; what people wrote and attached is sealed
  under the customer's key, and every look at it is in the audit.

Tables owned: cases_case, cases_step, cases_note, cases_link, cases_held, cases_file, cases_file_chunk,
cases_snooze, cases_exclusion. Publishes nothing: what follows from a closing happens in its transaction.
"""
