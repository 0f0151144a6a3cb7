"""Every query of cards, on the transaction it is given; one file per use."""
