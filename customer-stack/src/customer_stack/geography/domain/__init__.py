"""Addresses, tables and policies. Pure."""
