"""Every query of wagers, set-based, on the transaction it is given; one file per use."""
