"""A rolling upgrade under load, from an earlier revision of this repository to the working copy."""
