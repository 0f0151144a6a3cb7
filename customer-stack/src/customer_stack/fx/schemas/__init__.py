"""Wire shapes of FX, one file per concern."""
