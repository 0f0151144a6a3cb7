"""The whole platform on one machine: embedded PostgreSQL, processes and test databases."""
