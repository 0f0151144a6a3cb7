"""Weights and scores. Pure."""
