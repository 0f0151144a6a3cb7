-- Statements that came, whichever way, and the days whose matches read lines of theirs: each is matched again.

-- `id` is the statement's or the bank file's.
CREATE TABLE reconciliation_import (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT reconciliation_import_pk PRIMARY KEY,
    department_id uuid NOT NULL,
    source text NOT NULL CONSTRAINT reconciliation_import_source CHECK (source ~ '^[a-z][a-z0-9-]{0,31}$'),
    came_at timestamptz NOT NULL
);
CREATE INDEX reconciliation_import_came ON reconciliation_import (tenant_id, came_at);
CALL bulkhead_tenant_table('reconciliation_import', append_only => true);

CREATE TABLE reconciliation_due_day (
    tenant_id uuid NOT NULL,
    import_id uuid NOT NULL CONSTRAINT reconciliation_due_day_fk REFERENCES reconciliation_import (id),
    day integer NOT NULL,
    CONSTRAINT reconciliation_due_day_pk PRIMARY KEY (import_id, day)
);
CALL bulkhead_tenant_table('reconciliation_due_day', append_only => true);

-- By which match a due day was judged. One match answers all imports that made its day due before it read.
CREATE TABLE reconciliation_due_done (
    tenant_id uuid NOT NULL,
    import_id uuid NOT NULL,
    day integer NOT NULL,
    match_id uuid NOT NULL CONSTRAINT reconciliation_due_done_match_fk REFERENCES reconciliation_match (id),
    CONSTRAINT reconciliation_due_done_pk PRIMARY KEY (import_id, day),
    CONSTRAINT reconciliation_due_done_fk FOREIGN KEY (import_id, day)
        REFERENCES reconciliation_due_day (import_id, day)
);
CALL bulkhead_tenant_table('reconciliation_due_done', append_only => true);
