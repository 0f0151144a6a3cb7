"""Every query of privacy, on the transaction it is given."""
