"""What privacy keeps outside of the database."""
