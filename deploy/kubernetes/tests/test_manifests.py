"""The manifests are what a cluster takes, and what the images and settings expect."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from cluster import FOLDER, Document, read, read_everything
from pydantic_settings import BaseSettings

from customer_stack import settings as customer_settings
from customer_stack.production import list_configured
from customer_stack.wiring.channels import ChannelSettings
from customer_stack.wiring.settlement import SettlementSettings
from execution_stack import settings as execution_settings

VERSIONS: Final = ("1.31", "1.34", "1.37")
"""Of Kubernetes: the oldest that these manifests are for, one between, the newest whose schemas we have."""
OWN_KINDS: Final = {"Cluster", "ObjectStore", "ScheduledBackup", "Kustomization"}
"""Of operators, whose schemas come with them and not with Kubernetes."""


def workloads() -> list[Document]:
    return [each for each in read_everything() if each["kind"] in ("Deployment", "Job")]


def containers() -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    for each in workloads():
        pod = each["spec"]["template"]["spec"]
        yield from ((each["metadata"]["name"], pod, container) for container in pod["containers"])


@pytest.mark.long
@pytest.mark.parametrize("version", VERSIONS)
def test_the_published_schemas_take_every_document(version: str) -> None:
    validate = pytest.importorskip("kubernetes_validate", reason="make manifests brings the schemas")
    checked = 0
    for document in read_everything():
        if document["kind"] not in OWN_KINDS:
            validate.validate(document, version, strict=True)
            checked += 1
    assert checked > 25
    broken = deepcopy(next(each for each in workloads() if each["kind"] == "Deployment"))
    broken["spec"]["template"]["spec"]["containers"][0]["imagee"] = "x"
    with pytest.raises(validate.ValidationError):
        validate.validate(broken, version, strict=True)


@pytest.mark.parametrize("folder", ["example", "example/customer-migration", "example/execution-migration"])
def test_kustomize_builds_what_this_reader_reads(folder: str) -> None:
    program = shutil.which("kubectl")
    if program is None:
        pytest.skip("kubectl is not here")
    command = [program, "kustomize", FOLDER / folder]
    built = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert names_of(yaml.load_all(built.stdout, yaml.CSafeLoader)) == names_of(read(FOLDER / folder))


def names_of(documents: Iterable[Document]) -> list[tuple[str, str, str | None]]:
    return sorted(
        (each["kind"], each["metadata"]["name"], each["metadata"].get("namespace")) for each in documents
    )


def test_no_process_may_do_more_than_it_must() -> None:
    assert len(workloads()) == 6
    for name, pod, container in containers():
        assert pod["automountServiceAccountToken"] is False, name
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["runAsUser"] == 10001
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert {"requests", "limits"} <= container["resources"].keys()
        assert "@" not in container["image"]
        assert ":" not in container["image"], "the operator's folder says which image, by its digest"


def test_every_process_that_serves_is_probed_and_has_a_budget() -> None:
    documents = read_everything()
    budgets = [
        each["spec"]["selector"]["matchLabels"] for each in documents if each["kind"] == "PodDisruptionBudget"
    ]
    for each in documents:
        if each["kind"] == "Deployment":
            (container,) = each["spec"]["template"]["spec"]["containers"]
            assert {"startupProbe", "readinessProbe", "livenessProbe"} <= container.keys()
            assert each["spec"]["selector"]["matchLabels"] in budgets


def test_files_and_volumes_that_are_named_are_there() -> None:
    for name, pod, container in containers():
        volumes = {volume["name"] for volume in pod["volumes"]}
        assert {mount["name"] for mount in container["volumeMounts"]} == volumes, name
        for mount in container["volumeMounts"]:
            secret = mount["mountPath"].startswith(("/run/secrets", "/etc"))
            assert bool(mount.get("readOnly")) is secret, f"{name}: {mount['name']}"
        for volume in pod["volumes"]:
            given = volume.get("secret") or volume.get("projected")
            if given is not None:
                assert given["defaultMode"] == 0o440, "nobody else may read a secret"


def test_only_the_job_has_the_owner_and_only_workers_seal() -> None:
    for name, pod, _ in containers():
        secrets = {
            found
            for volume in pod["volumes"]
            for found in [volume.get("secret", {}).get("secretName")]
            + [each["secret"]["name"] for each in volume.get("projected", {}).get("sources", [])]
            if found is not None
        }
        assert any(each.endswith("-owner") for each in secrets) is name.endswith("-migrate")
        assert any(each.endswith("-sealing-settings") for each in secrets) is name.endswith("-worker")
        assert ("execution-exchange" in secrets) is name.endswith(("execution-boundary", "execution-worker"))
        assert all(each.startswith(name.split("-")[0]) for each in secrets), "its own secrets only"


@pytest.mark.parametrize(
    ("stack", "module"), [("customer", customer_settings), ("execution", execution_settings)]
)
def test_settings_that_are_given_exist(stack: str, module: Any) -> None:
    fields = {
        f"{stack}_{field}".upper()
        for each in [*vars(module).values(), ChannelSettings, SettlementSettings]
        if isinstance(each, type) and issubclass(each, BaseSettings)
        for field in each.model_fields
    } | {f"{stack.upper()}_SECRETS_FOLDER"}
    given = given_to(stack)
    overridden = {
        variable["name"]
        for name, _, container in containers()
        if name.startswith(stack)
        for variable in container.get("env", [])
    }
    assert {name for name in {*given, *overridden} if name != "TZ"} <= fields
    mounted = {
        mount["mountPath"]
        for name, _, container in containers()
        if name == f"{stack}-worker" or (name == "execution-boundary" and stack == "execution")
        for mount in container["volumeMounts"]
    }
    for name, value in given.items():
        if name.endswith("_FILE"):
            assert any(value.startswith(f"{path}/") for path in mounted), (
                f"{name} names a file that is nowhere"
            )


def given_to(stack: str) -> dict[str, str]:
    """Return the settings of a stack's processes that are no secret, the operator's own among them."""
    documents = [each for each in read(FOLDER / "example") if each["kind"] == "ConfigMap"]
    return {
        name: value
        for each in documents
        if each["metadata"]["namespace"] == f"bulkhead-{stack}"
        for name, value in each["data"].items()
    }


def listed_secrets(stack: str) -> set[str]:
    """Return the settings that the page tells the operator to give as files of a Secret."""
    page = (FOLDER.parents[1] / "docs/systems/kubernetes.md").read_text()
    rows = [line for line in page.splitlines() if line.startswith(f"| `{stack}-") and "migration" not in line]
    return {name for row in rows for name in re.findall(rf"`({stack}_[a-z_]+)`", row)}


@pytest.fixture
def configured(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Set what the manifests and the page's secrets give, as a process of production finds it."""
    stack: str = request.param
    file = tmp_path / "file"
    file.touch(mode=0o600)
    for name in [name for name in os.environ if name.startswith(f"{stack.upper()}_")]:
        monkeypatch.delenv(name)
    for name, value in given_to(stack).items():
        if not name.endswith("_SECRETS_FOLDER"):
            monkeypatch.setenv(name, str(file) if name.endswith("_FILE") else value)
    for name in listed_secrets(stack):
        address = f"postgresql://{stack}:x@db.internal/{stack}?sslmode=verify-full&sslrootcert={file}"
        value = address if name.endswith("_database_url") else "uG3v9Qe1lWn0Zx72PzqTkLr8"
        monkeypatch.setenv(name.upper(), value)
    return stack


@pytest.mark.parametrize("configured", ["customer"], indirect=True)
def test_production_takes_what_the_customer_stack_is_given(configured: str) -> None:
    settings = customer_settings.read_settings(customer_settings.WorkerSettings)
    assert settings.production_problems() == []
    assert list_configured(settings) == []


@pytest.mark.parametrize("configured", ["execution"], indirect=True)
def test_production_takes_what_the_execution_stack_is_given(configured: str) -> None:
    for kind in (execution_settings.WorkerSettings, execution_settings.BoundarySettings):
        assert execution_settings.read_settings(kind).production_problems() == []
