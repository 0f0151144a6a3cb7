"""PostgreSQL of a test session in a container, in place of the embedded one.

    BULKHEAD_TEST_POSTGRES_IMAGE=postgres:18 make test-fast

It is used when that names an image which this machine's container engine has; nothing is fetched. Data lies
in memory. testcontainers starts and removes it; its reaper, a container of its own that removes what a
killed session leaves, is not asked for, so such a leftover is removed here, by its label.
"""

import os
import secrets
from typing import Any, Final

import psutil

from bulkhead_local.postgres import ROLES, ROLES_SQL, TEST_TUNING, Role
from bulkhead_local.problems import LocalProblem

VARIABLE: Final = "BULKHEAD_TEST_POSTGRES_IMAGE"
LABEL: Final = "bulkhead.test-session"
INSIDE: Final = "/roles.sql"
DATA: Final = "/memory"
"""A path that no image has: over a folder that is there, the engine keeps that folder's mode."""


class ContainerServer:
    """One server in a container; its passwords are random."""

    def __init__(self, image: str) -> None:
        """Describe a server; nothing is started."""
        # Imported by those alone who use it: it costs every test session a third of a second.
        from testcontainers.community.postgres import PostgresContainer  # noqa: PLC0415
        from testcontainers.core.config import testcontainers_config  # noqa: PLC0415

        testcontainers_config.ryuk_disabled = True
        self._passwords = {role: secrets.token_urlsafe(24) for role in ROLES}
        words = [f"-c{name}={value}" for name, value in TEST_TUNING.settings().items()]
        self._container = PostgresContainer(
            image, username="postgres", password=self._passwords["superuser"], dbname="postgres", driver=None
        )
        self._container.with_command(["postgres", *words])
        self._container.with_volume_mapping(str(ROLES_SQL), INSIDE, "ro")
        self._container.with_env(
            "POSTGRES_INITDB_ARGS", "--locale-provider=builtin --locale=C.UTF-8 --no-sync"
        )
        self._container.with_env("PGDATA", f"{DATA}/18")
        self._container.with_tmpfs_mount(DATA, "mode=1777")
        self._container.with_kwargs(labels={LABEL: str(os.getpid())}, shm_size="256m")

    def start(self) -> None:
        """Start it and make the roles. Raises LocalProblem."""
        self._container.start()
        variables = {f"BULKHEAD_{role.upper()}_PASSWORD": word for role, word in self._passwords.items()}
        command = [
            "psql",
            "-X",
            "-q",
            "-v",
            "ON_ERROR_STOP=1",
            "-h",
            "127.0.0.1",
            "-U",
            "postgres",
            "-f",
            INSIDE,
        ]
        code, said = self._container.get_wrapped_container().exec_run(
            command,
            environment={**variables, "BULKHEAD_DATABASES": "", "PGPASSWORD": self._passwords["superuser"]},
        )
        if code != 0:
            self.stop()
            raise LocalProblem(f"The roles could not be made in the container: {said.decode()[-500:]}")

    def dsn(self, role: Role, database: str) -> str:
        """Return the address of a database for a role."""
        user = "postgres" if role == "superuser" else f"bulkhead_{role}"
        host, port = self._container.get_container_host_ip(), self._container.get_exposed_port(5432)
        return f"postgresql://{user}:{self._passwords[role]}@{host}:{port}/{database}"

    def stop(self) -> None:
        """Remove it with all that it held."""
        self._container.stop()


def wanted_image() -> str | None:
    """Return the image that the environment names."""
    return os.environ.get(VARIABLE) or None


def usable_image() -> str | None:
    """Return the image to test with, or None where none is named or the engine does not have it."""
    image = wanted_image()
    if image is None:
        return None
    engine = _engine()
    if engine is None:
        return None
    try:
        return image if engine.images.list(name=image) else None
    finally:
        engine.close()


def remove_leftovers() -> None:
    """Remove the containers of test sessions that are gone."""
    engine = _engine() if wanted_image() else None
    if engine is None:
        return
    for container in engine.containers.list(all=True, filters={"label": LABEL}):
        if not psutil.pid_exists(int(container.labels[LABEL])):
            container.remove(force=True, v=True)
    engine.close()


def _engine() -> Any:
    """Return the client of the container engine that answers here, or None."""
    import docker  # noqa: PLC0415

    try:
        engine = docker.from_env(timeout=60)
        engine.ping()
    except docker.errors.DockerException:
        return None
    return engine
