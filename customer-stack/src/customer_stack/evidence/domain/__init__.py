"""Packs, sources and what may be asked, as values. Pure."""
