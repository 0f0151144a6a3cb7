"""Both stacks started as production starts them, and each way in which they refuse to."""
