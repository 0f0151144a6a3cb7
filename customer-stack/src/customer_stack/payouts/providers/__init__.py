"""Who carries payouts out."""
