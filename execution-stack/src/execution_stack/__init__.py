"""The execution stack: opaque accounts, contracts and USD; the only place with exchange credentials."""
