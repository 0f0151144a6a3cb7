"""The network policies are the wall: who may connect to whom, over every pair of places."""

from typing import Any, Final

import pytest
from cluster import FOLDER, Document, Place, may_connect, read, read_everything

EXCHANGE: Final = Place("exchange", address="198.51.100.7")
BANK: Final = Place("bank", address="192.0.2.7")
STRANGER: Final = Place("stranger", address="203.0.113.7")
INGRESS: Final = Place("ingress", "ingress", {"bulkhead.access": "public"}, {})
PROMETHEUS: Final = Place("prometheus", "monitoring", {"bulkhead.access": "monitoring"}, {})
COLLECTOR: Final = Place("collector", "tracing", {"bulkhead.traces": "collector"}, {})
NEIGHBOUR: Final = Place(
    "neighbour", "other", {"kubernetes.io/metadata.name": "other"}, {"app.kubernetes.io/name": "customer-api"}
)
OPERATOR: Final = Place("operator", "cnpg-system", {"kubernetes.io/metadata.name": "cnpg-system"}, {})
ALLOWED: Final = {
    ("ingress", "customer-api", 8000),
    ("prometheus", "customer-api", 8001),
    ("prometheus", "customer-worker", 8002),
    ("prometheus", "execution-boundary", 8100),
    ("prometheus", "execution-worker", 8101),
    ("customer-api", "execution-boundary", 50051),
    ("customer-worker", "execution-boundary", 50051),
    ("customer-api", "bank", 443),
    ("customer-worker", "bank", 443),
    ("execution-boundary", "exchange", 443),
    ("execution-worker", "exchange", 443),
    *((f"customer-{kind}", "customer-db", 5432) for kind in ("api", "worker", "migrate")),
    *((f"execution-{kind}", "execution-db", 5432) for kind in ("boundary", "worker", "migrate")),
    *((f"customer-{kind}", "collector", 4318) for kind in ("api", "worker")),
    *((f"execution-{kind}", "collector", 4318) for kind in ("boundary", "worker")),
    ("operator", "customer-db", 5432),
    ("operator", "execution-db", 5432),
    ("operator", "customer-db", 8000),
    ("operator", "execution-db", 8000),
}
"""Every connection that is let through, of those below."""
PORTS: Final = (443, 4318, 5432, 8000, 8001, 8002, 8100, 8101, 50051)


def labels_of(documents: list[Document], namespace: str) -> dict[str, str]:
    found = next(
        each for each in documents if each["kind"] == "Namespace" and each["metadata"]["name"] == namespace
    )
    return {"kubernetes.io/metadata.name": namespace, **found["metadata"]["labels"]}


def pods_of(documents: list[Document]) -> list[Place]:
    """Return a pod of each deployment and job, and a server of each database."""
    pods = []
    for document in documents:
        if document["kind"] in ("Deployment", "Job"):
            template: dict[str, Any] = document["spec"]["template"]
            namespace = document["metadata"]["namespace"]
            named = [port for each in template["spec"]["containers"] for port in each.get("ports", [])]
            pods.append(
                Place(
                    document["metadata"]["name"],
                    namespace,
                    labels_of(documents, namespace),
                    template["metadata"]["labels"],
                    {port["name"]: port["containerPort"] for port in named},
                )
            )
        if document["kind"] == "Cluster":
            name, namespace = document["metadata"]["name"], document["metadata"]["namespace"]
            pods.append(Place(name, namespace, labels_of(documents, namespace), {"cnpg.io/cluster": name}))
    return pods


def ways_between(
    documents: list[Document], sources: list[Place], targets: list[Place]
) -> set[tuple[str, str, int]]:
    """Return every connection that is let through, as names and a port."""
    return {
        (source.name, target.name, port)
        for source in sources
        for target in targets
        for port in PORTS
        if source is not target and may_connect(documents, source, target, port)
    }


def test_only_what_is_named_may_connect() -> None:
    documents = read_everything()
    pods = pods_of(documents)
    assert len(pods) == 8
    inside = [INGRESS, PROMETHEUS, COLLECTOR, NEIGHBOUR, OPERATOR]
    around = [EXCHANGE, BANK, STRANGER]
    found = ways_between(documents, [*pods, *around, *inside], pods)
    # A server of a database may go out: its backups lie with an object store that its operator knows.
    processes = [pod for pod in pods if not pod.name.endswith("-db")]
    found |= ways_between(documents, processes, [*around, *inside])
    assert found == ALLOWED


def test_without_the_operators_addresses_nothing_leaves_the_cluster() -> None:
    documents = [*read(FOLDER / "customer"), *read(FOLDER / "execution")]
    for pod in pods_of(documents):
        for outside in (EXCHANGE, BANK, STRANGER):
            assert not may_connect(documents, pod, outside, 443)


@pytest.mark.parametrize("without", ["boundary", "outside", "database", "public", "monitoring", "traces"])
def test_a_policy_less_closes_ways_and_opens_none(without: str) -> None:
    """The reader above would pass anything if it did not look at rules."""
    documents = read_everything()
    fewer = [
        each
        for each in documents
        if each["kind"] != "NetworkPolicy"
        or each["metadata"]["name"] != without
        or each["metadata"]["namespace"].endswith("-db")
    ]
    pods = pods_of(documents)

    sources = [*pods, INGRESS, PROMETHEUS]
    targets = [*pods, EXCHANGE, BANK, COLLECTOR]
    assert ways_between(fewer, sources, targets) < ways_between(documents, sources, targets)


def test_without_the_closing_policy_the_ways_are_open() -> None:
    documents = [each for each in read_everything() if each["kind"] != "NetworkPolicy"]
    pods = pods_of(documents)
    assert may_connect(documents, pods[0], EXCHANGE, 443)
