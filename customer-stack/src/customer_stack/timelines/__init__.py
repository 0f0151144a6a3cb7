"""Timelines: what happened to a person, a deal, a case, a member of staff; for regulators and auditors.

Words. A *subject* is anything with an id. A *mention* says that an audit record names a subject. A *moment*
is one record as a timeline shows it. A *life cycle* puts together what the platform knows of one deal, from
the request to the settlement of its period.

The audit is the source, so a timeline tells only what was recorded in the transaction of its fact, holds ids
and amounts and no personal data, and each moment names the record whose inclusion can be proven. Mentions
follow the sealed history a moment behind, in the worker: the path of the money pays nothing for them.

Guaranteed:
- every id in every sealed record is found, once, in the order of the history, whoever wrote it;
- a record that names many subjects shows each timeline its own part;
- mentions can be thrown away and are made again from the audit.

Tables owned: timeline_mention, timeline_day, timeline_cursor. Events: none.
"""
