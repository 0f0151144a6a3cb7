"""The committed package is what the proto files give."""

import subprocess
import sys
from pathlib import Path

PROTO = Path(__file__).resolve().parents[1]


def check(script):
    return subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True, check=False)


def test_the_generated_package_is_current():
    result = check(PROTO / "generate.py")
    assert result.returncode == 0, result.stderr


def test_drift_is_found(tmp_path):
    (tmp_path / "boundary" / "v1").mkdir(parents=True)
    (tmp_path / "generate.py").write_bytes((PROTO / "generate.py").read_bytes())
    source = (PROTO / "boundary" / "v1" / "boundary.proto").read_text()
    (tmp_path / "boundary" / "v1" / "boundary.proto").write_text(source.replace("depth = 2", "depth = 3"))
    committed = tmp_path / "src" / "boundary" / "v1"
    committed.mkdir(parents=True)
    for file in (PROTO / "src" / "boundary" / "v1").glob("boundary_pb2*"):
        (committed / file.name).write_bytes(file.read_bytes())
    result = check(tmp_path / "generate.py")
    assert result.returncode == 1
    assert "boundary_pb2.py" in result.stderr
