"""Make the virtual environment `.venv` with everything hash-pinned. Run by make with any Python 3.11+.

Standard library only: nothing is installed yet. Needs no compiler: everything comes as wheels. uv installs
them in a tenth of pip's time, from where pip is told to look; where uv cannot be had or fails, pip does it.
"""

# ruff: noqa: INP001 - a script, not part of a package

import ast
import contextlib
import errno
import os
import shutil
import subprocess
import sys
import time
import venv
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".venv"
PYTHON = FOLDER / "bin" / "python"
UV = FOLDER / "bin" / "uv"
INSTALLER = ROOT / "requirements" / "installer.txt"
REQUIREMENTS = ROOT / "requirements" / "all.txt"
CLIENT_REQUIREMENTS = ROOT / "requirements" / "exchange-sdk.txt"
CLIENT_FOLDER = FOLDER / "exchange-sdk"
PACKAGES = ("shared", "proto", "customer-stack", "execution-stack", "deploy/sandbox", "deploy/local")
HASHED = ("--require-hashes", "--only-binary=:all:", "--no-deps")
PLACES = {
    "index-url": "--default-index",
    "extra-index-url": "--index",
    "find-links": "--find-links",
    "trusted-host": "--allow-insecure-host",
}
"""Where pip is told to look, and how uv is told the same."""
NEEDED_BYTES = 1_500_000_000
CANNOT_WRITE = (errno.EACCES, errno.EPERM, errno.EROFS)
DISK_FULL = "The disk is full: setting up needs about 1.5 GB. Free some space, then run it again."


class SetupFailed(Exception):
    """What to tell the person, as a sentence that says what to do."""


def say(text: str) -> None:
    """Show progress at once, also through a pipe."""
    print(text, flush=True)


def cannot_write(reason: str) -> str:
    """Return the sentence for a checkout that is read-only or somebody else's."""
    return (
        f"Cannot write in {FOLDER} ({reason}). Copy the checkout into a folder of yours, then run it again."
    )


def make_environment() -> None:
    """Make the environment unless a working one of this Python is there."""
    if PYTHON.exists() and _works():
        return
    if shutil.disk_usage(ROOT).free < NEEDED_BYTES:
        raise SetupFailed(DISK_FULL)
    say(f"  1/3 virtual environment, Python {sys.version.split()[0]}")
    try:
        venv.create(FOLDER, with_pip=True, clear=True)
    except (subprocess.CalledProcessError, ImportError) as error:
        raise SetupFailed(
            "This Python cannot make virtual environments (its ensurepip is missing). Install the package "
            f"python3.{sys.version_info.minor}-venv, or name another Python: make run PYTHON=/path/to/python"
        ) from error


def _works() -> bool:
    probe = [str(PYTHON), "-c", "import pip, sys; sys.exit(sys.version_info < (3, 11))"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


def install_installer() -> None:
    """Install uv, hash-pinned like the rest; pip says what is wrong when it does not get the rest either."""
    with contextlib.suppress(SetupFailed):
        _pip([*HASHED, "--retries=1", "-r", str(INSTALLER)])


def install_requirements() -> None:
    """Install the pinned requirements, each checked against its hash."""
    pins = _count(REQUIREMENTS)
    _install([*HASHED, "-r", str(REQUIREMENTS)], f"2/3 {pins} packages, hash-pinned", pins)


def install_exchange_client() -> None:
    """Install the exchange's own client library into a folder of its own: one test of the sandbox runs it.

    It asks for Python 3.13 and works on 3.11, so pip is told not to mind. Nothing else sees the folder, so
    this runs beside the rest, without a word of its progress. pip cannot tell what such a folder holds
    already, so a copy of the requirements says it.
    """
    wanted, installed = CLIENT_REQUIREMENTS.read_bytes(), CLIENT_FOLDER / CLIENT_REQUIREMENTS.name
    if installed.exists() and installed.read_bytes() == wanted:
        return
    place = ["--target", str(CLIENT_FOLDER), "--upgrade", "--ignore-requires-python"]
    _pip([*HASHED, *place, "-r", str(CLIENT_REQUIREMENTS)])
    installed.write_bytes(wanted)


def _count(requirements: Path) -> int:
    return sum("==" in line for line in requirements.read_text().splitlines() if line[:1].isalnum())


def install_packages() -> None:
    """Install the platform's own packages in place."""
    editable = [word for package in PACKAGES for word in ("-e", str(ROOT / package))]
    _install(
        ["--no-deps", "--no-build-isolation", *editable], f"3/3 {len(PACKAGES)} packages of the platform"
    )


def _install(arguments: list[str], title: str, expected: int = 0) -> None:
    if UV.exists():
        say(f"  {title}")
        settings = _settings_of_pip()
        command = [str(UV), "pip", "install", "--python", str(PYTHON), *_places(settings), *arguments]
        surroundings = _surroundings(settings)
        if (
            subprocess.run(command, cwd=ROOT, env=surroundings, capture_output=True, check=False).returncode
            == 0
        ):
            return
    _pip(arguments, title, expected)


def _settings_of_pip() -> dict[str, str]:
    """Return what pip's files and environment say, by name; the environment comes first."""
    command = [str(PYTHON), "-m", "pip", "config", "list"]
    listed = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.splitlines()
    pairs = [line.split("=", 1) for line in sorted(listed, key=lambda line: line.startswith(":env:"))]
    return {name.rpartition(".")[2]: str(ast.literal_eval(value)) for name, value in pairs}


def _surroundings(settings: dict[str, str]) -> dict[str, str]:
    """Return the environment for uv: as it is, and what else pip is told about certificates and proxies."""
    told = {
        "SSL_CERT_FILE": "cert",
        "HTTPS_PROXY": "proxy",
        "HTTP_PROXY": "proxy",
        "UV_HTTP_TIMEOUT": "timeout",
    }
    given = {name: settings[key] for name, key in told.items() if key in settings}
    return {**given, **os.environ}


def _places(settings: dict[str, str]) -> list[str]:
    """Return how uv is told to look where pip looks: everywhere at once, past folders that are not there."""
    words = ["--index-strategy", "unsafe-best-match"]  # whatever is found has to have its pinned hash
    if settings.get("no-index", "").lower() in ("1", "true", "yes", "on"):
        words.append("--no-index")
    for name, option in PLACES.items():
        for place in settings.get(name, "").split():
            folder = place.removeprefix("file://")
            if name == "trusted-host" or "://" in folder or Path(folder).exists():
                words += [option, place]
    return words


def _pip(arguments: list[str], title: str = "", expected: int = 0) -> None:
    """Run pip with a counter on screen if it has a title. Raises SetupFailed with the end of its output."""
    command = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    command += ["--no-compile", "--progress-bar=off", *arguments]
    output: list[str] = []
    began, found, live = time.monotonic(), 0, bool(title) and sys.stdout.isatty()
    if title and not live:
        say(f"  {title}")
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as process:
        for line in process.stdout or ():
            output.append(line)
            if live:
                found += line.startswith(("Collecting ", "Requirement already satisfied"))
                counter = f" ({found}/{expected})" if expected else ""
                print(f"\r  {title}{counter}, {time.monotonic() - began:.0f} s ", end="", flush=True)
    if live:
        print()
    if process.returncode != 0:
        text = "".join(output)
        if "No space left on device" in text:
            raise SetupFailed(DISK_FULL)
        for reason in (os.strerror(number) for number in CANNOT_WRITE):
            if reason in text:
                raise SetupFailed(cannot_write(reason))
        tail = "".join(output[-15:])
        raise SetupFailed(
            f"pip could not install the packages:\n{tail}\nCheck the network, then run it again."
        )


def main() -> int:
    """Set up, saying what happens. Returns the exit code."""
    if sys.version_info < (3, 11):  # noqa: UP036 - whoever runs this by hand may have an older one
        say(f"Bulkhead needs Python 3.11 or newer; this is {sys.version.split()[0]} ({sys.executable}).")
        return 1
    began = time.monotonic()
    say("Setting up (once; later runs skip this)")
    try:
        make_environment()
        with ThreadPoolExecutor(max_workers=1) as beside:
            client = beside.submit(install_exchange_client)
            install_installer()
            install_requirements()
            install_packages()
            client.result()
        (FOLDER / ".stamp").touch()
    except SetupFailed as problem:
        say(f"\n{problem}")
        return 1
    except OSError as error:
        if error.errno == errno.ENOSPC:
            say(DISK_FULL)
        elif error.errno in CANNOT_WRITE:
            say(cannot_write(error.strerror))
        else:
            raise
        return 1
    say(f"  ready after {time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
