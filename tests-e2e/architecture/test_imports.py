"""The import contracts cover what they must: a new module cannot forget its own."""

import subprocess
import sys
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from architecture.sources import ROOT

STACKS = {
    "customer_stack": ROOT / "customer-stack" / "src" / "customer_stack",
    "execution_stack": ROOT / "execution-stack" / "src" / "execution_stack",
}


def unprotected_stores(stores: Iterable[str], contracts: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return stores that no protected contract reserves for use cases of their own module."""
    reserved = {
        name
        for contract in contracts
        if contract["type"] == "protected"
        for name in contract["protected_modules"]
        if all(importer.startswith(name.removesuffix("store")) for importer in contract["allowed_importers"])
    }
    return sorted(set(stores) - reserved)


def all_stores() -> list[str]:
    return [
        f"{package}.{found.parent.name}.store"
        for package, folder in STACKS.items()
        for found in [*folder.glob("*/store.py"), *folder.glob("*/store/")]
    ]


def test_the_tables_of_every_module_are_reserved_for_it() -> None:
    protected = {"type": "protected", "protected_modules": ["a.m.store"]}
    own, foreign = ({**protected, "allowed_importers": [f"a.{name}.service"]} for name in ("m", "n"))
    assert unprotected_stores(["a.m.store"], [own]) == []
    assert unprotected_stores(["a.m.store"], [foreign]) == ["a.m.store"]
    contracts = tomllib.loads((ROOT / "importlinter.toml").read_text())["tool"]["importlinter"]["contracts"]
    stores = all_stores()
    assert len(stores) > 15
    assert unprotected_stores(stores, contracts) == []


def test_a_forbidden_import_is_seen(tmp_path: Path) -> None:
    """The linter itself fails on a breach: a contract that can't fail would protect nothing."""
    for package, line in {"one": "import two", "two": ""}.items():
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text(line)
    (tmp_path / "importlinter.toml").write_text(
        '[tool.importlinter]\nroot_packages = ["one", "two"]\n'
        '[[tool.importlinter.contracts]]\nname = "apart"\ntype = "independence"\nmodules = ["one", "two"]\n'
    )
    run = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--config", "importlinter.toml", "--no-cache"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 1, run.stdout + run.stderr
    assert "one is not allowed to import two" in run.stdout
