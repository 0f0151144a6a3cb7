"""Counterparties as local programs: an event exchange, a bank, a card acquirer and an identity vendor.

They stand where production has real institutions, so they share no code with the stacks and are spoken to
over HTTP only. Each one is a fold over a journal of facts: what was answered survives `kill -9`.
"""
