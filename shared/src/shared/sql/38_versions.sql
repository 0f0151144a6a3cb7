-- Every process looks at its start how far the chain has run; what it lacks, it lacks for a reason.
GRANT SELECT ON alembic_version TO bulkhead_app, bulkhead_auditor;

-- Migrations add, and older code lives with what it does not know. One that takes away what older code needs lists
-- here the first revision of the release that stopped needing it: code that does not know it does not start.
CREATE TABLE schema_floor (
    revision text COLLATE "C" NOT NULL,
    CONSTRAINT schema_floor_pk PRIMARY KEY (revision),
    CONSTRAINT schema_floor_form CHECK (revision ~ '^[0-9]{4}(_[0-9]{2}){3}_[a-z0-9_]{1,40}$')
);
COMMENT ON TABLE schema_floor IS 'no tenant: one chain';
CALL bulkhead_plain_table('schema_floor', append_only => true);
REVOKE INSERT ON schema_floor FROM bulkhead_app;
