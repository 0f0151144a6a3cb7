-- Breaks with owner, steps and end.

ALTER TYPE reconciliation_unit ADD VALUE 'rate_e8';
ALTER TYPE reconciliation_unit ADD VALUE 'day';

CREATE TYPE reconciliation_break_type AS ENUM (
    'missing_ours', 'missing_theirs', 'amount', 'quantity', 'price', 'fee', 'duplicate', 'timing', 'direction',
    'unknown_account', 'rounding');
CREATE TYPE reconciliation_link_kind AS ENUM (
    'run', 'match', 'transfer', 'movement', 'statement_line', 'bank_reference', 'pay_in', 'payout', 'book', 'market',
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

-- Statements of banks and providers, line by line, for matching. What a line says of people is not kept.
CREATE TYPE reconciliation_match_part AS ENUM ('ours', 'theirs', 'result');

CREATE TABLE reconciliation_statement (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT reconciliation_statement_pk PRIMARY KEY,
    department_id uuid NOT NULL,
    source text NOT NULL CONSTRAINT reconciliation_statement_source CHECK (source ~ '^[a-z][a-z0-9-]{0,31}$'),
    digest bytea NOT NULL CONSTRAINT reconciliation_statement_digest CHECK (octet_length(digest) = 32),
    first_day integer NOT NULL,
    last_day integer NOT NULL,
    lines integer NOT NULL CONSTRAINT reconciliation_statement_lines CHECK (lines >= 0),
    imported_by text NOT NULL
        CONSTRAINT reconciliation_statement_imported_by CHECK (imported_by ~ '^(system|staff:[0-9a-f-]{36})$'),
    imported_at timestamptz NOT NULL,
    CONSTRAINT reconciliation_statement_once UNIQUE (tenant_id, department_id, source, digest),
    CONSTRAINT reconciliation_statement_days CHECK (first_day <= last_day),
    CONSTRAINT reconciliation_statement_place UNIQUE (id, tenant_id, department_id, source)
);
CALL bulkhead_tenant_table('reconciliation_statement', append_only => true);

CREATE TABLE reconciliation_statement_line (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT reconciliation_statement_line_pk PRIMARY KEY,
    statement_id uuid NOT NULL,
    department_id uuid NOT NULL,
    amount bigint NOT NULL CONSTRAINT reconciliation_statement_line_amount CHECK (amount <> 0),
    number integer NOT NULL CONSTRAINT reconciliation_statement_line_number CHECK (number > 0),
    day integer NOT NULL,
    source text NOT NULL,
    reference text NOT NULL CONSTRAINT reconciliation_statement_line_reference CHECK (length(reference) <= 64),
    batch text NOT NULL CONSTRAINT reconciliation_statement_line_batch CHECK (length(batch) <= 64),
    CONSTRAINT reconciliation_statement_line_fk FOREIGN KEY (statement_id, tenant_id, department_id, source)
        REFERENCES reconciliation_statement (id, tenant_id, department_id, source),
    CONSTRAINT reconciliation_statement_line_texts CHECK (position(E'\n' IN reference || batch) = 0)
);
CREATE INDEX reconciliation_statement_line_day ON reconciliation_statement_line (tenant_id, source, day);
CALL bulkhead_tenant_table('reconciliation_statement_line', append_only => true);

-- One matching of a day: which lines, by which rules, with which result; enough to compute it again.
CREATE TABLE reconciliation_match (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT reconciliation_match_pk PRIMARY KEY,
    department_id uuid NOT NULL,
    source text NOT NULL CONSTRAINT reconciliation_match_source CHECK (source ~ '^[a-z][a-z0-9-]{0,31}$'),
    day integer NOT NULL,
    rules jsonb NOT NULL,
    rules_version integer NOT NULL,
    rules_digest bytea NOT NULL CONSTRAINT reconciliation_match_rules CHECK (octet_length(rules_digest) = 32),
    ours_digest bytea NOT NULL CONSTRAINT reconciliation_match_ours CHECK (octet_length(ours_digest) = 32),
    theirs_digest bytea NOT NULL CONSTRAINT reconciliation_match_theirs CHECK (octet_length(theirs_digest) = 32),
    result_digest bytea NOT NULL CONSTRAINT reconciliation_match_result CHECK (octet_length(result_digest) = 32),
    ours integer NOT NULL,
    theirs integer NOT NULL,
    ours_matched integer NOT NULL,
    theirs_matched integer NOT NULL,
    waiting integer NOT NULL,
    differences integer NOT NULL,
    requested_by text NOT NULL
        CONSTRAINT reconciliation_match_requested_by CHECK (requested_by ~ '^(system|staff:[0-9a-f-]{36})$'),
    read_at timestamptz NOT NULL,
    finished_at timestamptz NOT NULL,
    CONSTRAINT reconciliation_match_counts CHECK (
        least(ours, theirs, ours_matched, theirs_matched, waiting, differences) >= 0
        AND ours_matched <= ours AND theirs_matched <= theirs)
);
CREATE INDEX reconciliation_match_newest ON reconciliation_match (tenant_id, id);
CREATE INDEX reconciliation_match_day ON reconciliation_match (tenant_id, source, day);
CALL bulkhead_tenant_table('reconciliation_match', append_only => true);

CREATE TABLE reconciliation_match_chunk (
    tenant_id uuid NOT NULL,
    match_id uuid NOT NULL CONSTRAINT reconciliation_match_chunk_fk REFERENCES reconciliation_match (id),
    part reconciliation_match_part NOT NULL,
    number integer NOT NULL CONSTRAINT reconciliation_match_chunk_number CHECK (number >= 0),
    content bytea NOT NULL,
    CONSTRAINT reconciliation_match_chunk_pk PRIMARY KEY (match_id, part, number)
);
-- Chunks are squeezed already.
ALTER TABLE reconciliation_match_chunk ALTER COLUMN content SET STORAGE EXTERNAL;
CALL bulkhead_tenant_table('reconciliation_match_chunk', append_only => true);

-- What was posted in a span of time, without reading the whole history.
CREATE INDEX ledger_transfer_recorded ON ledger_transfer USING brin (recorded_at)
    WITH (pages_per_range = 32, autosummarize = on);
