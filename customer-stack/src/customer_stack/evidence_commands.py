"""`customer-stack evidence make | list | verifier | growth`: packs at the machine of the operator.

    customer-stack evidence make --tenant SLUG --scope customer:ID --from DAY --to DAY --out PACK.zip
    customer-stack evidence list --tenant SLUG
    customer-stack evidence verifier > verify_pack.py
    customer-stack evidence growth --from SIZE --to SIZE > growth.txt

`make` asks the worker, waits, and writes the file. Such a pack has no personal data, and what tells of
reports of suspicions only with --suspicions.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final
from uuid import UUID

import typer

from customer_stack.settings import DatabaseSettings, Settings, read_settings
from shared.database_address import check_address
from shared.errors import Kind, Refusal
from shared.evidence.commands import add_pack_commands

app = typer.Typer(no_args_is_help=True, help="Evidence packs.")
SUSPICIONS: Final = "tenant.filings.read_str"
WAIT_SECONDS: Final = 600.0
POLL_SECONDS: Final = 0.5


class CommandRefused(Refusal):
    """The command cannot begin or the pack was not made."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "evidence.command_refused"


@app.callback()
def evidence() -> None:
    """Packs that prove what they say."""


@app.command()
def make(
    *,
    tenant: Annotated[str, typer.Option(help="The tenant's short name.")],
    scope: Annotated[str, typer.Option(help="customer:ID, account:ID, market:ID, case:ID, ... or period.")],
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day, in Colombo.")],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day, included.")],
    out: Annotated[Path, typer.Option(help="The file to write.")],
    suspicions: Annotated[bool, typer.Option(help="With reports of suspicions.")] = False,
) -> None:
    """Have a pack made by the worker, and write it to a file."""
    if out.exists():
        raise CommandRefused(f"{out} is there already. Name another file.")
    made = _run(_make, tenant, scope, first, last, out, suspicions)
    typer.echo(json.dumps(made))


@app.command("list")
def list_packs(*, tenant: Annotated[str, typer.Option(help="The tenant's short name.")]) -> None:
    """Print the newest 200 packs as JSON Lines."""
    for each in _run(_list, tenant):
        typer.echo(json.dumps(each))


def _run(work: Callable[..., Awaitable[Any]], tenant: str, *arguments: object) -> Any:
    settings = read_settings(Settings)
    check_address("CUSTOMER_DATABASE_URL", settings.database_url.get_secret_value())
    return asyncio.run(_on_evidence(settings, work, tenant, *arguments))


async def _on_evidence(
    settings: Settings, work: Callable[..., Awaitable[Any]], tenant: str, *arguments: object
) -> Any:
    from customer_stack.main import open_services  # noqa: PLC0415

    async with AsyncExitStack() as stack:
        services = await open_services(settings, stack, name="evidence")
        found = [each.id for each in await services.tenancy.list_tenants() if each.slug == tenant]
        if not found:
            raise CommandRefused(f"There is no tenant {tenant}. Check the short name.")
        return await work(services.evidence, found[0], *arguments)


async def _make(
    evidence: Any,
    tenant_id: UUID,
    scope: str,
    first: datetime,
    last: datetime,
    out: Path,
    suspicions: bool,  # noqa: FBT001 - an option of the command
) -> dict[str, Any]:
    from customer_stack.evidence.api import days  # noqa: PLC0415
    from customer_stack.evidence.domain.packs import Scope, State, Wish  # noqa: PLC0415

    kind, _, scope_id = scope.partition(":")
    try:
        chosen, found_id = Scope(kind), UUID(scope_id) if scope_id else None
    except ValueError:
        raise CommandRefused("A scope is period, or a word and an id such as customer:ID.") from None
    begin, end = days(first.date(), last.date(), evidence.clock.now())
    needs = {source.permission for source in evidence.ground.sources} - {None}
    permissions = needs if suspicions else needs - {SUSPICIONS}
    wish = Wish(chosen, found_id, begin, end, is_personal=False)
    pack = await evidence.packs.ask_as(tenant_id, wish, permissions, "system")
    async with asyncio.timeout(WAIT_SECONDS):
        while pack.state is State.ASKED:
            await asyncio.sleep(POLL_SECONDS)
            pack = await evidence.packs.get_as(tenant_id, pack.id)
    if pack.made is None:
        raise CommandRefused("The pack was not made. Look at the worker's log, or ask for a shorter time.")
    handed = await evidence.packs.hand_out_as(tenant_id, pack.id, "system")
    with out.open("xb") as file:
        async for part in handed.content:
            file.write(part)
    return {
        "pack": str(pack.id),
        "file": str(out),
        "sha256": pack.made.sha256.hex(),
        "rows": pack.made.row_count,
        "records": pack.made.record_count,
        "witnessed": pack.made.is_witnessed,
    }


async def _list(evidence: Any, tenant_id: UUID) -> list[dict[str, Any]]:
    from customer_stack.evidence.schemas import PackAnswer  # noqa: PLC0415

    found = await evidence.packs.list_as(tenant_id)
    return [PackAnswer.of(each).model_dump(mode="json") for each in found]


def _database_address() -> str:
    address = read_settings(DatabaseSettings).database_url.get_secret_value()
    check_address("CUSTOMER_DATABASE_URL", address)
    return address


add_pack_commands(app, _database_address)
