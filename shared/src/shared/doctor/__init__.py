"""`doctor` of each stack: looks at everything an installation needs, and says what to do.

`examining` runs the checks, each by itself; the other files are checks that both stacks have.
"""
