"""Queries of filings."""
