"""Use cases of screening."""
