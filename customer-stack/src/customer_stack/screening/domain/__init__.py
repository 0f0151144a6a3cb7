"""Decisions of screening about lists, alerts and verdicts. Pure."""
