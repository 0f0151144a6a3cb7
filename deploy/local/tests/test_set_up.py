import errno
import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from bulkhead_local.installation import Installation
from bulkhead_local.layout import Ports
from bulkhead_local.postgres import TEST_TUNING, Server
from bulkhead_local.problems import LocalProblem

LOCAL = Path(__file__).resolve().parents[1]
ROOT = LOCAL.parents[1]
SH = shutil.which("sh") or "/bin/sh"
SYSTEM_PYTHON = "/usr/bin/python3.11"
SYSTEM_PYTHON_WORKS = (
    Path(SYSTEM_PYTHON).exists()
    and subprocess.run([SYSTEM_PYTHON, "-c", "import ensurepip"], capture_output=True, check=False).returncode
    == 0
)


def find_python(path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [SH, str(LOCAL / "find_python.sh")],
        env={"PATH": str(path), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def install(folder: Path, name: str, script: str):
    program = folder / name
    program.write_text(f"#!{SH}\n{script}\n")
    program.chmod(0o755)


def test_a_machine_without_python_is_told_what_to_install(tmp_path):
    result = find_python(tmp_path)
    assert result.returncode == 1
    assert "needs Python 3.11 or newer, and found no Python" in result.stderr
    assert "apt install" in result.stderr


def test_a_python_too_old_is_named(tmp_path):
    install(tmp_path, "python3", 'case "$2" in *exit*) exit 1;; *) echo 3.9.2;; esac')
    result = find_python(tmp_path)
    assert result.returncode == 1
    assert "python3 is 3.9.2" in result.stderr


def test_a_new_enough_python_is_found_and_one_that_is_named_comes_first(tmp_path):
    install(tmp_path, "python3", "exit 0")
    assert find_python(tmp_path).stdout.strip() == "python3"
    assert find_python(tmp_path, PYTHON=sys.executable).stdout.strip() == sys.executable


@pytest.mark.skipif(not SYSTEM_PYTHON_WORKS, reason="this system has no python3.11 with ensurepip")
def test_the_systems_own_python_comes_before_that_of_a_version_manager(tmp_path):
    install(tmp_path, "python3.11", "exit 0")
    assert find_python(tmp_path).stdout.strip() == "python3.11"
    assert find_python(Path(f"{tmp_path}:/usr/bin")).stdout.strip() == SYSTEM_PYTHON


@pytest.mark.parametrize(("name", "least"), [("all.txt", 50), ("exchange-sdk.txt", 10), ("installer.txt", 0)])
def test_every_requirement_is_pinned_with_a_hash_and_names_no_place(name, least):
    text = (ROOT / "requirements" / name).read_text()
    blocks = [block for block in text.replace("\\\n", " ").splitlines() if block and block[0] not in "# "]
    assert len(blocks) > least
    assert [block for block in blocks if "==" not in block or "--hash=sha256:" not in block] == []
    assert "://" not in text


def test_icu_comes_built_and_not_as_source_code():
    names = [line.split("==")[0] for line in (ROOT / "requirements" / "all.txt").read_text().splitlines()]
    assert "pyicu-wheels" in names
    assert "pyicu" not in names


def test_a_full_disk_is_said_before_anything_is_written(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=0))
    with pytest.raises(LocalProblem, match=r"The disk of .* is full"):
        Server(tmp_path / "server", tuning=TEST_TUNING).start()


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.EPERM])
def test_a_folder_that_cannot_be_written_is_said_with_what_to_do(tmp_path, monkeypatch, number):
    def refuse(*_arguments, **_options):
        raise OSError(number, os.strerror(number), str(tmp_path))

    ports = Ports.free()
    monkeypatch.setattr(Path, "mkdir", refuse)
    wanted = rf"Cannot write in .*{os.strerror(number)}.*BULKHEAD_RUN_FOLDER"
    with Installation(tmp_path / "run", ports) as one:
        for begin in (one.start, one.start_databases, Server(tmp_path / "server").start):
            with pytest.raises(LocalProblem, match=wanted):
                begin()


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.EPERM])
def test_setting_up_where_nothing_can_be_written_is_said(tmp_path, capsys, number):
    script = runpy.run_path(str(LOCAL / "setup_environment.py"))

    def refuse():
        raise OSError(number, os.strerror(number), str(tmp_path))

    script["main"].__globals__["make_environment"] = refuse
    assert script["main"]() == 1
    assert f"({os.strerror(number)}). Copy the checkout" in capsys.readouterr().out


def test_the_exchange_client_is_installed_once_for_each_list_of_requirements(tmp_path):
    script = runpy.run_path(str(LOCAL / "setup_environment.py"))
    known, asked = script["install_exchange_client"].__globals__, []
    known["CLIENT_FOLDER"], known["CLIENT_REQUIREMENTS"] = tmp_path, tmp_path / "wanted" / "list.txt"
    known["_pip"] = lambda arguments, *_: asked.append(arguments)
    known["CLIENT_REQUIREMENTS"].parent.mkdir()
    for text in ("a==1", "a==1", "a==2"):
        known["CLIENT_REQUIREMENTS"].write_text(text)
        script["install_exchange_client"]()
    assert len(asked) == 2
    assert {"--require-hashes", "--ignore-requires-python", "--no-deps"} <= set(asked[0])


@pytest.mark.parametrize(("uv", "asked"), [("exit 0", 0), ("exit 1", 1), (None, 1)])
def test_pip_installs_what_uv_does_not(tmp_path, uv, asked):
    script = runpy.run_path(str(LOCAL / "setup_environment.py"))
    known, wanted = script["install_requirements"].__globals__, []
    known["UV"] = tmp_path / "uv"
    known["_pip"] = lambda arguments, *_: wanted.append(arguments)
    if uv is not None:
        install(tmp_path, "uv", uv)
    script["install_requirements"]()
    assert len(wanted) == asked
    assert all("--require-hashes" in arguments for arguments in wanted)


def test_uv_looks_where_pip_is_told_to_look(tmp_path, monkeypatch):
    script = runpy.run_path(str(LOCAL / "setup_environment.py"))
    file = tmp_path / "pip.conf"
    here = tmp_path.as_uri()
    file.write_text(
        "[global]\nindex-url = https://mirror.invalid/simple\nproxy = http://proxy.invalid\n"
        f"extra-index-url = {here} {here}/none https://other.invalid/simple\nfind-links = {tmp_path}/none\n"
    )
    for name in [name for name in os.environ if name.startswith("PIP_") or name.endswith("_PROXY")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(file))
    monkeypatch.setenv("PIP_INDEX_URL", "https://nearer.invalid/simple")
    monkeypatch.setenv("PIP_TRUSTED_HOST", "nearer.invalid")
    settings = script["_settings_of_pip"]()
    words = script["_places"](settings)
    told = list(zip(words[::2], words[1::2], strict=True))
    assert told[0] == ("--index-strategy", "unsafe-best-match")
    assert ("--default-index", "https://nearer.invalid/simple") in told
    assert [place for option, place in told if option == "--index"][-2:] == [
        here,
        "https://other.invalid/simple",
    ]
    assert ("--allow-insecure-host", "nearer.invalid") in told
    assert "--find-links" not in words
    assert script["_surroundings"](settings)["HTTPS_PROXY"] == "http://proxy.invalid"
    assert script["_places"]({"no-index": "true"})[-1] == "--no-index"


def test_make_help_lists_the_two_commands_and_every_check():
    result = subprocess.run(
        ["make", "help"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )
    for target in (
        "run",
        "test",
        "lint",
        "types",
        "imports",
        "test-fast",
        "test-e2e",
        "bench",
        "proto",
        "clean",
    ):
        assert f"make {target}" in result.stdout
