"""Rules of identity checks. Pure.

Reading order: `claims` (who somebody says they are), `checks` (what is judged without anybody's help),
`routing` (which steps a session goes through; `configuring` reads it), `progress` (how far its results
bring it), `sessions` (what becomes of it), `tiers` (what an approval is worth), `files` (what a picture of a
document is), `businesses` (who owns them).
"""
