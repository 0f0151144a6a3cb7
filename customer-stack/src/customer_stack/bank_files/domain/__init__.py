"""What stands in bank files, and what it means. Pure."""
