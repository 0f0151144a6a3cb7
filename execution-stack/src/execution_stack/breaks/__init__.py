"""Breaks: differences found between our books and the exchange, or inside our books. Never absorbed.

Words. A *break* states what was expected and what was found; a person closes it, by a transfer of its own.

Invariants: the same difference is written once however often it is found; a break is never changed.

Tables owned: break_found. Events published: none.
"""
