"""Every query of protection, set-based, on the transaction it is given."""
