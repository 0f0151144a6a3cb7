"""The rules of cards: what acquirers say, charges, settlements, issuing. Pure."""
