"""Use cases of settlement: propose, decide, release, close by the bank's words, look."""
