"""The documents of CloudNativePG are what it takes, by declarations generated from its definitions."""

from copy import deepcopy
from pathlib import Path
from typing import Any, Final

import pytest
from cluster import FOLDER, Document, read_files
from operator_types import Shape, differences, read_types

DECLARED: Final = FOLDER.parents[1] / ".run" / "kubernetes" / "postgresql.cnpg.io.d.ts"
BACKUPS: Final = "ClusterSpecBackupBarmanObjectStore"
"""What a Cluster without the plugin says of its object store; the plugin's ObjectStore says the same."""
SAMPLE: Final = """
export interface ThingSpec {
    /**
     * @schema ThingSpec#sizeOfDB
     */
    readonly sizeOfDb: number;
    /**
     * @schema ThingSpec#parts
     */
    readonly parts?: ThingSpecParts[];
    /**
     * @schema ThingSpec#labels
     */
    readonly labels?: {
        [key: string]: string;
    };
}
export interface ThingSpecParts {
    /**
     * @schema ThingSpecParts#mode
     */
    readonly mode: ThingSpecPartsMode;
}
export declare enum ThingSpecPartsMode {
    /** any */
    ANY = "any",
    /** first */
    FIRST = "first"
}
"""


@pytest.mark.parametrize(
    ("value", "wrong"),
    [
        ({"sizeOfDB": 1, "parts": [{"mode": "any"}], "labels": {"a": "b"}}, []),
        ({"sizeOfDb": 1}, [".sizeOfDb: unknown", ".sizeOfDB: missing"]),
        ({"sizeOfDB": True}, [".sizeOfDB: number wanted"]),
        ({"sizeOfDB": 1, "parts": {"mode": "any"}}, [".parts: a list wanted"]),
        ({"sizeOfDB": 1, "parts": [{}]}, [".parts[0].mode: missing"]),
        ({"sizeOfDB": 1, "parts": [{"mode": "all"}]}, [".parts[0].mode: one of ['any', 'first'] wanted"]),
        ({"sizeOfDB": 1, "labels": {"a": 1}}, [".labels.a: string wanted"]),
    ],
)
def test_declarations_are_read(tmp_path: Path, value: Any, wrong: list[str]) -> None:
    (tmp_path / "thing.d.ts").write_text(SAMPLE)
    assert list(differences(read_types(tmp_path / "thing.d.ts"), "ThingSpec", value)) == wrong


@pytest.fixture(scope="module")
def types() -> dict[str, Shape]:
    if not DECLARED.exists():
        pytest.skip("make manifests brings CloudNativePG's declarations, where npm is")
    return read_types(DECLARED)


def documents(kind: str) -> list[Document]:
    return [each for each in read_files(FOLDER / "postgresql") if each["kind"] == kind]


@pytest.mark.long
@pytest.mark.parametrize("kind", ["Cluster", "ScheduledBackup"])
def test_the_operator_takes_its_documents(types: dict[str, Shape], kind: str) -> None:
    found = documents(kind)
    assert len(found) == 2
    for document in found:
        assert list(differences(types, f"{kind}Spec", document["spec"])) == []


@pytest.mark.long
def test_an_object_store_is_described_as_the_operator_does(types: dict[str, Shape]) -> None:
    for document in documents("ObjectStore"):
        assert list(differences(types, BACKUPS, document["spec"]["configuration"])) == []


@pytest.mark.long
def test_a_mistake_in_a_document_is_seen(types: dict[str, Shape]) -> None:
    broken = deepcopy(documents("Cluster")[0]["spec"])
    broken["instances"] = "3"
    broken["postgresql"]["synchronous"]["method"] = "all"
    broken["bootstrap"]["initdb"]["postInitSql"] = []
    del broken["storage"], broken["managed"]["roles"][0]["name"]
    assert sorted(differences(types, "ClusterSpec", broken)) == [
        ".bootstrap.initdb.postInitSql: unknown",
        ".instances: number wanted",
        ".managed.roles[0].name: missing",
        ".postgresql.synchronous.method: one of ['any', 'first'] wanted",
    ]
