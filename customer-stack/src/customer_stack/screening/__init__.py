"""Screening of names against lists of persons and entities that nobody may deal with.

`lists` reads what publishers publish, `providers` fetches it, `matching` says who of it could be meant;
`service` takes lists, screens whoever waits, walks over customers when lists change and keeps what people
said of an alert.

Words. A *list entry* has names and facts; a *possible match* is a score at or above the threshold; an *alert*
is a possible match that waits for a person, or what was said of it. A *version* is a list as published at one
time.

Guaranteed:
- a version is taken whole or refused with a reason, and then the last good one counts;
- a verdict is stored with the lists' version, the matcher's version, the scores and, sealed with the
  customer's key, the reasons;
- an error is never "no match";
- matching works on threads and processes of its own, never on the event loop.

Tables owned: screening_version, screening_entry_change, screening_check, screening_result, screening_task,
screening_standing, screening_alert, screening_alert_step, screening_rescreen.
Listens to customers.registered, customers.profile_corrected, kyc.business_submitted.
"""
