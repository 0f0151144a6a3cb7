"""The sandbox identity vendor: reads an identity document and says what stands in it.

It does not judge: whether a person is old enough, or is who they say they are, is the operator's decision.
"""
