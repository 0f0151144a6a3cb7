"""Use cases of reconciliation: runs of checks, and breaks from where they are found to where they end."""
