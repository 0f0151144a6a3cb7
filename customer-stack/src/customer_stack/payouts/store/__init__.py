"""Every query of payouts, on the transaction it is given: orders and their answers, accounts and terms."""
