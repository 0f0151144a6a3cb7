"""Every query of the gate."""
