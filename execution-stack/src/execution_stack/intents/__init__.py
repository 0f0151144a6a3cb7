"""Intents: what the customer stack asks us to buy or sell for an opaque account, and what became of it.

Words. An intent is *received*, then *pooled* into a window's order, then *final*. Instead of being pooled
it may be *refused* or *cancelled*; then it never will be pooled. An intent that is *waiting* is received
and not yet pooled. `max_total` caps cost and fee of a buy, and the part of a sale's fee above its proceeds.

Invariants: an intent is known by its id and its content; the same id with other content is refused and
changes nothing; every intent ends once, as final, refused or cancelled; what a sale offers is held on the
account's position from receipt to the end; nobody pools and cancels the same intent, since both take its row.

Tables owned: intent. Events published: none; reports tell what happened.
"""
