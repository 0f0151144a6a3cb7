-- Reconciliation: runs, their named checks, and the breaks they found with both values.

CREATE TYPE reconciliation_check_name AS ENUM (
    'trial_balance', 'desk', 'snapshots', 'positions', 'cash', 'fees', 'totals', 'payouts',
    'collection', 'bank_entries', 'stock');
CREATE TYPE reconciliation_result AS ENUM ('passed', 'failed', 'unavailable');
CREATE TYPE reconciliation_break_kind AS ENUM ('differs', 'missing_here', 'missing_there', 'unknown_account');
CREATE TYPE reconciliation_unit AS ENUM ('lkr_cent', 'micro_dollar', 'centi_contract', 'entry');

CREATE TABLE reconciliation_run (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT reconciliation_run_pk PRIMARY KEY,
    sequence bigint NOT NULL CONSTRAINT reconciliation_run_sequence CHECK (sequence >= 0),
    requested_by text NOT NULL
        CONSTRAINT reconciliation_run_requested_by CHECK (requested_by ~ '^(system|staff:[0-9a-f-]{36})$'),
    read_at timestamptz NOT NULL,
    finished_at timestamptz NOT NULL
);
CREATE INDEX reconciliation_run_tenant ON reconciliation_run (tenant_id, id);
CALL bulkhead_tenant_table('reconciliation_run', append_only => true);

CREATE TABLE reconciliation_check (
    tenant_id uuid NOT NULL,
    run_id uuid NOT NULL CONSTRAINT reconciliation_check_run_fk REFERENCES reconciliation_run (id),
    name reconciliation_check_name NOT NULL,
    result reconciliation_result NOT NULL,
    compared integer NOT NULL CONSTRAINT reconciliation_check_compared CHECK (compared >= 0),
    breaks integer NOT NULL CONSTRAINT reconciliation_check_breaks CHECK (breaks >= 0),
    CONSTRAINT reconciliation_check_pk PRIMARY KEY (run_id, name),
    CONSTRAINT reconciliation_check_result CHECK ((result = 'failed') = (breaks > 0))
);
CALL bulkhead_tenant_table('reconciliation_check', append_only => true);

CREATE TABLE reconciliation_break (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT reconciliation_break_pk PRIMARY KEY,
    run_id uuid NOT NULL,
    name reconciliation_check_name NOT NULL,
    kind reconciliation_break_kind NOT NULL,
    unit reconciliation_unit NOT NULL,
    ours bigint,
    theirs bigint,
    book_id uuid,
    market_id uuid,
    side ledger_contract_side,
    reference text CONSTRAINT reconciliation_break_reference CHECK (length(reference) <= 64),
    CONSTRAINT reconciliation_break_check_fk FOREIGN KEY (run_id, name)
        REFERENCES reconciliation_check (run_id, name),
    CONSTRAINT reconciliation_break_values CHECK (ours IS DISTINCT FROM theirs)
);
CREATE INDEX reconciliation_break_tenant ON reconciliation_break (tenant_id, id);
CALL bulkhead_tenant_table('reconciliation_break', append_only => true);
