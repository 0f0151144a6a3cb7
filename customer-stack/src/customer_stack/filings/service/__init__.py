"""Use cases of filings."""
