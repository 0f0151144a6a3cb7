"""Operators: people of the execution house, each known by an Ed25519 key that only they have.

Words. An operator's *key* stands once two said so, and until two said that it is retired. What an operator
does about money is *signed* with a key that stands: the signature is over what is done and kept beside it.

Invariants: nobody's word about a key counts twice; only keys that stand sign; the first keys are founded
together, once, at the machine, since nobody stands yet who could let them in.

Tables owned: operator_key, operator_key_act. Events published: none.
"""
