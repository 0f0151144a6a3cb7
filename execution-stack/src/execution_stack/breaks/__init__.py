"""Breaks: differences found between our books and the exchange, or inside our books. Never absorbed.

Words. A *break* states what was expected and what was found, with *evidence*: the orders, fills and
markets that it is about. A person *takes* it and is its *owner*; the owner *closes* it and says how. Its
*age* counts from when it was found.

Invariants: the same difference is one break while it is open, however often it is found; a break and its
steps are never changed, nothing follows its end; no money moves by itself.

Tables owned: break_found, break_evidence, break_step. Events published: none.
"""
