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

-- ---- evidence packs

CREATE TYPE evidence_scope AS ENUM ('customer', 'account', 'market', 'window', 'period', 'case', 'staff');
CREATE TYPE evidence_state AS ENUM ('asked', 'ready', 'failed', 'cancelled', 'gone');

-- A pack that somebody asked for. What is of one person with personal data is sealed under that person's key.
CREATE TABLE evidence_pack (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT evidence_pack_pk PRIMARY KEY,
    scope_kind evidence_scope NOT NULL,
    scope_id uuid,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    customer_id uuid,
    is_personal boolean NOT NULL,
    permissions text[] NOT NULL,
    asked_by text NOT NULL CONSTRAINT evidence_pack_asked_by CHECK (asked_by ~ '^(system|staff:[0-9a-f-]{36})$'),
    asked_at timestamptz NOT NULL,
    state evidence_state NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL,
    expires_at timestamptz,
    CONSTRAINT evidence_pack_time CHECK (first_at < last_at),
    CONSTRAINT evidence_pack_scope CHECK ((scope_kind = 'period') = (scope_id IS NULL)),
    CONSTRAINT evidence_pack_person CHECK (NOT is_personal OR customer_id IS NOT NULL),
    CONSTRAINT evidence_pack_ready CHECK (state <> 'ready' OR expires_at IS NOT NULL)
);
CREATE INDEX evidence_pack_tenant ON evidence_pack (tenant_id, id);
CREATE INDEX evidence_pack_due ON evidence_pack (tenant_id, next_attempt_at) WHERE state = 'asked';
CREATE INDEX evidence_pack_over ON evidence_pack (tenant_id, expires_at) WHERE state = 'ready';
CALL bulkhead_tenant_table('evidence_pack', append_only => false);
REVOKE DELETE ON evidence_pack FROM bulkhead_app;

-- What was made: written once, when a pack is whole.
CREATE TABLE evidence_made (
    tenant_id uuid NOT NULL,
    pack_id uuid CONSTRAINT evidence_made_pk PRIMARY KEY CONSTRAINT evidence_made_of REFERENCES evidence_pack (id),
    size_bytes bigint NOT NULL CONSTRAINT evidence_made_size CHECK (size_bytes > 0),
    sha256 bytea NOT NULL CONSTRAINT evidence_made_sha256 CHECK (octet_length(sha256) = 32),
    manifest_sha256 bytea NOT NULL CONSTRAINT evidence_made_manifest CHECK (octet_length(manifest_sha256) = 32),
    row_count bigint NOT NULL CONSTRAINT evidence_made_rows CHECK (row_count >= 0),
    record_count integer NOT NULL CONSTRAINT evidence_made_records CHECK (record_count >= 0),
    checkpoint_size bigint NOT NULL CONSTRAINT evidence_made_checkpoint CHECK (checkpoint_size > 0),
    is_witnessed boolean NOT NULL,
    made_at timestamptz NOT NULL
);
CREATE INDEX evidence_made_sha256 ON evidence_made (tenant_id, sha256);
CALL bulkhead_tenant_table('evidence_made', append_only => true);

-- The pack in parts, each sealed for its number. Gone when the offer is over.
CREATE TABLE evidence_part (
    tenant_id uuid NOT NULL,
    pack_id uuid NOT NULL CONSTRAINT evidence_part_of REFERENCES evidence_pack (id),
    number integer NOT NULL CONSTRAINT evidence_part_number CHECK (number > 0),
    sealed bytea NOT NULL,
    CONSTRAINT evidence_part_pk PRIMARY KEY (pack_id, number)
);
CALL bulkhead_tenant_table('evidence_part', append_only => false);
REVOKE UPDATE ON evidence_part FROM bulkhead_app;

-- To which authority or firm a pack was given, how and when: said by a person, after the fact.
CREATE TYPE evidence_channel AS ENUM ('portal', 'email', 'courier', 'in_person', 'data_room');
CREATE TABLE evidence_delivery (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT evidence_delivery_pk PRIMARY KEY,
    pack_id uuid NOT NULL CONSTRAINT evidence_delivery_of REFERENCES evidence_made (pack_id),
    recipient text NOT NULL CONSTRAINT evidence_delivery_recipient CHECK (length(recipient) BETWEEN 2 AND 80),
    channel evidence_channel NOT NULL,
    reference text CONSTRAINT evidence_delivery_reference CHECK (length(reference) BETWEEN 1 AND 60),
    delivered_at timestamptz NOT NULL,
    recorded_by uuid NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT evidence_delivery_after CHECK (delivered_at <= recorded_at)
);
CREATE INDEX evidence_delivery_pack ON evidence_delivery (pack_id, id);
CALL bulkhead_tenant_table('evidence_delivery', append_only => true);
