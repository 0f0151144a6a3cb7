-- Breaks with owner, steps and end.

ALTER TYPE reconciliation_unit ADD VALUE 'rate_e8';
ALTER TYPE reconciliation_unit ADD VALUE 'day';

CREATE TYPE reconciliation_break_type AS ENUM (
    'missing_ours', 'missing_theirs', 'amount', 'quantity', 'price', 'fee', 'duplicate', 'timing', 'direction',
    'unknown_account', 'rounding');
CREATE TYPE reconciliation_link_kind AS ENUM (
    'run', 'match', 'transfer', 'statement_line', 'bank_reference', 'pay_in', 'payout', 'book', 'market',
    'settlement', 'report_sequence', 'account');
CREATE TYPE reconciliation_break_how AS ENUM ('explained', 'corrected');
CREATE TYPE reconciliation_step_kind AS ENUM ('taken', 'noted', 'proposed', 'approved', 'rejected', 'ended');

-- What a run found, row by row, stays as it was found. The break that it is part of stands beside it.
ALTER TABLE reconciliation_break RENAME TO reconciliation_finding;
ALTER TABLE reconciliation_finding RENAME CONSTRAINT reconciliation_break_pk TO reconciliation_finding_pk;
ALTER TABLE reconciliation_finding RENAME CONSTRAINT reconciliation_break_reference TO reconciliation_finding_reference;
ALTER TABLE reconciliation_finding RENAME CONSTRAINT reconciliation_break_check_fk TO reconciliation_finding_check_fk;
ALTER TABLE reconciliation_finding RENAME CONSTRAINT reconciliation_break_values TO reconciliation_finding_values;
ALTER INDEX reconciliation_break_tenant RENAME TO reconciliation_finding_tenant;
ALTER TRIGGER reconciliation_break_append_only ON reconciliation_finding RENAME TO reconciliation_finding_append_only;
ALTER TRIGGER reconciliation_break_no_truncate ON reconciliation_finding RENAME TO reconciliation_finding_no_truncate;
ALTER TABLE reconciliation_finding ALTER COLUMN kind TYPE reconciliation_break_type USING (
    CASE
        WHEN kind = 'missing_here' THEN 'missing_ours'
        WHEN kind = 'missing_there' THEN 'missing_theirs'
        WHEN kind = 'unknown_account' THEN 'unknown_account'
        WHEN name = 'positions' THEN 'quantity'
        WHEN name = 'fees' THEN 'fee'
        ELSE 'amount'
    END)::reconciliation_break_type;
ALTER TABLE reconciliation_finding RENAME COLUMN kind TO type;
ALTER TABLE reconciliation_finding ADD COLUMN break_id uuid;
DROP TYPE reconciliation_break_kind;

-- One difference, from when it was found. `occurrence` counts how often it came back after an end.
CREATE TABLE reconciliation_break (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT reconciliation_break_pk PRIMARY KEY,
    department_id uuid,
    check_name text NOT NULL CONSTRAINT reconciliation_break_check CHECK (check_name ~ '^[a-z][a-z0-9_.-]{0,47}$'),
    type reconciliation_break_type NOT NULL,
    subject text NOT NULL CONSTRAINT reconciliation_break_subject CHECK (length(subject) BETWEEN 1 AND 160),
    unit reconciliation_unit NOT NULL,
    ours bigint,
    theirs bigint,
    is_material boolean NOT NULL,
    occurrence integer NOT NULL CONSTRAINT reconciliation_break_occurrence CHECK (occurrence > 0),
    found_at timestamptz NOT NULL,
    CONSTRAINT reconciliation_break_once UNIQUE NULLS NOT DISTINCT
        (tenant_id, check_name, subject, type, unit, department_id, occurrence),
    CONSTRAINT reconciliation_break_values CHECK (ours IS DISTINCT FROM theirs)
);
CREATE INDEX reconciliation_break_newest ON reconciliation_break (tenant_id, id);
CALL bulkhead_tenant_table('reconciliation_break', append_only => true);
ALTER TABLE reconciliation_finding ADD CONSTRAINT reconciliation_finding_break_fk
    FOREIGN KEY (break_id) REFERENCES reconciliation_break (id);
CREATE INDEX reconciliation_finding_break ON reconciliation_finding (break_id);

-- The values of an open break moved. The break's own values are its first sighting.
CREATE TABLE reconciliation_break_sighting (
    tenant_id uuid NOT NULL,
    break_id uuid NOT NULL CONSTRAINT reconciliation_break_sighting_fk REFERENCES reconciliation_break (id),
    number integer NOT NULL CONSTRAINT reconciliation_break_sighting_number CHECK (number > 1),
    ours bigint,
    theirs bigint,
    is_material boolean NOT NULL,
    seen_at timestamptz NOT NULL,
    CONSTRAINT reconciliation_break_sighting_pk PRIMARY KEY (break_id, number),
    CONSTRAINT reconciliation_break_sighting_values CHECK (ours IS DISTINCT FROM theirs)
);
CALL bulkhead_tenant_table('reconciliation_break_sighting', append_only => true);

CREATE TABLE reconciliation_break_link (
    tenant_id uuid NOT NULL,
    break_id uuid NOT NULL CONSTRAINT reconciliation_break_link_fk REFERENCES reconciliation_break (id),
    kind reconciliation_link_kind NOT NULL,
    reference text NOT NULL CONSTRAINT reconciliation_break_link_reference CHECK (length(reference) BETWEEN 1 AND 128),
    CONSTRAINT reconciliation_break_link_pk PRIMARY KEY (break_id, kind, reference)
);
CALL bulkhead_tenant_table('reconciliation_break_link', append_only => true);

-- What people did with a break. `sighting`: the values that they saw.
CREATE TABLE reconciliation_break_step (
    tenant_id uuid NOT NULL,
    break_id uuid NOT NULL CONSTRAINT reconciliation_break_step_fk REFERENCES reconciliation_break (id),
    number integer NOT NULL CONSTRAINT reconciliation_break_step_number CHECK (number > 0),
    kind reconciliation_step_kind NOT NULL,
    taken_by uuid NOT NULL,
    sighting integer NOT NULL CONSTRAINT reconciliation_break_step_sighting CHECK (sighting > 0),
    note text CONSTRAINT reconciliation_break_step_note CHECK (length(note) BETWEEN 1 AND 500),
    how reconciliation_break_how,
    book_id uuid,
    transfer_id uuid,
    answers integer,
    proposed_by uuid,
    taken_at timestamptz NOT NULL,
    CONSTRAINT reconciliation_break_step_pk PRIMARY KEY (break_id, number),
    CONSTRAINT reconciliation_break_step_said CHECK ((note IS NULL) = (kind IN ('taken', 'approved'))),
    CONSTRAINT reconciliation_break_step_how CHECK ((how IS NOT NULL) = (kind IN ('proposed', 'ended'))),
    CONSTRAINT reconciliation_break_step_transfer CHECK (
        (transfer_id IS NOT NULL) = (how IS NOT DISTINCT FROM 'corrected')
        AND (book_id IS NULL) = (transfer_id IS NULL)),
    CONSTRAINT reconciliation_break_step_booked FOREIGN KEY (book_id, transfer_id)
        REFERENCES ledger_transfer (book_id, id),
    CONSTRAINT reconciliation_break_step_answers CHECK (
        (answers IS NOT NULL) = (kind IN ('approved', 'rejected')) AND (proposed_by IS NULL) = (answers IS NULL)),
    CONSTRAINT reconciliation_break_step_four_eyes CHECK (kind <> 'approved' OR taken_by <> proposed_by),
    CONSTRAINT reconciliation_break_step_decided_once UNIQUE (break_id, answers),
    CONSTRAINT reconciliation_break_step_proposal_fk FOREIGN KEY (break_id, answers)
        REFERENCES reconciliation_break_step (break_id, number)
);
CALL bulkhead_tenant_table('reconciliation_break_step', append_only => true);

-- The end of a break, once: what `corrected` is an adjustment record.
CREATE TABLE reconciliation_break_end (
    tenant_id uuid NOT NULL,
    break_id uuid CONSTRAINT reconciliation_break_end_pk PRIMARY KEY,
    step integer NOT NULL,
    how reconciliation_break_how NOT NULL,
    book_id uuid,
    transfer_id uuid,
    ended_at timestamptz NOT NULL,
    CONSTRAINT reconciliation_break_end_fk FOREIGN KEY (break_id, step)
        REFERENCES reconciliation_break_step (break_id, number),
    CONSTRAINT reconciliation_break_end_transfer CHECK (
        (transfer_id IS NOT NULL) = (how = 'corrected') AND (book_id IS NULL) = (transfer_id IS NULL)),
    CONSTRAINT reconciliation_break_end_booked FOREIGN KEY (book_id, transfer_id)
        REFERENCES ledger_transfer (book_id, id)
);
CREATE INDEX reconciliation_break_end_adjustments ON reconciliation_break_end (tenant_id, break_id)
    WHERE how = 'corrected';
CALL bulkhead_tenant_table('reconciliation_break_end', append_only => true);
