"""Step seven: reconciliation, the one instruction and its approval, the final checks, both audit chains."""

import base64
import hashlib
import hmac
import os
import struct
import time
from collections import Counter
from pathlib import Path
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from journeys.doors import Refused, command, send
from journeys.journey import Journey, StepFailed, require
from journeys.wagering import SETTLED_WAGERS


async def finish_earlier(journey: Journey, tenant: dict[str, str]) -> None:
    """Carry out what an earlier journey left approved: release it, record the bank's word and the receipt.

    A platform is driven again and again on the same databases; one settlement is under way at a time.
    """
    clerk = await journey.staff(tenant["slug"], "settlement_approver")
    for earlier in await clerk.every("/staff/settlements"):
        if earlier["state"] not in {"approved", "released"}:
            continue
        path = f"/staff/settlements/{earlier['id']}"
        if earlier["state"] == "approved":
            try:
                await clerk.call("POST", f"{path}/release")
            except Refused as refusal:
                require(refusal.code == "settlement.instruction_expired", f"not released: {refusal.code}")
                continue
        payment = {"amount": earlier["amount"], "bank_reference": f"SETTLE-{earlier['id']}"}
        said = await clerk.call("POST", f"{path}/payment", payment)
        second = await journey.staff(tenant["slug"], "settlement_approver", 1)
        await second.call("POST", f"{path}/words/{said['id']}/approval")
        way = "deposit" if earlier["direction"] == "pay" else "withdraw"
        moved = await send(
            journey.client,
            "POST",
            f"{journey.address.exchange}/sandbox/{way}",
            json={"amount": earlier["amount"], "reference": earlier["id"]},
        )
        moved.raise_for_status()
        if earlier["direction"] == "receive":
            keys = await operator_keys(journey)
            for act, key in zip(("propose", "approve"), keys, strict=True):
                release = ("settlement-release", act, "--settlement", earlier["id"])
                await command(journey.address, "execution", *release, "--key-file", str(key), "--json")
        receipt = ("settlement-receipt", "--settlement", earlier["id"], "--operator", str(uuid4()))
        await command(journey.address, "execution", *receipt, "--json")
        journey.screen.note(
            f"{tenant['slug']}: an earlier settlement of USD {earlier['amount']} was released, paid, received"
        )


async def operator_keys(journey: Journey) -> list[Path]:
    """Return the key files of execution's two operators; the first time they make them and found them.

    The files are given to the folder's owner, as whom commands run that are in a container.
    """
    folder = journey.address.folder / "operators"
    files = [folder / f"operator-{number}.pem" for number in (1, 2)]
    if not files[0].exists():
        folder.mkdir(mode=0o700, exist_ok=True)
        reader = folder.stat()
        founding = ["operator-keys-found"]
        for path in files:
            key = Ed25519PrivateKey.generate()
            path.touch(mode=0o600)
            path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
            public = path.with_suffix(".pub")
            public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
            for written in (path, public):
                os.chown(written, reader.st_uid, reader.st_gid)
            founding += ["--operator", str(uuid4()), "--public-key", str(public)]
        await command(journey.address, "execution", *founding, "--json")
    return files


def one_time_code(secret: str, steps_ahead: int = 0) -> str:
    """Return what an authenticator app shows for a secret (RFC 6238), now or some steps of 30 s later."""
    step = struct.pack(">Q", int(time.time()) // 30 + steps_ahead)
    digest = hmac.new(base64.b32decode(secret), step, hashlib.sha1).digest()
    offset = digest[-1] & 0xF
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


async def approve(journey: Journey, tenant: dict[str, str], proposal: dict[str, str]) -> dict[str, str]:
    """Sign the instruction as its approver, with password and code. A code counts once: then the next one."""
    approver = await journey.staff(tenant["slug"], "settlement_approver")
    clerk = journey.clerk(tenant["slug"], "settlement_approver")
    path = f"/staff/settlements/{proposal['id']}/approval"
    wanted = await approver.call("GET", path)
    require(
        hashlib.sha256(wanted["instruction"].encode()).hexdigest() == proposal["digest"],
        "what is signed is the instruction that was proposed",
    )
    approval = {"digest": proposal["digest"], "password": clerk["password"]}
    try:
        await approver.call("POST", path, approval | {"code": "000000"})
        raise StepFailed("a wrong code approved a settlement")
    except Refused as refusal:
        require(refusal.code == "signing.proof_wrong", f"refused, but with {refusal.code}")
    for ahead in (0, 1):
        try:
            code = one_time_code(clerk["code_secret"], ahead)
            approved: dict[str, str] = await approver.call("POST", path, approval | {"code": code})
            return approved
        except Refused as refusal:
            require(refusal.code == "signing.proof_wrong", f"not approved: {refusal.code}")
    raise StepFailed("neither this code nor the next one approved the settlement")


async def reconcile(journey: Journey, tenant: dict[str, str], when: str) -> None:
    """Let staff compare our books with execution's statement and the bank's, and keep what came of it."""
    clerk = await journey.staff(tenant["slug"], "settlement_proposer")
    run = await clerk.call("POST", "/staff/reconciliation/runs", {})
    journey.checks += [
        {
            "name": f"{tenant['slug']}, {when}: {check['name']}",
            "held": check["held"],
            "detail": check.get("detail", ""),
        }
        for check in run["checks"]
    ]


async def reconcile_open(journey: Journey) -> None:
    """Compare while positions are open: every contract of every customer, on both sides of the wall."""
    for tenant in journey.address.tenants:
        await reconcile(journey, tenant, "open")
    journey.screen.note(
        "reconciled with execution and the bank while positions are open: "
        + ", ".join(
            f"{each['name']} {each['detail']}" for each in journey.checks if "positions" in each["name"]
        )
    )


async def settle(journey: Journey) -> None:
    """Reconcile, propose the period's one instruction, have a second person approve it."""
    for tenant in journey.address.tenants:
        await finish_earlier(journey, tenant)
        proposer = await journey.staff(tenant["slug"], "settlement_proposer")
        await reconcile(journey, tenant, "paid")
        proposal = await proposer.call("POST", "/staff/settlements", {"purpose_code": "SETTLE"})
        approval = {"digest": proposal["digest"], "password": "none", "code": "000000"}
        try:
            await proposer.call("POST", f"/staff/settlements/{proposal['id']}/approval", approval)
            raise StepFailed("the proposer approved their own settlement")
        except Refused as refusal:
            require(refusal.status in {403, 409, 422}, f"refused, but with {refusal.code}")
        approved = await approve(journey, tenant, proposal)
        require(approved["state"] == "approved", "the settlement is approved")
        journey.settlements.append(approved)
    columns = (
        "operator",
        "settlement",
        "direction",
        "USD#",
        "reports to#",
        "digest that was approved",
        "state",
    )
    journey.screen.table(
        columns,
        [
            (
                tenant["slug"],
                settled["id"],
                settled["direction"],
                settled["amount"],
                settled["to_sequence"],
                f"{settled['digest'][:32]}…",
                settled["state"],
            )
            for tenant, settled in zip(journey.address.tenants, journey.settlements, strict=True)
        ],
    )
    journey.screen.note(
        "each was proposed by one person and signed by another, with password and code; "
        "nothing was paid by itself"
    )


async def verify(journey: Journey) -> None:
    """Run every final check of both stacks; verify both audits with what the other stack holds of them."""
    for stack, other in (("customer", "execution"), ("execution", "customer")):
        journey.checks += [
            {**check, "name": f"{stack}: {check['name']}"}
            for check in await command(journey.address, stack, "checks", "--json")
        ]
        witness = journey.address.commands[stack]["witness"]
        report = await command(journey.address, stack, "audit", "verify", "--json", "--witness", witness)
        journey.checks.append(
            {
                "name": f"{stack}: audit verifies, signed by {other}",
                "held": report["good"] and report["cosigned"] > 0,
                "detail": f"{report['sealed']} records, {report['covered']} of them signed, "
                f"root {report['root'][:16]}…",
            }
        )
    placed = [each for customer in journey.people for each in customer.wagers]
    ids = Counter(each["wager_id"] for each in placed)
    journey.checks.append(
        {
            "name": "every wager accounted for exactly once",
            "held": all(each["state"] in SETTLED_WAGERS for each in placed) and max(ids.values()) == 1,
            "detail": f"{len(ids)} wagers",
        }
    )
    journey.screen.checks(journey.checks)
    broken = [check["name"] for check in journey.checks if not check["held"]]
    require(not broken, "checks that did not hold: " + "; ".join(broken))
