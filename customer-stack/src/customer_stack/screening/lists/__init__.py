"""Lists of persons and entities as their publishers write them, read into one shape. Pure.

Guaranteed:
- a list that is empty, cut off, or of another shape than its publisher's is refused with a reason, as a
  whole: whoever asked keeps the last good one;
- the version of a list is the digest of its bytes as published; the same bytes give the same entries, in
  the same order, in every process.
"""
