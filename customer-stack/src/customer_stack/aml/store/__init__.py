"""Every query of AML, set-based, on the transaction it is given."""
