"""The customer stack: the only place with personal data."""
