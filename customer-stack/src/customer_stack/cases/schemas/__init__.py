"""Wire shapes of cases, snoozes and figures."""
