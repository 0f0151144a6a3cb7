"""The restore drill of the whole platform: `run.py` is the order of things, the others do them.

What was acknowledged before the moment of a restore is *early*, what came after it is *late*.
"""
