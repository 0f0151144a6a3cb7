"""Build the images of the platform with the container engine of this machine.

    make images [BASE_IMAGE=debian-with-python] [IMAGES="customer execution"]

Each image's context is a folder made here: the sources of its own projects, wheels by hash for the Python
of the base image, the list of their requirements. The build itself has no network.

Guaranteed:
- an image holds only what its own stack declares: the other stack is not even in its context;
- what is installed has the hash that `make lock` wrote.
"""

import argparse
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bulkhead_local.problems import LocalProblem
from bulkhead_local.run import ROOT

RECIPES: Final = ROOT / "deploy" / "images"
REQUIREMENTS: Final = ROOT / "requirements"
CONTEXTS: Final = ROOT / ".run" / "images"
DEFAULT_BASE: Final = "bulkhead-base:bookworm"
TAG: Final = os.environ.get("BULKHEAD_TAG", "local")
DIGEST_LABEL: Final = "bulkhead.sources"
OLDEST_GLIBC: Final = 5
FOREIGN: Final = shutil.ignore_patterns("__pycache__", "*.egg-info", "build", "tests", "web", "node_modules")
SECONDS: Final = 1800
_LOOK: Final = (
    "import json, platform, sys; "
    "print(json.dumps([sys.version_info[:2], platform.libc_ver()[1], platform.machine()]))"
)


@dataclass(frozen=True, slots=True)
class Image:
    """One image: its recipe is `<name>.dockerfile`, its requirements are `<name>.txt`."""

    name: str
    projects: tuple[str, ...]
    files: tuple[str, ...]

    @property
    def tag(self) -> str:
        """Return the name under which the engine has it."""
        return f"bulkhead-{self.name}:{TAG}"

    def sources(self) -> list[Path]:
        """Return every file that it is built from, wheels aside, whose hashes are in one of them."""
        recipes = [RECIPES / name for name in (*self.files, f"{self.name}.dockerfile")]
        lists = [REQUIREMENTS / f"{self.name}.txt", REQUIREMENTS / "build.txt"]
        found = [*recipes, *lists]
        for project in self.projects:
            for folder, folders, files in os.walk(ROOT / project):
                ignored = FOREIGN(folder, [*folders, *files])
                folders[:] = [name for name in folders if name not in ignored]
                found += [Path(folder) / name for name in files if name not in ignored]
        return sorted(found)

    def digest(self) -> str:
        """Return a digest of its sources; the image carries it."""
        whole = hashlib.sha256()
        for path in self.sources():
            whole.update(str(path.relative_to(ROOT)).encode() + b"\0")
            whole.update(hashlib.sha256(path.read_bytes()).digest())
        return whole.hexdigest()


IMAGES: Final = (
    Image("customer", ("shared", "proto", "customer-stack"), ("install.sh", "healthy.py")),
    Image("execution", ("shared", "proto", "execution-stack"), ("install.sh", "healthy.py")),
    Image("sandbox", ("deploy/sandbox",), ("install.sh", "healthy.py")),
    Image("postgres", (), ("postgres_start.py",)),
)


@dataclass(frozen=True, slots=True)
class Base:
    """What wheels have to fit: the Python and the C library of the base image."""

    name: str
    python: str
    glibc_minor: int
    machine: str

    @classmethod
    def look(cls, name: str) -> "Base":
        """Ask the base image. Raises LocalProblem when it cannot be used here."""
        asked = docker("run", "--rm", "--network=none", "--entrypoint=python3", name, "-c", _LOOK)
        (major, minor), libc, machine = json.loads(asked)
        found = cls(name, f"{major}.{minor}", int(libc.split(".")[1]) if libc else 0, machine)
        own = f"{sys.version_info.major}.{sys.version_info.minor}"
        if (found.python, found.machine) != (own, platform.machine()) or not libc:
            raise LocalProblem(
                f"{name} has Python {found.python} on {machine} ({'glibc' if libc else 'no glibc'}); wheels "
                f"are chosen with Python {own} on {platform.machine()}. Use a Debian image with that Python."
            )
        return found

    def pip_options(self) -> list[str]:
        """Return how pip is told for what it downloads."""
        words = ["--implementation", "cp", "--python-version", self.python, "--only-binary=:all:"]
        older = [f"manylinux_2_{minor}_{self.machine}" for minor in range(self.glibc_minor, OLDEST_GLIBC, -1)]
        names = [*older, *(f"manylinux{year}_{self.machine}" for year in ("2014", "2010", "1"))]
        return [*words, *(word for name in names for word in ("--platform", name))]


def docker(*words: str | Path, show: bool = False) -> str:
    """Run the container engine's client. Returns what it prints. Raises LocalProblem."""
    try:
        result = subprocess.run(
            ["docker", *words],
            stdout=None if show else subprocess.PIPE,
            stderr=None if show else subprocess.PIPE,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except FileNotFoundError as error:
        raise LocalProblem(
            "There is no container engine here. Install one: docs/guides/operate.md"
        ) from error
    if result.returncode != 0:
        said = "" if show else f"\n{(result.stdout + result.stderr).strip()[-2000:]}"
        raise LocalProblem(f"docker {words[0]} ended with code {result.returncode}.{said}")
    return result.stdout or ""


def gather(image: Image, base: Base) -> Path:
    """Make the folder that the image is built from, and return it. Raises LocalProblem."""
    folder = CONTEXTS / image.name
    wheels = CONTEXTS / "wheels" / image.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for project in image.projects:
        shutil.copytree(ROOT / project, folder / "sources" / Path(project).name, ignore=FOREIGN)
    for file in (*image.files, f"{image.name}.dockerfile"):
        shutil.copy2(RECIPES / file, folder / file)
    shutil.copy2(REQUIREMENTS / f"{image.name}.txt", folder / "requirements.txt")
    shutil.copy2(REQUIREMENTS / "build.txt", folder / "build.txt")
    stamp, wanted = wheels / "requirements", _digest_of(folder, base)
    if not stamp.exists() or stamp.read_text() != wanted:
        shutil.rmtree(wheels, ignore_errors=True)
        for name in ("requirements.txt", "build.txt"):
            _download(folder / name, wheels, base)
        stamp.write_text(wanted)
    shutil.copytree(wheels, folder / "wheels", ignore=shutil.ignore_patterns("requirements"))
    return folder


def _digest_of(folder: Path, base: Base) -> str:
    lists = "".join((folder / name).read_text() for name in ("requirements.txt", "build.txt"))
    return f"{base.python} {base.glibc_minor} {base.machine}\n{lists}"


def _download(requirements: Path, wheels: Path, base: Base) -> None:
    words = ["download", "--quiet", "--no-deps", "--require-hashes", "--disable-pip-version-check"]
    command = [sys.executable, "-m", "pip", *words, *base.pip_options()]
    result = subprocess.run(
        [*command, "--dest", wheels, "--requirement", requirements],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    if result.returncode != 0:
        raise LocalProblem(
            f"pip could not get the wheels of {requirements}:\n{result.stderr.strip()[-2000:]}"
        )


def build(image: Image, base: Base) -> float:
    """Build an image, and return the seconds that it took. Raises LocalProblem."""
    folder = gather(image, base)
    began = time.monotonic()
    recipe = folder / f"{image.name}.dockerfile"
    words = ["build", "--network=none", f"--build-arg=BASE_IMAGE={base.name}", f"--tag={image.tag}"]
    docker(*words, f"--label={DIGEST_LABEL}={image.digest()}", "--file", recipe, folder)
    return time.monotonic() - began


def show_sizes() -> None:
    """Print how large each image is that is there, and how much of it is not the base image's."""
    for image in IMAGES:
        size = int(docker("image", "inspect", "--format={{.Size}}", image.tag))
        layers = docker(
            "history", "--format={{.Size}}\t{{.CreatedBy}}", "--no-trunc", "--human=false", image.tag
        )
        ours = sum(int(line.split("\t")[0]) for line in layers.splitlines()[:-1])
        print(f"  {image.tag:28} {size / 1e6:6.0f} MB, of that its own {ours / 1e6:6.0f} MB")


def main() -> int:
    """Run from the command line. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="make images", description=__doc__)
    parser.add_argument("names", nargs="*", help="which images; all without")
    parser.add_argument("--base", default=DEFAULT_BASE, help="the base image: Debian with Python and glibc")
    parser.add_argument("--sizes", action="store_true", help="only tell how large they are")
    arguments = parser.parse_args()
    try:
        if not arguments.sizes:
            base = Base.look(arguments.base)
            for image in IMAGES:
                if not arguments.names or image.name in arguments.names:
                    print(f"  {image.tag}: wheels and sources", flush=True)
                    print(f"  {image.tag}: built in {build(image, base):.1f} s", flush=True)
        show_sizes()
    except LocalProblem as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
