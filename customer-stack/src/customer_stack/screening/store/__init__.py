"""Every query of screening."""
