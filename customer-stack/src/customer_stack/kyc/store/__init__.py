"""Every query of identity checks, on the transaction it is given: sessions and results, files."""
