"""The gate at work."""
