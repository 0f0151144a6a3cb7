-- Packs of windows that operators made, each signed by its operator.
CREATE TABLE evidence_pack (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT evidence_pack_pk PRIMARY KEY,
    window_id uuid NOT NULL CONSTRAINT evidence_pack_window REFERENCES aggregation_window (id),
    operator uuid NOT NULL,
    signed_with uuid NOT NULL,
    signature bytea NOT NULL CONSTRAINT evidence_pack_signature CHECK (octet_length(signature) = 64),
    size_bytes bigint NOT NULL,
    sha256 bytea NOT NULL CONSTRAINT evidence_pack_once UNIQUE
        CONSTRAINT evidence_pack_sha256 CHECK (octet_length(sha256) = 32),
    manifest_sha256 bytea NOT NULL CONSTRAINT evidence_pack_manifest CHECK (octet_length(manifest_sha256) = 32),
    row_count bigint NOT NULL,
    record_count bigint NOT NULL,
    checkpoint_size bigint NOT NULL,
    is_witnessed boolean NOT NULL,
    made_at timestamptz NOT NULL,
    CONSTRAINT evidence_pack_counts CHECK (
        size_bytes > 0 AND row_count > 0 AND record_count > 0 AND checkpoint_size > record_count),
    CONSTRAINT evidence_pack_by FOREIGN KEY (signed_with, operator) REFERENCES operator_key (id, operator)
);
CREATE INDEX evidence_pack_of_window ON evidence_pack (window_id, id);
CALL bulkhead_tenant_table('evidence_pack', append_only => true);
