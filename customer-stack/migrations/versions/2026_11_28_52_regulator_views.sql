-- Which audit records name an id: a projection of the sealed history, which the worker writes behind it.
CREATE TABLE timeline_mention (
    tenant_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    record_txid xid8 NOT NULL,
    record_id bigint NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT timeline_mention_pk PRIMARY KEY (tenant_id, subject_id, record_txid, record_id)
);
CALL bulkhead_tenant_table('timeline_mention', append_only => true);

-- How often each kind of act was recorded on a day in Colombo.
CREATE TABLE timeline_day (
    tenant_id uuid NOT NULL,
    day date NOT NULL,
    kind text NOT NULL COLLATE "C",
    records bigint NOT NULL CONSTRAINT timeline_day_records_positive CHECK (records > 0),
    CONSTRAINT timeline_day_pk PRIMARY KEY (tenant_id, day, kind)
);
CALL bulkhead_tenant_table('timeline_day', append_only => false);

CREATE TABLE timeline_cursor (
    is_only boolean NOT NULL DEFAULT true
        CONSTRAINT timeline_cursor_pk PRIMARY KEY CONSTRAINT timeline_cursor_single CHECK (is_only),
    record_txid xid8 NOT NULL,
    record_id bigint NOT NULL
);
INSERT INTO timeline_cursor (record_txid, record_id) VALUES ('0', 0);
CALL bulkhead_plain_table('timeline_cursor', append_only => false);
REVOKE INSERT, DELETE ON timeline_cursor FROM bulkhead_app;
COMMENT ON TABLE timeline_cursor IS 'no tenant: records of all tenants stand in one order';
