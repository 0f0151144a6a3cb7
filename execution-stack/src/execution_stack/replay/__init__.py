"""Replay: share out every window again, from its manifest and its fills, and compare with what was done.

Words. To *replay* a window is to repeat its allocation from what was stored before and beside it: the
manifest's bytes and the recorded fills. A *difference* names the first thing that is not as replayed.

Invariants: nothing is written; windows are read page by page, so that memory does not grow with their number.

Tables owned: none. Events published: none.
"""
