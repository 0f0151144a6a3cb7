"""Pure rules of FX: rates, quotes, conversions, stock and cost."""
