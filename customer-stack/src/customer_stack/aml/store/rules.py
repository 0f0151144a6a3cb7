"""Versions of rules, the steps taken with them, and which ones count."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import asyncpg

from customer_stack.aml.domain.lifecycle import State, Step, Taken, Version, VersionFilter
from customer_stack.aml.domain.rules import Rule, parse_rule
from shared.database import Transaction

_VERSIONS: Final = """
    SELECT v.*, s.number, s.step, s.state, s.taken_by, s.taken_at, s.asked_number, s.asked_by
    FROM aml_version v CROSS JOIN LATERAL (
        SELECT t.* FROM aml_step t WHERE t.version_id = v.id ORDER BY t.number DESC LIMIT 1) s
"""


async def lock_ruleset(tx: Transaction, tenant_id: UUID) -> None:
    """Let one change of a tenant's rules happen at a time, until the end of `tx`."""
    await tx.execute(
        "INSERT INTO aml_ruleset (tenant_id, revision) VALUES ($1, 1) ON CONFLICT DO NOTHING", tenant_id
    )
    await tx.execute("SELECT FROM aml_ruleset WHERE tenant_id = $1 FOR UPDATE", tenant_id)


async def raise_revision(tx: Transaction, tenant_id: UUID) -> None:
    """Say that what is evaluated has changed."""
    await tx.execute("UPDATE aml_ruleset SET revision = revision + 1 WHERE tenant_id = $1", tenant_id)


async def load_revisions(tx: Transaction, tenants: Sequence[UUID]) -> dict[UUID, int]:
    """Return the revision of each tenant's rules; a tenant without rules has none."""
    rows = await tx.fetch(
        "SELECT tenant_id, revision FROM aml_ruleset WHERE tenant_id = ANY($1::uuid[])", list(tenants)
    )
    return {row["tenant_id"]: row["revision"] for row in rows}


async def insert_version(tx: Transaction, version: Version) -> bool:
    """Keep a version; False when the rule has one with this content."""
    kept = await tx.fetch_value(
        "INSERT INTO aml_version (tenant_id, id, key, content, digest, written_by, written_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT ON CONSTRAINT aml_version_once DO NOTHING "
        "RETURNING true",
        version.tenant_id,
        version.id,
        version.rule.key,
        version.rule.content,
        version.rule.digest,
        version.written_by,
        version.written_at,
    )
    return bool(kept)


async def insert_step(tx: Transaction, version: Version, taken: Taken) -> bool:
    """Keep a step; False when somebody else took one first."""
    kept = await tx.fetch_value(
        "INSERT INTO aml_step (tenant_id, version_id, number, step, state, written_by, taken_by, taken_at, "
        "asked_number, asked_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) "
        "ON CONFLICT ON CONSTRAINT aml_step_pk DO NOTHING RETURNING true",
        version.tenant_id,
        version.id,
        taken.number,
        taken.step,
        taken.state,
        version.written_by,
        taken.taken_by,
        taken.taken_at,
        taken.asked_number,
        taken.asked_by,
    )
    return bool(kept)


async def publish(tx: Transaction, version: Version, taken: Taken) -> None:
    """Let an approved version count, instead of the one that did."""
    await tx.execute(
        "INSERT INTO aml_published (tenant_id, key, version_id, number) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT ON CONSTRAINT aml_published_pk "
        "DO UPDATE SET version_id = excluded.version_id, number = excluded.number",
        version.tenant_id,
        version.rule.key,
        version.id,
        taken.number,
    )


async def withdraw(tx: Transaction, version: Version) -> None:
    """Let a version count no more."""
    await tx.execute(
        "DELETE FROM aml_published WHERE tenant_id = $1 AND key = $2 AND version_id = $3",
        version.tenant_id,
        version.rule.key,
        version.id,
    )


async def load_version(tx: Transaction, version_id: UUID) -> Version | None:
    """Return a version of the bound tenant."""
    row = await tx.fetch_row(f"{_VERSIONS} WHERE v.id = $1", version_id)
    return None if row is None else _read(row)


async def load_published(tx: Transaction, tenant_id: UUID, key: str) -> Version | None:
    """Return the version of a rule that counts."""
    row = await tx.fetch_row(
        f"{_VERSIONS} WHERE v.id = (SELECT version_id FROM aml_published WHERE tenant_id = $1 AND key = $2)",
        tenant_id,
        key,
    )
    return None if row is None else _read(row)


async def count_live(tx: Transaction, tenant_id: UUID) -> int:
    """Return how many versions of a tenant are evaluated, in shadow or not."""
    found: int = await tx.fetch_value(
        f"SELECT count(*) FROM ({_VERSIONS}) v WHERE v.tenant_id = $1 "
        "AND v.state IN ('shadow', 'proposed', 'published', 'retiring')",
        tenant_id,
    )
    return found


async def load_versions(
    tx: Transaction, wanted: VersionFilter, before: UUID | None, limit: int
) -> tuple[Version, ...]:
    """Return versions of the bound tenant, newest first, below an id."""
    rows = await tx.fetch(
        f"{_VERSIONS} WHERE ($1::uuid IS NULL OR v.id < $1) AND ($2::text IS NULL OR v.key = $2) "
        "AND ($3::aml_version_state IS NULL OR s.state = $3) ORDER BY v.id DESC LIMIT $4",
        before,
        wanted.key,
        wanted.state,
        limit,
    )
    return tuple(_read(row) for row in rows)


async def load_live(tx: Transaction, tenant_id: UUID) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
    """Return the rules of a tenant that count, and those in shadow: of each rule the newest."""
    published = await tx.fetch(
        "SELECT v.content FROM aml_published p JOIN aml_version v ON v.id = p.version_id "
        "WHERE p.tenant_id = $1",
        tenant_id,
    )
    shadow = await tx.fetch(
        f"SELECT DISTINCT ON (v.key) v.content FROM ({_VERSIONS}) v "
        "WHERE v.tenant_id = $1 AND v.state IN ('shadow', 'proposed') ORDER BY v.key, v.id DESC",
        tenant_id,
    )
    return (
        tuple(parse_rule(row["content"]) for row in published),
        tuple(parse_rule(row["content"]) for row in shadow),
    )


async def load_by_digest(tx: Transaction, digests: Sequence[bytes]) -> dict[bytes, Rule]:
    """Return versions by digest, whatever became of them: a digest is that of the content."""
    rows = await tx.fetch(
        "SELECT DISTINCT ON (digest) digest, content FROM aml_version WHERE digest = ANY($1::bytea[]) "
        "ORDER BY digest",
        list(digests),
    )
    return {row["digest"]: parse_rule(row["content"]) for row in rows}


async def load_steps(tx: Transaction, version_id: UUID) -> tuple[Taken, ...]:
    """Return all steps of a version, first to last."""
    rows = await tx.fetch("SELECT * FROM aml_step WHERE version_id = $1 ORDER BY number", version_id)
    return tuple(_read_step(row) for row in rows)


def _read(row: asyncpg.Record) -> Version:
    return Version(
        row["id"],
        row["tenant_id"],
        parse_rule(row["content"]),
        row["written_by"],
        row["written_at"],
        _read_step(row),
    )


def _read_step(row: asyncpg.Record) -> Taken:
    return Taken(
        row["number"],
        Step(row["step"]),
        State(row["state"]),
        row["taken_by"],
        row["taken_at"],
        row["asked_number"],
        row["asked_by"],
    )
