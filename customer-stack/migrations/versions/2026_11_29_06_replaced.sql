-- A corrected statement names the one that it replaces, once. The old one stays, and its lines are not matched any more.
ALTER TABLE reconciliation_statement
    ADD COLUMN replaces uuid CONSTRAINT reconciliation_statement_replaced_once UNIQUE,
    ADD CONSTRAINT reconciliation_statement_replaces_another CHECK (replaces <> id) NOT VALID,
    ADD CONSTRAINT reconciliation_statement_replaces_fk FOREIGN KEY (replaces, tenant_id, department_id, source)
        REFERENCES reconciliation_statement (id, tenant_id, department_id, source) NOT VALID;
