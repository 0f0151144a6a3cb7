"""Every query of cases, on the transaction it is given."""
