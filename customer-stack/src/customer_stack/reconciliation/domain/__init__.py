"""Pure rules of reconciliation: what a check is, and how two sides are compared."""
