"""Why a list was not taken."""


class ListRefused(Exception):
    """A list cannot be trusted as it is: the sentence says what is wrong with it. The last good one stays."""
