"""The HTTP edge: what all routes of the customer stack have in common.

Words. A *problem* is an answer that says no (RFC 9457). A *principal* is who asks: a customer's session
or a staff member's session. A *permission* is `{scope}.{module}.{action}`.

Guaranteed:
- every refusal is a problem with a stable code and a sentence that says what to do;
- no answer and no log line repeats a value that a client sent;
- every route asks for a principal, except those listed in `edge.public`.

Tables owned: none. The edge knows sessions through the Protocols in `edge.authentication`.
"""
