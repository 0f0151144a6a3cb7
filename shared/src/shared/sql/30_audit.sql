-- What happened, in the order in which it was sealed. Records are written in the transaction of the fact;
-- the sealer gives them a gapless number and a hash chain afterwards, so that writers never wait for each other.

-- The key is the order of sealing: transaction first, then the number within it. The number alone would
-- not do: numbers are drawn early and commit late.
CREATE TABLE audit_record (
    id bigint GENERATED ALWAYS AS IDENTITY (CACHE 64),
    txid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    tenant_id uuid NOT NULL,
    kind text COLLATE "C" NOT NULL
        CONSTRAINT audit_record_kind_form CHECK (length(kind) <= 64 AND kind ~ '^[a-z_]+\.[a-z_]+$'),
    recorded_at timestamptz NOT NULL DEFAULT now(),
    body bytea NOT NULL CONSTRAINT audit_record_body_size CHECK (octet_length(body) BETWEEN 2 AND 65536),
    CONSTRAINT audit_record_pk PRIMARY KEY (txid, id)
);
CALL bulkhead_tenant_table('audit_record', append_only => true);
-- The number, the transaction and the time are the database's to give.
REVOKE INSERT ON audit_record FROM bulkhead_app;
GRANT INSERT (tenant_id, kind, body) ON audit_record TO bulkhead_app;
GRANT SELECT ON audit_record TO bulkhead_sealer;
CREATE POLICY sealer_reads ON audit_record FOR SELECT TO bulkhead_sealer USING (true);

-- No foreign key to audit_record: its check would write a lock into every record; the verification of the
-- chain proves more.
CREATE TABLE audit_seal (
    seq bigint NOT NULL CONSTRAINT audit_seal_seq_positive CHECK (seq > 0),
    record_txid xid8 NOT NULL,
    record_id bigint NOT NULL,
    leaf bytea NOT NULL CONSTRAINT audit_seal_leaf_size CHECK (octet_length(leaf) = 32),
    chain bytea NOT NULL CONSTRAINT audit_seal_chain_size CHECK (octet_length(chain) = 32),
    sealed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT audit_seal_pk PRIMARY KEY (seq),
    CONSTRAINT audit_seal_record_once UNIQUE (record_id)
);
COMMENT ON TABLE audit_seal IS 'no tenant: one chain over the records of all tenants; it holds hashes only';
CALL bulkhead_plain_table('audit_seal', append_only => true);
REVOKE INSERT ON audit_seal FROM bulkhead_app;
GRANT SELECT, INSERT ON audit_seal TO bulkhead_sealer;
