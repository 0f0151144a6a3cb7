"""`python -m sandbox exchange|bank|identity|acquirer`: the same as the console script."""

from sandbox.cli import app

app()
