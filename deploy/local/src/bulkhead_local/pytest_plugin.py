"""Fixtures with real PostgreSQL databases."""
