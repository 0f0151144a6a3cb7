"""Images hold their own stack only, no tool to build with, and no secret; they are opened, file by file."""

import ast
import json
import tomllib
from typing import Final

import pytest

from architecture import credentials
from architecture.sources import ROOT
from bulkhead_local.images import IMAGES, Image, docker
from containers.engine import BY_NAME, Contents, configuration, opened, require_images
from containers.personal_data import personal_columns, personal_fields

STACKS: Final = {"customer": "customer_stack", "execution": "execution_stack", "sandbox": "sandbox"}
TOOLS: Final = (
    "gcc",
    "cc",
    "g++",
    "clang",
    "ld",
    "make",
    "pip",
    "ensurepip_wheels",
    "uv",
    "git",
    "curl",
    "wget",
)
KNOWN_VARIABLES: Final = {"PATH", "TZ", "LC_ALL", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "PGDATA"}
MIGRATIONS: Final = "/usr/share/bulkhead/migrations"

_SEEN: dict[str, Contents] = {}


@pytest.fixture(params=[image.name for image in IMAGES])
def image(request: pytest.FixtureRequest) -> Image:
    require_images(request.param)
    return BY_NAME[request.param]


def contents(name: str) -> Contents:
    require_images(name)
    if name not in _SEEN:
        with opened(BY_NAME[name]) as found:
            _SEEN[name] = found
    return _SEEN[name]


def test_names_of_personal_data_are_seen() -> None:
    assert personal_fields("class A:\n    full_name: str\n    home_phone: str\n    size: int") == [
        "full_name",
        "home_phone",
    ]
    assert personal_fields("def register(email: str, at: int) -> None: ...") == ["email"]
    assert personal_fields("class A:\n    technical: str\n    unicorn: int\n    born_digital: bool") == [
        "born_digital"
    ]
    assert personal_columns("CREATE TABLE a (\n    birth_date date,\n    amount bigint\n);") == ["birth_date"]


@pytest.mark.long
def test_the_execution_image_has_nothing_of_the_customer_stack() -> None:
    found = contents("execution")
    assert found.named("customer_stack", "customer-stack", "sandbox", "bulkhead_local") == []
    assert found.python("execution_stack"), "the control: it has its own"
    fields = {
        path: names
        for package in ("execution_stack", "shared", "boundary")
        for path, text in found.python(package).items()
        if (names := personal_fields(text))
    }
    assert fields == {}
    columns = {path: names for path, text in found.sources.items() if (names := personal_columns(text))}
    assert columns == {}


@pytest.mark.long
def test_the_customer_image_has_a_place_for_personal_data_where_it_must() -> None:
    found = contents("customer")
    fields = [name for text in found.python("customer_stack").values() for name in personal_fields(text)]
    assert {"email", "full_name", "national_id"} <= set(fields), "the control of the test above"


@pytest.mark.long
def test_the_customer_image_has_no_exchange_client_and_no_field_for_its_credentials() -> None:
    found = contents("customer")
    assert found.named("execution_stack", "execution-stack", "sandbox", "bulkhead_local") == []
    modules = found.python("customer_stack")
    assert len(modules) > 100
    assert {
        path: names for path, text in modules.items() if (names := credentials.exchange_imports(text))
    } == {}
    fields = {
        path: names
        for path, text in modules.items()
        if path.endswith("settings.py")
        if (names := [name for name in setting_names(text) if credentials.EXCHANGE_WORDS.search(name)])
    }
    assert fields == {}
    control = contents("execution").python("execution_stack")
    (settings,) = [text for path, text in control.items() if path.endswith("execution_stack/settings.py")]
    assert [name for name in setting_names(settings) if credentials.EXCHANGE_WORDS.search(name)]
    assert any(credentials.exchange_imports(text) for text in control.values())


def setting_names(source: str) -> list[str]:
    return [
        node.target.id
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    ]


@pytest.mark.long
@pytest.mark.parametrize("name", STACKS)
def test_a_stack_has_the_packages_that_it_declares_and_no_others(name: str) -> None:
    require_images(name)
    listing = (
        "import importlib.metadata as m, json; print(json.dumps([d.name.lower() for d in m.distributions()]))"
    )
    words = ("run", "--rm", "--network=none", "--entrypoint=python3", BY_NAME[name].tag, "-c", listing)
    installed = {each.replace("_", "-").replace(".", "-") for each in json.loads(docker(*words))}
    lines = (ROOT / "requirements" / f"{name}.txt").read_text().splitlines()
    pinned = {line.split("==")[0].lower() for line in lines if "==" in line}
    own = {f"bulkhead-{name}-stack", "bulkhead-shared", "bulkhead-boundary"}
    if name == "sandbox":
        own = {"bulkhead-sandbox"}
    assert own <= installed
    assert installed - own <= pinned
    if name == "customer":
        assert credentials.exchange_requirements(installed) == []


@pytest.mark.long
def test_it_has_no_tool_to_build_with_and_no_cache(image: Image) -> None:
    found = contents(image.name)
    tools = [path for path in found.named(*TOOLS) if "/bin/" in path or path.startswith("/opt/")]
    assert tools == []
    assert [path for path in found.paths if path.startswith(("/root/.cache", "/build", "/tools"))] == []
    assert [path for path in found.paths if path.endswith(".whl")] == []


@pytest.mark.long
def test_it_is_nobody_and_says_how_it_is(image: Image) -> None:
    found = configuration(image)
    assert found["User"] == "10001:10001"
    assert found["Healthcheck"]["Test"][0] == "CMD", "no shell"
    assert found["Entrypoint"]
    variables = {each.split("=", 1)[0] for each in found["Env"]}
    allowed = {
        "CUSTOMER_MIGRATIONS_FOLDER",
        "EXECUTION_MIGRATIONS_FOLDER",
        "SANDBOX_HOST",
        "SANDBOX_STATE_DIR",
    }
    assert variables <= KNOWN_VARIABLES | allowed, "no secret, and no setting that a server decides"
    modes = contents(image.name).modes
    assert [path for path, mode in modes.items() if mode & 0o002 and path.startswith("/opt")] == []


@pytest.mark.long
@pytest.mark.parametrize("name", ["customer", "execution"])
def test_it_has_every_migration_of_its_stack_and_none_of_the_other(name: str) -> None:
    found = contents(name)
    source = ROOT / f"{name}-stack" / "migrations"
    ours = {
        str(path.relative_to(source)): path.read_text()
        for path in source.rglob("*")
        if path.suffix in (".py", ".sql")
    }
    inside = {
        path.removeprefix(f"{MIGRATIONS}/"): text
        for path, text in found.sources.items()
        if path.startswith(MIGRATIONS)
    }
    assert inside == ours


def test_each_list_of_requirements_is_part_of_the_whole() -> None:
    def pins(name: str) -> set[str]:
        lines = (ROOT / "requirements" / f"{name}.txt").read_text().splitlines()
        return {line.split(" ")[0] for line in lines if "==" in line}

    everything = pins("all")
    for name in (*STACKS, "postgres"):
        assert pins(name) <= everything, f"{name}: make lock"
    for stack, package in (("customer", "websockets"), ("execution", "httpx"), ("execution", "rapidfuzz")):
        assert not [pin for pin in pins(stack) if pin.startswith(f"{package}==")]
    document = tomllib.loads((ROOT / "execution-stack" / "pyproject.toml").read_text())
    declared = {each.split(">")[0].split("<")[0] for each in document["project"]["dependencies"]}
    locked = {pin.split("==")[0] for pin in pins("execution")}
    assert {each for each in declared if not each.startswith("bulkhead")} <= locked
