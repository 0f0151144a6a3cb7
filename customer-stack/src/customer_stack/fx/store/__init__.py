"""Every query of FX, on the transaction it is given, one file per concern."""
