"""Version 2 of the wall. `boundary_pb2` and its stubs are generated: run `make proto`, never edit."""
