"""Decisions of filings: the typed report, its XML, movements, deadlines, lifecycle. Pure."""
