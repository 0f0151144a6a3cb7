"""Whether containers can be run here, and what an image holds."""

import io
import json
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import Any, Final

import pytest

from bulkhead_local.images import DIGEST_LABEL, IMAGES, Image, docker
from bulkhead_local.problems import LocalProblem

BY_NAME: Final = {image.name: image for image in IMAGES}
LARGEST_SOURCE: Final = 1_000_000


def missing(*names: str) -> str | None:
    """Return why tests of these images cannot run here, or None."""
    try:
        docker("info", "--format={{.ServerVersion}}")
        for name in names:
            image = BY_NAME[name]
            if (configuration(image)["Labels"] or {}).get(DIGEST_LABEL) != image.digest():
                return f"{image.tag} was built from other sources: make images"
    except LocalProblem as problem:
        return f"no container engine with our images (make images): {str(problem).splitlines()[0]}"
    return None


def require_images(*names: str) -> None:
    """Skip the test, saying why, where there is no engine or an image has not been built."""
    if reason := missing(*names):
        pytest.skip(reason)


def configuration(image: Image) -> dict[str, Any]:
    """Return what the engine knows of an image."""
    found: dict[str, Any] = json.loads(docker("image", "inspect", image.tag))[0]["Config"]
    return found


class Contents:
    """Every file of an image by its path, and the text of those that we wrote."""

    def __init__(self, archive: tarfile.TarFile) -> None:
        """Read an archive of an image's whole file system."""
        self.paths: set[str] = set()
        self.modes: dict[str, int] = {}
        self.sources: dict[str, str] = {}
        for member in archive:
            path = "/" + member.name.removeprefix("./")
            self.paths.add(path)
            if not member.issym():
                self.modes[path] = member.mode
            if member.isfile() and is_ours(path) and member.size < LARGEST_SOURCE:
                content = archive.extractfile(member)
                self.sources[path] = content.read().decode() if content else ""

    def named(self, *names: str) -> list[str]:
        """Return the paths of which a part has one of these names."""
        return sorted(path for path in self.paths if set(PurePosixPath(path).parts) & set(names))

    def python(self, package: str) -> dict[str, str]:
        """Return the modules of one of our packages by path."""
        inside = f"/site-packages/{package}/"
        return {path: text for path, text in self.sources.items() if inside in path and path.endswith(".py")}


def is_ours(path: str) -> bool:
    """Tell whether a path is a source of ours."""
    roots = ("/usr/share/bulkhead/", *(f"/site-packages/{name}/" for name in PACKAGES))
    return path.endswith((".py", ".sql")) and any(root in path for root in roots)


PACKAGES: Final = ("shared", "boundary", "customer_stack", "execution_stack", "sandbox", "bulkhead_local")


@contextmanager
def opened(image: Image) -> Iterator[Contents]:
    """Give the contents of an image; it is not started."""
    container = docker("create", "--network=none", image.tag).strip()
    try:
        with tarfile.open(fileobj=io.BytesIO(_exported(container)), mode="r|") as archive:
            yield Contents(archive)
    finally:
        docker("rm", "--force", container)


def _exported(container: str) -> bytes:
    return subprocess.run(
        ["docker", "export", container], capture_output=True, check=True, timeout=120
    ).stdout
