"""Wire shapes of filings."""
