"""Wire shapes of identity checks: `sessions` and their files and reviews, `tiers`."""
