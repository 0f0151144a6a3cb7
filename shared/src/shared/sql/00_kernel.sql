-- Tenants, privileges and append-only tables: what every other table of both stacks leans on.
-- Run once, by bulkhead_owner, before everything else.

-- The tenants of this transaction. An unset or empty setting sees nothing.
CREATE FUNCTION current_tenants() RETURNS uuid[]
LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(nullif(current_setting('app.tenants', true), ''), '{}')::uuid[];

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'append_only';
END $$;

-- Grants and append-only rules of a table that belongs to no tenant.
CREATE PROCEDURE bulkhead_plain_table(name text, append_only boolean) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('REVOKE ALL ON %I FROM PUBLIC', name);
    EXECUTE format('GRANT SELECT, INSERT ON %I TO bulkhead_app', name);
    EXECUTE format('GRANT SELECT ON %I TO bulkhead_auditor', name);
    IF append_only THEN
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I '
                       'FOR EACH ROW EXECUTE FUNCTION refuse_change()', name || '_append_only', name);
    ELSE
        EXECUTE format('GRANT UPDATE, DELETE ON %I TO bulkhead_app', name);
    END IF;
    EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I '
                   'FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name || '_no_truncate', name);
END $$;

-- The same for a table with tenant_id, with row-level security that binds the owner too.
CREATE PROCEDURE bulkhead_tenant_table(name text, append_only boolean) LANGUAGE plpgsql AS $$
BEGIN
    CALL bulkhead_plain_table(name, append_only);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    -- The sub-select makes the tenants a constant of the statement instead of a test per row.
    EXECUTE format('CREATE POLICY tenant_isolation ON %I TO bulkhead_app '
                   'USING (tenant_id = ANY ((SELECT current_tenants())::uuid[])) '
                   'WITH CHECK (tenant_id = ANY ((SELECT current_tenants())::uuid[]))', name);
    EXECUTE format('CREATE POLICY owner_maintains ON %I TO bulkhead_owner USING (true) WITH CHECK (true)', name);
    EXECUTE format('CREATE POLICY auditor_reads ON %I FOR SELECT TO bulkhead_auditor USING (true)', name);
END $$;
