"""Implementations of the exchange contract, one file per exchange."""
