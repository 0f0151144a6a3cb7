"""Secrets of containers, the networks of the compose file, and the health check, without an engine."""

import http.server
import importlib.util
import json
import socket
import threading
from pathlib import Path
from types import ModuleType

import pytest
import yaml

from bulkhead_local.container_secrets import deliver_secrets
from bulkhead_local.containers import FOLDER
from bulkhead_local.images import IMAGES, RECIPES, Base

COMPOSE = yaml.safe_load((FOLDER / "compose.yaml").read_text())["services"]
CUSTOMER = {name for name in COMPOSE if name.startswith("customer-")}
EXECUTION = {name for name in COMPOSE if name.startswith("execution-")}


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("secrets")
    deliver_secrets(folder)
    return folder


def contents(folder: Path, container: str) -> set[str]:
    return {path.read_text().strip() for path in (folder / container).iterdir()}


def test_every_container_has_a_folder_of_its_own(delivered: Path) -> None:
    mounted = {
        volume.split("}/")[1].split(":")[0]
        for service in COMPOSE.values()
        for volume in service["volumes"]
        if "/run/secrets" in volume
    }
    assert mounted == {path.name for path in delivered.iterdir()} - {"made"} == set(COMPOSE)


def test_stacks_share_the_keys_of_the_boundary_and_public_keys_only(delivered: Path) -> None:
    customer = set().union(*(contents(delivered, name) for name in CUSTOMER))
    execution = set().union(*(contents(delivered, name) for name in EXECUTION))
    names = {
        path.name
        for container in CUSTOMER | EXECUTION
        for path in (delivered / container).iterdir()
        if path.read_text().strip() in customer & execution
    }
    assert names == {
        "audit_public_keys.txt",
        "other_audit_public_keys.txt",
        "boundary_authority.pem",
        "boundary_keys.json",
    }


def test_a_process_has_only_the_logins_that_it_acts_as(delivered: Path) -> None:
    logins = {
        container: {path.name for path in (delivered / container).iterdir() if path.name.endswith("_url")}
        for container in ("customer-api", "customer-worker", "customer-migrate", "execution-worker")
    }
    assert logins == {
        "customer-api": {"customer_database_url"},
        "customer-worker": {"customer_database_url", "customer_sealer_database_url"},
        "customer-migrate": {"customer_owner_database_url"},
        "execution-worker": {"execution_database_url", "execution_sealer_database_url"},
    }
    assert "audit_key.txt" not in {path.name for path in (delivered / "customer-api").iterdir()}


def test_delivering_again_changes_no_secret_and_removes_what_is_no_longer_given(delivered: Path) -> None:
    before = {name: contents(delivered, name) for name in COMPOSE}
    (delivered / "bank").chmod(0o700)
    (delivered / "bank" / "old_key").write_text("x")
    deliver_secrets(delivered)
    assert {name: contents(delivered, name) for name in COMPOSE} == before
    keys = json.loads((delivered / "customer-api" / "field_keys.json").read_text())
    assert keys["subjects"].startswith("/var/lib/bulkhead/"), "a folder that containers may write to"


def test_the_boundary_is_the_only_network_of_both_stacks() -> None:
    def networks(names: set[str]) -> set[str]:
        return set().union(*(set(COMPOSE[name]["networks"]) for name in names))

    assert networks(CUSTOMER) & networks(EXECUTION) == {"boundary"}
    on_boundary = {name for name, service in COMPOSE.items() if "boundary" in service["networks"]}
    assert on_boundary == {"customer-api", "customer-worker", "customer-command", "execution-boundary"}
    assert {name for name, each in COMPOSE.items() if "exchange" in each["networks"]} <= EXECUTION | {
        "exchange"
    }


@pytest.mark.parametrize("name", COMPOSE)
def test_every_container_is_bounded_and_restarts(name: str) -> None:
    service = COMPOSE[name]
    assert service["read_only"]
    assert service["user"] == "10001:10001"
    assert service["cap_drop"] == ["ALL"]
    assert service["mem_limit"]
    assert service["pids_limit"]
    assert service["stop_grace_period"]
    assert service["logging"]["options"]["max-size"]
    once = name.endswith(("-migrate", "-command"))
    assert service["restart"] == ("no" if once else "unless-stopped")
    assert once or service["healthcheck"]["test"][0] == "CMD"


def healthy() -> ModuleType:
    spec = importlib.util.spec_from_file_location("healthy", RECIPES / "healthy.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("answers", "wrong"),
    [
        ({"/ready": 200}, None),
        ({"/ready": 503}, "/ready answers 503"),
        ({"/health": 200}, None),
        ({}, "nobody"),
    ],
)
def test_the_health_check_asks_the_management_port(answers: dict[str, int], wrong: str | None) -> None:
    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(answers.get(self.path, 404))
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with socket.create_server(("127.0.0.1", 0)) as free:
            nobody = free.getsockname()[1]
        said = healthy().judge([f"127.0.0.1:{nobody}", f"127.0.0.1:{server.server_port}"])
        server.shutdown()
    assert said is None if wrong is None else wrong in said


def test_wheels_are_those_that_the_base_image_can_load() -> None:
    options = Base("base", "3.11", 36, "x86_64").pip_options()
    assert "manylinux_2_36_x86_64" in options
    assert "manylinux_2_37_x86_64" not in options
    assert "--only-binary=:all:" in options


def test_the_digest_of_an_image_follows_its_sources_and_not_the_other_stacks() -> None:
    for image in IMAGES:
        names = {str(path.relative_to(RECIPES.parents[1])) for path in image.sources()}
        other = {"customer": "execution-stack", "execution": "customer-stack"}.get(
            image.name, "customer-stack"
        )
        assert f"deploy/images/{image.name}.dockerfile" in names
        assert not [name for name in names if name.startswith(other)]
