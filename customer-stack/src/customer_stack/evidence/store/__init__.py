"""Queries of evidence."""
