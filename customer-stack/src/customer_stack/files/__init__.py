"""Files that people send: what they are by their bytes, and how they lie sealed in the database.

Files lie in the database, in sealed parts under the person's key: so one backup and one point-in-time
restore hold the record and its files, row-level security and erasure of the person cover both, and nothing
can be served by a path. They are few and are read by people.

Guaranteed:
- a file is what its bytes say, whatever a request calls it, and was opened as that before it is kept;
- its size is bounded before it is read and after;
- a part opens only at its place among the parts of its file.

Tables owned: none. Each module keeps its files in tables of its own.
"""
