"""Use cases of privacy.

`consents` are what people agree to, `leaving` is how a relationship ends and what staff wishes about it,
`erasing` is the worker's and the command line's, `exporting` makes what a person asked for.
"""
