"""Card acquirers, and who issues our cards."""
