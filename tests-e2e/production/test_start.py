"""Both stacks start with settings that production takes, over TLS; with one wrong they refuse and name it.

A refusal is a process that ends with code 2 before it has served anything, and says each reason.
"""

import asyncio
import contextlib
import json
import re
import signal
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Final

import httpx
import pytest

from bulkhead_local.layout import STACKS, Stack
from bulkhead_local.lending import FreshDatabase
from bulkhead_local.programs import script
from production.defects import CUSTOMER, EXECUTION, Defect
from production.installed import START_SECONDS, Files, Installed, clock_source, own_name, run, server_socket
from production.tls_door import open_door

pytestmark = [pytest.mark.system, pytest.mark.long]

AT_ONCE: Final = 2
LOOKS: Final = 5
ABSENT: Final[dict[Stack, set[str]]] = {
    "customer": {"reach.bank", "reach.identity"},
    "execution": {"reach.exchange"},
}
"""What the doctor finds wrong, and rightly: counterparties that are not there."""
CROSSED: Final = "reach.execution"
"""A signed call of the doctor's, over TLS with both sides' certificates, that was answered."""
UNUSABLE: Final = "database.address_unusable"
CODE: Final = re.compile(r"^ +([a-z]+\.[a-z_]+): ", re.MULTILINE)


@pytest.fixture
async def installed(
    tmp_path: Path, customer_database: FreshDatabase, execution_database: FreshDatabase
) -> AsyncIterator[Installed]:
    host = own_name()
    if host is None:
        pytest.skip("this machine does not find itself by a name of its own: add it to /etc/hosts")
    files = Files(tmp_path)
    files.make(host)
    databases: dict[Stack, FreshDatabase] = {"customer": customer_database, "execution": execution_database}
    certificate, key = tmp_path / "database_certificate.pem", tmp_path / "database_key.pem"
    async with contextlib.AsyncExitStack() as doors:
        ports = {
            stack: await doors.enter_async_context(
                open_door(host, server_socket(databases[stack]), certificate, key)
            )
            for stack in STACKS
        }
        yield Installed.describe(files, host, ports, databases)


@contextlib.asynccontextmanager
async def started(installed: Installed, stack: Stack, kind: str) -> AsyncIterator[None]:
    """Run a process while the block lasts; it comes up ready, and ends by itself when it is told to."""
    process = await asyncio.create_subprocess_exec(
        script(f"{stack}-stack"),
        kind,
        env=installed.environment(stack),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        await wait_ready(installed.managements[stack, kind], process)
        yield
        process.send_signal(signal.SIGTERM)
        _, said = await asyncio.wait_for(process.communicate(), START_SECONDS)
        assert process.returncode == 0, said.decode()[-2000:]
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def wait_ready(port: int, process: asyncio.subprocess.Process) -> None:
    url = f"http://127.0.0.1:{port}/ready"
    async with httpx.AsyncClient() as client, asyncio.timeout(START_SECONDS):
        while True:
            if process.returncode is not None:
                _, errors = await process.communicate()
                pytest.fail(f"it ended with code {process.returncode}: {errors.decode()[-2000:]}")
            with contextlib.suppress(httpx.TransportError):
                if (await client.get(url)).status_code == httpx.codes.OK:
                    return
            await asyncio.sleep(0.2)


async def test_both_stacks_come_up_ready_as_production(
    installed: Installed, capsys: pytest.CaptureFixture[str]
) -> None:
    for stack in STACKS:
        code, _, said = await run(installed.environment(stack), stack, "migrate")
        assert code == 0, said
    async with contextlib.AsyncExitStack() as processes:
        for stack, kind in installed.managements:
            await processes.enter_async_context(started(installed, stack, kind))
        surprises: dict[Stack, set[str]] = {}
        for _ in range(LOOKS):  # the doctor's patience is seconds, and a busy machine's are long
            surprises = {stack: await examine(installed, stack) - ABSENT[stack] for stack in STACKS}
            if not any(surprises.values()):
                break
    with capsys.disabled():
        print(f"\n  all four are ready; the clock is proven by {clock_source()}")
    assert not any(surprises.values()), surprises


async def examine(installed: Installed, stack: Stack) -> set[str]:
    """Return what the doctor finds wrong."""
    _, out, said = await run(installed.environment(stack), stack, "doctor", "--json")
    document: list[dict[str, str]] = json.loads(out or said)
    known = {each["name"]: each["state"] for each in document}
    assert known.keys() >= ABSENT[stack], "it has looked"
    wrong = {name for name, state in known.items() if state == "wrong"}
    return wrong | ({CROSSED} if stack == "customer" and known[CROSSED] != "ok" else set())


async def refusals(installed: Installed, stack: Stack, defects: Sequence[Defect]) -> list[str]:
    """Start a process with each defect; return what is not as it must be, with the defect's name."""
    gate, wrong = asyncio.Semaphore(AT_ONCE), list[str]()

    async def one(each: Defect) -> None:
        value = each.value(installed) if callable(each.value) else each.value
        environment = installed.environment(stack, {each.setting: value})
        async with gate:
            code, out, said = await run(environment, stack, each.kind)
        named = frozenset(CODE.findall(said))
        expected = each.codes
        if UNUSABLE in each.codes and clock_source() == "hypervisor":
            expected |= {"production.clock_unproven"}  # no server was there to compare clocks with
        sentence = f"{stack}_{each.setting}".upper().removesuffix("_FILE")
        is_named = sentence in said or (
            value is not None and each.setting.endswith("_FILE") and value in said
        )
        is_secret = each.setting.endswith(("_KEY", "_SECRET", "_URL")) and value is not None and value in said
        if (code, out, named) != (2, "", expected) or not is_named or is_secret:
            wrong.append(f"{each.name}: code {code}, {sorted(named)}: {said[-600:]}")

    await asyncio.gather(*(one(each) for each in defects))
    return wrong


async def test_the_customer_stack_refuses_each_defect_by_its_name(installed: Installed) -> None:
    wrong = await refusals(installed, "customer", CUSTOMER)
    assert not wrong, "\n".join(wrong)


async def test_the_execution_stack_refuses_each_defect_by_its_name(installed: Installed) -> None:
    wrong = await refusals(installed, "execution", EXECUTION)
    assert not wrong, "\n".join(wrong)


async def test_a_clock_that_nothing_proves_is_refused(installed: Installed) -> None:
    kept_outside = {"CLOCK_SOURCE": "hypervisor"}
    here = {stack: kept_outside | {"DATABASE_URL": installed.databases[stack].dsn("app")} for stack in STACKS}
    kinds: dict[Stack, str] = {"customer": "api", "execution": "boundary"}
    for stack, kind in kinds.items():
        code, _, said = await run(installed.environment(stack, here[stack]), stack, kind)
        assert (code, CODE.findall(said)) == (2, ["production.clock_unproven"]), said
        if clock_source() == "ntp":
            continue  # this machine's kernel does keep its clock
        code, _, said = await run(installed.environment(stack, {"CLOCK_SOURCE": "ntp"}), stack, kind)
        assert (code, CODE.findall(said)) == (2, ["production.clock_unsynchronised"]), said
        assert f"{stack.upper()}_CLOCK_SOURCE" in said


async def test_migrations_refuse_a_plain_connection(installed: Installed) -> None:
    for stack in STACKS:
        plain = installed.settings[stack]["OWNER_DATABASE_URL"].partition("?")[0]
        code, _, said = await run(
            installed.environment(stack, {"OWNER_DATABASE_URL": plain}), stack, "migrate"
        )
        assert (code, CODE.findall(said)) == (2, ["production.database_tls"]), said
