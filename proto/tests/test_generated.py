"""The committed package is what the proto files give."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROTO = Path(__file__).resolve().parents[1]


def check(script):
    return subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True, check=False)


def test_the_generated_package_is_current():
    result = check(PROTO / "generate.py")
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_drift_is_found(tmp_path, version):
    (tmp_path / "generate.py").write_bytes((PROTO / "generate.py").read_bytes())
    shutil.copytree(PROTO / "boundary", tmp_path / "boundary")
    shutil.copytree(PROTO / "src", tmp_path / "src")
    assert check(tmp_path / "generate.py").returncode == 0
    changed = tmp_path / "boundary" / version / "boundary.proto"
    changed.write_text(changed.read_text().replace("recorded_at = 2", "recorded_at = 20"))
    result = check(tmp_path / "generate.py")
    assert result.returncode == 1
    assert f"boundary/{version}/boundary_pb2.py" in result.stderr
