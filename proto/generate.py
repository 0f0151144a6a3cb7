# ruff: noqa: INP001 - a script beside the package, not a part of it
"""Generate the package `boundary` from its proto files, or check that the committed one is current.

The generated code is committed so that setting up needs no compiler run and reviewers see what
changes. `python proto/generate.py` writes it; `--check` writes nothing and exits 1 when the committed
files differ from what the proto files give.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from grpc_tools import protoc

HERE = Path(__file__).resolve().parent
COMMITTED = HERE / "src"
PROTO_FILES = ("boundary/v1/boundary.proto", "boundary/v2/boundary.proto")
SUFFIXES = ("_pb2.py", "_pb2.pyi", "_pb2_grpc.py")


def generate(target: Path) -> None:
    """Write the generated modules under `target`. Exits when the compiler refuses a file."""
    target.mkdir(parents=True, exist_ok=True)
    arguments = [
        "protoc",
        f"--proto_path={HERE}",
        f"--python_out={target}",
        f"--pyi_out={target}",
        f"--grpc_python_out={target}",
        *PROTO_FILES,
    ]
    if protoc.main(arguments) != 0:
        sys.exit("the protobuf compiler refused a file: see its message above")


def find_drift() -> list[str]:
    """Return the committed files that are missing or differ from a fresh generation."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder)
        generate(fresh)
        names = [proto.removesuffix(".proto") + suffix for proto in PROTO_FILES for suffix in SUFFIXES]
        return [
            name
            for name in names
            if not (COMMITTED / name).exists()
            or (COMMITTED / name).read_bytes() != (fresh / name).read_bytes()
        ]


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only compare, write nothing")
    if not parser.parse_args().check:
        generate(COMMITTED)
        return
    drift = find_drift()
    if drift:
        sys.exit(f"run `make proto` and commit: {', '.join(drift)}")


if __name__ == "__main__":
    main()
