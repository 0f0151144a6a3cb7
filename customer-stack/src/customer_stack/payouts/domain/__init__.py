"""Rules of payouts."""
