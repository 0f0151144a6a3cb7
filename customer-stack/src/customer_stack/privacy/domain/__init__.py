"""Rules of privacy: the inventory, consents, retention and erasure. Pure."""
