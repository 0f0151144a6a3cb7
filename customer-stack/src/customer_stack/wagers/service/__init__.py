"""Use cases of wagers, one file per journey's step: placing, sending, reporting, reading."""
