"""Use cases of cards: charges, refunds, settlements, issuing."""
