"""Secrets of containers, the networks of the compose file, and the health check, without an engine."""

import http.server
import importlib.util
import json
import socket
import sys
import threading
from pathlib import Path
from types import ModuleType

import pytest
import yaml

from bulkhead_local import container_secrets, containers
from bulkhead_local.container_secrets import deliver_secrets
from bulkhead_local.containers import FOLDER, SANDBOX_FILE, Containers
from bulkhead_local.images import IMAGES, RECIPES, Base
from bulkhead_local.problems import LocalProblem

COMPOSE = yaml.safe_load((FOLDER / "compose.yaml").read_text())["services"]
SANDBOX = yaml.safe_load((FOLDER / SANDBOX_FILE).read_text())["services"]
PRODUCTION = {"BULKHEAD_ENVIRONMENT": "production", "COMPOSE_FILE": "compose.yaml", "COMPOSE_PROFILES": ""}
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


def test_delivering_again_changes_no_secret(delivered: Path) -> None:
    before = {name: contents(delivered, name) for name in COMPOSE}
    deliver_secrets(delivered)
    assert {name: contents(delivered, name) for name in COMPOSE} == before
    keys = json.loads((delivered / "customer-api" / "field_keys.json").read_text())
    assert keys["subjects"].startswith("/var/lib/bulkhead/"), "a folder that containers may write to"


def tree(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", ["customer_bank_api_key", "a_key_of_ours"])
def test_what_was_not_delivered_from_here_is_neither_changed_nor_removed(tmp_path: Path, name: str) -> None:
    deliver_secrets(tmp_path)
    place = tmp_path / "customer-worker"
    for each in (place, *place.iterdir()):
        each.chmod(0o700)
    (place / name).write_text("an operator's")
    before = tree(tmp_path)
    with pytest.raises(LocalProblem, match=f"customer-worker/{name}: not as"):
        deliver_secrets(tmp_path)
    assert tree(tmp_path) == before


def test_an_operators_folder_is_left_as_it_is(tmp_path: Path) -> None:
    place = tmp_path / "execution-worker"
    place.mkdir()
    (place / "execution_database_url").write_text("postgresql://ours")
    with pytest.raises(LocalProblem, match="Nothing was changed"):
        deliver_secrets(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"made", "execution-worker"}
    assert tree(place) == {place / "execution_database_url": b"postgresql://ours"}


def test_what_was_delivered_before_is_renewed_and_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = [{"bank": {"key": b"1", "old": b"1"}}, {"bank": {"key": b"2"}}]
    monkeypatch.setattr(container_secrets, "_contents", lambda *_: given.pop(0))
    deliver_secrets(tmp_path)
    deliver_secrets(tmp_path)
    assert tree(tmp_path / "bank") == {tmp_path / "bank" / "key": b"2"}


def test_production_starts_with_the_secrets_that_were_brought(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = tmp_path / "secrets"
    (secrets / "customer-api").mkdir(parents=True)
    (secrets / "customer-api" / "customer_bank_api_key").write_text("an operator's")
    before = tree(tmp_path)
    said: list[tuple[str, ...]] = []
    monkeypatch.setattr(Containers, "compose", lambda _, *words: said.append(words) or "")
    monkeypatch.setattr(Containers, "wait_until_healthy", lambda _: None)
    Containers(tmp_path / "state.json", PRODUCTION | {"BULKHEAD_SECRETS": str(secrets)}).up()
    assert said == [("up", "--detach")]
    assert tree(tmp_path) == before


@pytest.mark.parametrize("left", ["COMPOSE_FILE", "COMPOSE_PROFILES"])
def test_production_does_not_start_with_a_part_of_the_sandbox(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, left: str
) -> None:
    monkeypatch.setattr(Containers, "compose", lambda *_: pytest.fail("nothing may start"))
    sandbox = {"COMPOSE_FILE": f"compose.yaml:{SANDBOX_FILE}", "COMPOSE_PROFILES": "sandbox"}
    with pytest.raises(LocalProblem, match="BULKHEAD_ENVIRONMENT is not sandbox"):
        Containers(tmp_path / "state.json", PRODUCTION | {left: sandbox[left]}).up()


@pytest.mark.parametrize("name", ["COMPOSE_FILE", "COMPOSE_PROJECT_NAME", "BULKHEAD_ENVIRONMENT"])
def test_an_earlier_env_file_is_told_what_it_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    lines = (FOLDER / ".env").read_text().splitlines()
    (tmp_path / ".env").write_text("\n".join(line for line in lines if not line.startswith(f"{name}=")))
    monkeypatch.setattr(containers, "FOLDER", tmp_path)
    monkeypatch.setattr(sys, "argv", ["make up", "up"])
    assert containers.main() == 1
    said = capsys.readouterr().err
    assert f".env does not set {name}. " in said
    assert "git show HEAD:deploy/compose/.env" in said


def test_a_line_of_the_env_file_that_sets_nothing_is_named(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("# chosen\nA=1=2\n\nB\n")
    with pytest.raises(LocalProblem, match="line 4, is not NAME=value"):
        containers.read_choices(file)
    file.write_text("# chosen\nA=1=2\n\nB=\n")
    assert containers.read_choices(file) == {"A": "1=2", "B": ""}
    assert containers.read_choices(tmp_path / "nothing") == {}


def test_production_has_no_setting_of_the_sandbox() -> None:
    theirs = set().union(*(set(service["environment"]) for service in SANDBOX.values()))
    assert {"CUSTOMER_ACQUIRER_URL", "CUSTOMER_USD_ACCOUNT_NUMBER", "EXECUTION_EXCHANGE_URL"} <= theirs
    for name in CUSTOMER | EXECUTION:
        assert not theirs & set(COMPOSE[name].get("environment", {}))
        if not name.endswith("-postgres"):
            assert COMPOSE[name]["env_file"], "what an operator chooses"


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
