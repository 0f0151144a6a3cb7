"""What the manifests say, read as a cluster reads them: their documents, and who may talk to whom."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any, Final

import yaml

FOLDER: Final = Path(__file__).resolve().parents[1]
Document = Mapping[str, Any]


def read(folder: Path, namespace: str | None = None) -> Iterator[Document]:
    """Return the documents of a kustomization and of those that it builds on, each with its namespace."""
    kustomization = yaml.safe_load((folder / "kustomization.yaml").read_text())
    namespace = namespace or kustomization.get("namespace")
    for resource in kustomization["resources"]:
        path = folder / resource
        if path.is_dir():
            yield from read(path, namespace)
        else:
            yield from (
                _placed(document, namespace) for document in yaml.load_all(path.read_text(), yaml.CSafeLoader)
            )


def read_files(folder: Path) -> Iterator[Document]:
    """Return the documents of the files of a folder without a kustomization."""
    for path in sorted(folder.glob("*.yaml")):
        yield from yaml.load_all(path.read_text(), yaml.CSafeLoader)


@cache
def read_everything() -> list[Document]:
    """Return all that an operator applies: the example's folder, the migrations, the databases."""
    migrations = [
        document for stack in ("customer", "execution") for document in read(FOLDER / stack / "migration")
    ]
    return [*read(FOLDER / "example"), *migrations, *read_files(FOLDER / "postgresql")]


def _placed(document: dict[str, Any], namespace: str | None) -> dict[str, Any]:
    if namespace is not None and document["kind"] != "Namespace":
        document["metadata"].setdefault("namespace", namespace)
    return document


@dataclass(frozen=True, slots=True)
class Place:
    """One end of a connection: a pod with its labels, or an address outside the cluster."""

    name: str
    namespace: str = ""
    namespace_labels: Mapping[str, str] | None = None
    labels: Mapping[str, str] | None = None
    ports: Mapping[str, int] | None = None
    address: str | None = None


def may_connect(documents: list[Document], source: Place, target: Place, port: int) -> bool:
    """Tell whether a TCP connection is let out at its source and in at its target (networking.k8s.io/v1)."""
    policies = [each for each in documents if each["kind"] == "NetworkPolicy"]
    return _lets(policies, "Egress", source, target, port) and _lets(
        policies, "Ingress", target, source, port
    )


def _lets(policies: list[Document], way: str, own: Place, other: Place, port: int) -> bool:
    if own.address is not None:
        return True  # what is outside has no policies
    chosen = [
        policy["spec"]
        for policy in policies
        if policy["metadata"]["namespace"] == own.namespace
        and way in policy["spec"]["policyTypes"]
        and _matches(policy["spec"]["podSelector"], own.labels or {})
    ]
    key, peers = way.lower(), "to" if way == "Egress" else "from"
    target = other if way == "Egress" else own
    rules = [rule for spec in chosen for rule in spec.get(key, [])]
    return not chosen or any(
        _names_port(rule, target, port)
        and (peers not in rule or any(_names(peer, own, other) for peer in rule[peers]))
        for rule in rules
    )


def _names_port(rule: Document, target: Place, port: int) -> bool:
    wanted = [each["port"] for each in rule.get("ports", []) if each.get("protocol", "TCP") == "TCP"]
    return "ports" not in rule or any(port == (target.ports or {}).get(each, each) for each in wanted)


def _names(peer: Document, own: Place, other: Place) -> bool:
    if "ipBlock" in peer:
        block = peer["ipBlock"]
        return (
            other.address is not None
            and ip_address(other.address) in ip_network(block["cidr"])
            and not any(ip_address(other.address) in ip_network(each) for each in block.get("except", []))
        )
    if other.address is not None:
        return False
    in_namespace = (
        _matches(peer["namespaceSelector"], other.namespace_labels or {})
        if "namespaceSelector" in peer
        else own.namespace == other.namespace
    )
    return in_namespace and _matches(peer.get("podSelector", {}), other.labels or {})


def _matches(selector: Document, labels: Mapping[str, str]) -> bool:
    exact = all(labels.get(key) == value for key, value in selector.get("matchLabels", {}).items())
    expressions = selector.get("matchExpressions", [])
    unknown = {each["operator"] for each in expressions} - {"In"}
    if unknown:
        raise NotImplementedError(f"operators that this reader does not know: {unknown}")
    return exact and all(labels.get(each["key"]) in each["values"] for each in expressions)
