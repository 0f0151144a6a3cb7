-- Everything that left as a file, one line for each time. It holds ids and words; the SHA-256 is of the very bytes.
CREATE TYPE export_format AS ENUM ('csv', 'json', 'pdf', 'xml', 'zip');
CREATE TABLE export_register (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT export_register_pk PRIMARY KEY,
    kind text NOT NULL CONSTRAINT export_register_kind_is_a_word CHECK (kind ~ '^[a-z_]+\.[a-z_]+$'),
    scope_kind text NOT NULL CONSTRAINT export_register_scope_is_a_word CHECK (scope_kind ~ '^[a-z_]+$'),
    scope_id uuid,
    row_count bigint NOT NULL CONSTRAINT export_register_rows_not_negative CHECK (row_count >= 0),
    sha256 bytea NOT NULL CONSTRAINT export_register_sha256_size CHECK (octet_length(sha256) = 32),
    first_at timestamptz,
    last_at timestamptz,
    operator text NOT NULL
        CONSTRAINT export_register_operator CHECK (operator ~ '^(system|(customer|staff):[0-9a-f-]{36})$'),
    format export_format NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT export_register_time_scope
        CHECK ((first_at IS NULL) = (last_at IS NULL) AND coalesce(first_at <= last_at, true))
);
CREATE INDEX export_register_tenant ON export_register (tenant_id, id);
CREATE INDEX export_register_scope ON export_register (tenant_id, scope_id, id) WHERE scope_id IS NOT NULL;
CREATE INDEX export_register_sha256 ON export_register (tenant_id, sha256);
CALL bulkhead_tenant_table('export_register', append_only => true);

-- How many rows an archive tells; those of before this was counted say 0 while they are still offered.
ALTER TABLE privacy_export ADD COLUMN row_count integer NOT NULL DEFAULT 0
    CONSTRAINT privacy_export_rows_not_negative CHECK (row_count >= 0);
