"""Rules over a live database. Each takes a connection and returns what breaks the rule, in words."""

from typing import Any, TypeAlias

import asyncpg

Connection: TypeAlias = "asyncpg.Connection[Any]"

TEXT_TYPES = (
    "text", "varchar", "bpchar", "char", "name", "bytea", "json", "jsonb", "xml", "hstore", "citext",
    "tsvector",
)  # fmt: skip


async def tables_without_tenant(connection: Connection) -> list[str]:
    """Return tables that have neither a tenant nor a comment that says why they need none."""
    rows = await connection.fetch(
        "SELECT c.relname FROM pg_class c "
        "WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace "
        "AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' "
        "AND a.attnotnull) AND coalesce(obj_description(c.oid), '') NOT LIKE 'no tenant: %' ORDER BY 1"
    )
    return [row["relname"] for row in rows]


async def tables_without_isolation(connection: Connection) -> list[str]:
    """Return tables with a tenant whose rows another tenant, or the owner without a policy, could see."""
    rows = await connection.fetch(
        "SELECT c.relname FROM pg_class c "
        "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' "
        "WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace AND NOT ("
        "c.relrowsecurity AND c.relforcerowsecurity "
        "AND EXISTS (SELECT FROM pg_policies p WHERE p.tablename = c.relname "
        "AND p.policyname = 'tenant_isolation' AND p.qual LIKE '%current_tenants()%' "
        "AND p.with_check LIKE '%current_tenants()%')) ORDER BY 1"
    )
    return [row["relname"] for row in rows]


async def views_that_bypass_isolation(connection: Connection) -> list[str]:
    """Return views that read with their owner's rights instead of the reader's."""
    rows = await connection.fetch(
        "SELECT relname FROM pg_class WHERE relkind = 'v' AND relnamespace = 'public'::regnamespace "
        "AND NOT coalesce(reloptions @> ARRAY['security_invoker=true'], false) ORDER BY 1"
    )
    return [row["relname"] for row in rows]


async def inexact_columns(connection: Connection) -> list[str]:
    """Return columns of a type that rounds."""
    rows = await connection.fetch(
        "SELECT table_name || '.' || column_name AS name FROM information_schema.columns "
        "WHERE table_schema = 'public' AND data_type IN ('real', 'double precision', 'money') ORDER BY 1"
    )
    return [row["name"] for row in rows]


async def text_columns(connection: Connection) -> set[str]:
    """Return every column that could hold text, arrays of it included."""
    rows = await connection.fetch(
        "SELECT c.relname || '.' || a.attname AS name FROM pg_attribute a "
        "JOIN pg_class c ON c.oid = a.attrelid "
        "JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_type e ON e.oid = t.typelem "
        "WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0 "
        "AND NOT a.attisdropped AND (t.typname = ANY($1) OR e.typname = ANY($1)) ORDER BY 1",
        list(TEXT_TYPES),
    )
    return {row["name"] for row in rows}


async def mighty_roles(connection: Connection) -> list[str]:
    """Return roles of ours that could step over a policy."""
    rows = await connection.fetch(
        "SELECT rolname FROM pg_roles WHERE rolname LIKE 'bulkhead%' "
        "AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication) ORDER BY 1"
    )
    return [row["rolname"] for row in rows]


async def changeable_history(connection: Connection) -> list[str]:
    """Return append-only tables on which the application has a right to change or remove rows."""
    rows = await connection.fetch(
        "SELECT DISTINCT t.tgrelid::regclass::text AS name FROM pg_trigger t "
        "JOIN pg_proc p ON p.oid = t.tgfoid "
        "WHERE p.proname = 'refuse_change' AND t.tgname LIKE '%\\_append\\_only' AND ("
        "has_table_privilege('bulkhead_app', t.tgrelid, 'UPDATE') "
        "OR has_table_privilege('bulkhead_app', t.tgrelid, 'DELETE') "
        "OR has_table_privilege('bulkhead_app', t.tgrelid, 'TRUNCATE')) ORDER BY 1"
    )
    return [row["name"] for row in rows]
