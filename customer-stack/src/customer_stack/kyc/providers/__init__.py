"""Identity vendors behind one contract."""
