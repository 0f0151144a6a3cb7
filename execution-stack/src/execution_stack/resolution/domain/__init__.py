"""Pure rules of resolution: what an outcome pays, what takes one back, and the voids that people declare."""
