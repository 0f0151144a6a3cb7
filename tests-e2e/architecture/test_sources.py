"""The repository's own rules over its sources, each with one input that passes and one that must fail."""

import ast
import re
from pathlib import Path

import pytest

from architecture import sources
from architecture.sources import ROOT, python_files

STACKS = ("customer-stack/src", "execution-stack/src")
ALL = (*STACKS, "shared/src", "proto", "deploy", "tests-e2e")


def is_domain(path: Path) -> bool:
    return path.name == "domain.py" or path.parent.name in {"domain", "documents"}


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_personal_data_has_a_name_outside_the_customer_stack() -> None:
    assert sources.personal_names("def f(account_id, market): return account_id") == []
    assert sources.personal_names("def f(full_name, customer): return customer.email_address")
    assert sources.personal_words("CREATE TABLE t (id uuid, tenant_id uuid)") == []
    assert sources.personal_words("message Person { string phone = 1; }")
    found = {
        named(path): names
        for path in python_files("shared/src", "proto/src", "execution-stack/src")
        if (names := sources.personal_names(path.read_text()))
    }
    assert found.pop("shared/src/shared/boundary/schema.py", []) == ["full_name"] * 2  # protobuf's own word
    texts = [
        *ROOT.glob("shared/src/**/*.sql"),
        *ROOT.glob("execution-stack/**/*.sql"),
        *ROOT.glob("proto/**/*.proto"),
    ]
    found |= {named(path): words for path in texts if (words := sources.personal_words(path.read_text()))}
    assert found == {}


def test_one_place_commits() -> None:
    assert sources.transaction_statements('x("SELECT 1")') == []
    assert sources.transaction_statements('x("COMMIT")')
    assert sources.transaction_statements("connection.transaction()")
    assert sources.transaction_statements("self._database.transaction(tenant)") == []
    found = {
        named(path): statements
        for path in python_files("shared/src", *STACKS)
        if (statements := sources.transaction_statements(path.read_text()))
    }
    assert set(found) == {"shared/src/shared/database.py"}


def test_domain_code_knows_no_float() -> None:
    assert sources.floats_in_domain("def f(a: int) -> int: return a // 2") == []
    assert sources.floats_in_domain("def f(a): return a * 0.5")
    assert sources.floats_in_domain("def f(a, b): return a / b")
    files = [path for path in python_files(*STACKS) if is_domain(path)]
    files += [*python_files("shared/src/shared/ledger"), ROOT / "shared/src/shared/money.py"]
    found = {named(path): floats for path in files if (floats := sources.floats_in_domain(path.read_text()))}
    assert len(files) > 10
    assert found == {}


def test_a_float_is_a_duration_and_nothing_else() -> None:
    assert sources.floats_that_are_no_time("def f(timeout_seconds: float): ...") == []
    assert sources.floats_that_are_no_time("def f(amount: float): ...") == ["amount"]
    found = {
        named(path): names
        for path in python_files("shared/src", *STACKS)
        if (names := sources.floats_that_are_no_time(path.read_text()))
    }
    assert found == {}


def test_domain_code_has_no_clock_no_chance_and_does_not_wait() -> None:
    assert sources.clocks_and_random("def f(now): return now") == []
    assert sources.clocks_and_random("import random")
    assert sources.clocks_and_random("def f(): return datetime.now(UTC)")
    assert sources.clocks_and_random("async def f(): ...")
    found = {
        named(path): calls
        for path in python_files(*STACKS, "shared/src/shared/ledger")
        if is_domain(path) and (calls := sources.clocks_and_random(path.read_text()))
    }
    assert found == {}


def test_a_store_touches_its_own_tables_only() -> None:
    assert sources.tables_used('x = "SELECT a FROM fx_quote q JOIN unnest($1) u ON true"') == {"fx_quote"}
    assert sources.tables_used('x = "WITH w AS (SELECT 1) SELECT * FROM w"') == set()
    assert sources.tables_owned("Tables owned: fx_quote,\nfx_rate.") == {"fx_quote", "fx_rate"}
    own = "Tables owned: fx_quote. Tables read: fx_rate."
    assert sources.foreign_tables('x = "SELECT 1 FROM fx_quote JOIN fx_rate JOIN k_t"', own, {"k_t"}) == set()
    assert sources.foreign_tables('x = "INSERT INTO k_t SELECT 1 FROM wager_order"', own, {"k_t"}) == {
        "k_t",
        "wager_order",
    }
    assert sources.foreign_tables('x = "UPDATE fx_rate SET a = 1"', own, set()) == {"fx_rate"}
    kernel, found = sources.kernel_tables(), {}
    for path in python_files(*STACKS):
        if path.name != "store.py" and path.parent.name != "store":
            continue
        module = path.parent if path.name == "store.py" else path.parent.parent
        docstring = ast.get_docstring(ast.parse((module / "__init__.py").read_text())) or ""
        if foreign := sources.foreign_tables(path.read_text(), docstring, kernel):
            found[named(path)] = sorted(foreign)
    assert found == {}


IN_ONE_FILE = {
    "shared/src/shared/evidence/verify_pack.py": "auditors read it, and carry it to an empty folder"
}


def test_files_stay_readable() -> None:
    long = {
        named(path): lines
        for path in python_files(*ALL)
        if (lines := len(path.read_text().splitlines())) > sources.FILE_LIMIT
        and named(path) not in IN_ONE_FILE
    }
    assert long == {}


def test_refusals_have_stable_codes_of_one_form_and_no_two_alike() -> None:
    codes: dict[str, list[str]] = {}
    for stack in (*STACKS, "shared/src"):
        for path in python_files(stack):
            for node in ast.walk(ast.parse(path.read_text())):
                if not isinstance(node, ast.ClassDef):
                    continue
                for line in node.body:
                    target = (
                        line.targets[0] if isinstance(line, ast.Assign) else getattr(line, "target", None)
                    )
                    value = getattr(line, "value", None)
                    if (
                        isinstance(target, ast.Name)
                        and target.id == "code"
                        and isinstance(value, ast.Constant)
                        and isinstance(value.value, str)
                    ):
                        codes.setdefault(f"{stack}:{value.value}", []).append(f"{named(path)}:{node.name}")
    assert len(codes) > 30
    assert {code: places for code, places in codes.items() if len(places) > 1} == {}
    forms = {code for code in codes if not re.fullmatch(r"[a-z-]+/src:(?:refused|[a-z_]+\.[a-z_]+)", code)}
    assert forms == set()


@pytest.mark.parametrize("stack", ["customer-stack", "execution-stack"])
def test_each_stack_runs_without_the_other(stack: str) -> None:
    other = {"customer-stack": "execution_stack", "execution-stack": "customer_stack"}[stack]
    for path in python_files(f"{stack}/src"):
        assert other not in path.read_text(), named(path)
    assert other.replace("_", "-") not in (ROOT / stack / "pyproject.toml").read_text()


def test_only_the_execution_stack_knows_exchange_credentials() -> None:
    assert sources.exchange_credentials("bank_api_key: SecretStr") == []
    assert sources.exchange_credentials("exchange_private_key_file: Path") == ["exchange_private_key"]
    found = {
        named(path): names
        for path in python_files("customer-stack/src")
        if (names := sources.exchange_credentials(path.read_text()))
    }
    assert found == {}
    settings = (ROOT / "execution-stack/src/execution_stack/settings.py").read_text()
    assert sources.exchange_credentials(settings)
