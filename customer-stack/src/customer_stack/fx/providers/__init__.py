"""Sources of the market's rate."""
