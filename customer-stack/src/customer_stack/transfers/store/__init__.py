"""Queries of transfers: what the lane reads and writes, and everything else."""
