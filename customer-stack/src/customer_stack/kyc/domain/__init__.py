"""Rules of identity checks. Pure.

Reading order: `claims` (who somebody says they are), `checks` (what is judged without anybody's help),
`routing` (which steps a session goes through), `progress` (how far its results bring it), `sessions` (what
becomes of it), `files` (what a picture of a document is).
"""
