"""Every query of reconciliation, on the transaction it is given: runs and what they found, breaks."""
