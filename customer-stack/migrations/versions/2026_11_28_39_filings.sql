-- Filings: what has to be reported to the financial intelligence unit, and what became of each report.
-- Amounts in LKR cents. Days are days of Colombo.

CREATE TYPE filing_source AS ENUM ('pay_in', 'payout', 'card_capture', 'card_refund');
CREATE TYPE filing_direction AS ENUM ('in', 'out');
CREATE TYPE filing_channel AS ENUM ('bank', 'checkout', 'card', 'cash');
CREATE TYPE filing_code AS ENUM ('CTR', 'EFT', 'STR');
CREATE TYPE filing_basis AS ENUM ('single', 'day_total', 'chosen');
CREATE TYPE filing_state AS ENUM (
    'draft', 'prepared', 'approved', 'exported', 'submitted', 'accepted', 'rejected', 'corrected', 'dropped');
CREATE TYPE filing_step AS ENUM (
    'draft', 'edit', 'prepare', 'return', 'approve', 'export', 'submit', 'accept', 'reject', 'correct', 'drop');

-- Who reports, by which codes and thresholds: versions, of which the newest approved one counts. The content is
-- sealed with the key of records, since it names the member of staff who answers for the reports.
CREATE TABLE filing_profile (
    tenant_id uuid NOT NULL,
    number integer NOT NULL CONSTRAINT filing_profile_number CHECK (number > 0),
    content bytea NOT NULL CONSTRAINT filing_profile_content CHECK (octet_length(content) > 30),
    seal_id uuid NOT NULL,
    proposed_by uuid NOT NULL,
    proposed_at timestamptz NOT NULL,
    CONSTRAINT filing_profile_pk PRIMARY KEY (tenant_id, number),
    CONSTRAINT filing_profile_proposer UNIQUE (tenant_id, number, proposed_by)
);
CALL bulkhead_tenant_table('filing_profile', append_only => true);

CREATE TABLE filing_profile_decision (
    tenant_id uuid NOT NULL,
    number integer NOT NULL,
    proposed_by uuid NOT NULL,
    is_approved boolean NOT NULL,
    decided_by uuid NOT NULL,
    decided_at timestamptz NOT NULL,
    CONSTRAINT filing_profile_decision_pk PRIMARY KEY (tenant_id, number),
    CONSTRAINT filing_profile_decision_fk FOREIGN KEY (tenant_id, number, proposed_by)
        REFERENCES filing_profile (tenant_id, number, proposed_by),
    CONSTRAINT filing_profile_two_people CHECK (NOT is_approved OR decided_by <> proposed_by)
);
CALL bulkhead_tenant_table('filing_profile_decision', append_only => true);

-- How far what was posted has been read. One row per tenant.
CREATE TABLE filing_scan (
    tenant_id uuid CONSTRAINT filing_scan_pk PRIMARY KEY,
    read_until timestamptz NOT NULL
);
CALL bulkhead_tenant_table('filing_scan', append_only => false);
REVOKE DELETE ON filing_scan FROM bulkhead_app;

-- What came from outside or went there, and is to be reported or was chosen for a report. Once per source.
CREATE TABLE filing_movement (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT filing_movement_pk PRIMARY KEY,
    source filing_source NOT NULL,
    source_id uuid NOT NULL,
    direction filing_direction NOT NULL,
    channel filing_channel NOT NULL,
    code filing_code NOT NULL CONSTRAINT filing_movement_code CHECK (code <> 'STR'),
    basis filing_basis NOT NULL,
    customer_id uuid,
    provider text NOT NULL,
    reference text NOT NULL,
    amount bigint NOT NULL CONSTRAINT filing_movement_amount CHECK (amount > 0),
    at timestamptz NOT NULL,
    due_on date NOT NULL,
    found_at timestamptz NOT NULL,
    reversed_at timestamptz,
    CONSTRAINT filing_movement_once UNIQUE (tenant_id, source_id, source)
);
CREATE INDEX filing_movement_tenant ON filing_movement (tenant_id, id);
CREATE INDEX filing_movement_due ON filing_movement (tenant_id, due_on) WHERE reversed_at IS NULL;
CREATE INDEX filing_movement_at ON filing_movement (tenant_id, at);
CALL bulkhead_tenant_table('filing_movement', append_only => false);
REVOKE DELETE ON filing_movement FROM bulkhead_app;

-- What the FIU asks of a client and no other module keeps: address, occupation, a company behind the account.
-- Sealed with the person's own key.
CREATE TABLE filing_party (
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    number integer NOT NULL CONSTRAINT filing_party_number CHECK (number > 0),
    content_sealed bytea NOT NULL CONSTRAINT filing_party_sealed CHECK (octet_length(content_sealed) > 28),
    seal_id uuid NOT NULL,
    written_by uuid NOT NULL,
    written_at timestamptz NOT NULL,
    CONSTRAINT filing_party_pk PRIMARY KEY (customer_id, number)
);
CALL bulkhead_tenant_table('filing_party', append_only => true);

-- Whose an account outside of a client's movements is and which bank keeps it. Sealed with the client's own key.
CREATE TABLE filing_counterparty (
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    number integer NOT NULL CONSTRAINT filing_counterparty_number CHECK (number > 0),
    content_sealed bytea NOT NULL CONSTRAINT filing_counterparty_sealed CHECK (octet_length(content_sealed) > 28),
    seal_id uuid NOT NULL,
    written_by uuid NOT NULL,
    written_at timestamptz NOT NULL,
    CONSTRAINT filing_counterparty_pk PRIMARY KEY (customer_id, number)
);
CALL bulkhead_tenant_table('filing_counterparty', append_only => true);

-- A report on its way. A threshold report has a period; a suspicion has a customer, a moment and a case.
CREATE TABLE filing_report (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT filing_report_pk PRIMARY KEY,
    code filing_code NOT NULL,
    reference text NOT NULL CONSTRAINT filing_report_reference_form CHECK (reference ~ '^[A-Z0-9-]{1,40}$'),
    first_day date,
    last_day date,
    customer_id uuid,
    case_id uuid,
    suspected_at timestamptz,
    due_on date NOT NULL,
    corrects uuid,
    drafted_by uuid NOT NULL,
    drafted_at timestamptz NOT NULL,
    CONSTRAINT filing_report_reference UNIQUE (tenant_id, reference),
    CONSTRAINT filing_report_corrects_fk FOREIGN KEY (corrects) REFERENCES filing_report (id),
    CONSTRAINT filing_report_drafter UNIQUE (id, drafted_by),
    CONSTRAINT filing_report_kind CHECK (
        (code = 'STR') = (customer_id IS NOT NULL) AND (code = 'STR') = (suspected_at IS NOT NULL)
        AND (code = 'STR') = (first_day IS NULL) AND (code = 'STR' OR case_id IS NULL)),
    CONSTRAINT filing_report_period CHECK ((first_day IS NULL) = (last_day IS NULL) AND first_day <= last_day)
);
CREATE INDEX filing_report_tenant ON filing_report (tenant_id, id);
CREATE INDEX filing_report_case ON filing_report (case_id) WHERE case_id IS NOT NULL;
CALL bulkhead_tenant_table('filing_report', append_only => true);

-- Why somebody is suspected, and what was done: sealed with the person's own key, each change a version.
CREATE TABLE filing_narrative (
    tenant_id uuid NOT NULL,
    report_id uuid NOT NULL CONSTRAINT filing_narrative_report_fk REFERENCES filing_report (id),
    number integer NOT NULL CONSTRAINT filing_narrative_number CHECK (number > 0),
    content_sealed bytea NOT NULL CONSTRAINT filing_narrative_sealed CHECK (octet_length(content_sealed) > 28),
    seal_id uuid NOT NULL,
    written_by uuid NOT NULL,
    written_at timestamptz NOT NULL,
    CONSTRAINT filing_narrative_pk PRIMARY KEY (report_id, number)
);
CALL bulkhead_tenant_table('filing_narrative', append_only => true);

-- The file of a report, sealed. What is not acceptable is kept too: it shows what was found wrong.
CREATE TABLE filing_file (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT filing_file_pk PRIMARY KEY,
    report_id uuid NOT NULL CONSTRAINT filing_file_report_fk REFERENCES filing_report (id),
    digest bytea NOT NULL CONSTRAINT filing_file_digest CHECK (octet_length(digest) = 32),
    size_bytes integer NOT NULL CONSTRAINT filing_file_size CHECK (size_bytes > 0),
    content_sealed bytea NOT NULL
        CONSTRAINT filing_file_sealed CHECK (octet_length(content_sealed) = 0 OR octet_length(content_sealed) > 30),
    findings jsonb NOT NULL,
    is_acceptable boolean NOT NULL,
    made_by uuid NOT NULL,
    made_at timestamptz NOT NULL,
    CONSTRAINT filing_file_of_report UNIQUE (id, report_id, is_acceptable)
);
CREATE INDEX filing_file_report ON filing_file (report_id, id);
CREATE INDEX filing_file_kept ON filing_file (made_at) WHERE content_sealed <> '\x';
CALL bulkhead_tenant_table('filing_file', append_only => true);

-- What was done with a report, step by step. The key refuses a second step from one state.
CREATE TABLE filing_report_step (
    tenant_id uuid NOT NULL,
    report_id uuid NOT NULL,
    number integer NOT NULL CONSTRAINT filing_report_step_number CHECK (number > 0),
    step filing_step NOT NULL,
    state filing_state NOT NULL,
    drafted_by uuid NOT NULL,
    taken_by uuid NOT NULL,
    taken_at timestamptz NOT NULL,
    -- The file that was prepared, approved or left.
    file_id uuid,
    is_acceptable boolean GENERATED ALWAYS AS (CASE WHEN file_id IS NULL THEN NULL ELSE true END) STORED,
    -- Of an approval: which preparation it answers, and whose.
    asked_number integer,
    asked_by uuid,
    fiu_reference text CONSTRAINT filing_report_step_reference CHECK (fiu_reference ~ '^[A-Za-z0-9/_.-]{1,60}$'),
    CONSTRAINT filing_report_step_pk PRIMARY KEY (report_id, number),
    CONSTRAINT filing_report_step_taker UNIQUE (report_id, number, taken_by),
    CONSTRAINT filing_report_step_report_fk FOREIGN KEY (report_id, drafted_by) REFERENCES filing_report (id, drafted_by),
    CONSTRAINT filing_report_step_file_fk FOREIGN KEY (file_id, report_id, is_acceptable)
        REFERENCES filing_file (id, report_id, is_acceptable),
    CONSTRAINT filing_report_step_asked_fk FOREIGN KEY (report_id, asked_number, asked_by)
        REFERENCES filing_report_step (report_id, number, taken_by),
    CONSTRAINT filing_report_step_files CHECK (
        (file_id IS NOT NULL) = (state IN ('prepared', 'approved', 'exported', 'submitted'))),
    CONSTRAINT filing_report_step_two_people CHECK (
        step <> 'approve' OR (asked_by IS NOT NULL AND asked_number = number - 1
                              AND taken_by <> asked_by AND taken_by <> drafted_by)),
    CONSTRAINT filing_report_step_submitted CHECK (step <> 'submit' OR fiu_reference IS NOT NULL),
    CONSTRAINT filing_report_step_states CHECK (CASE step
        WHEN 'draft' THEN number = 1 AND state = 'draft'
        WHEN 'edit' THEN state = 'draft'
        WHEN 'prepare' THEN state = 'prepared'
        WHEN 'return' THEN state = 'draft'
        WHEN 'approve' THEN state = 'approved'
        WHEN 'export' THEN state = 'exported'
        WHEN 'submit' THEN state = 'submitted'
        WHEN 'accept' THEN state = 'accepted'
        WHEN 'reject' THEN state = 'rejected'
        WHEN 'correct' THEN state = 'corrected'
        ELSE state = 'dropped' END)
);
CALL bulkhead_tenant_table('filing_report_step', append_only => true);

-- Which movements a report tells of. What a draft gives up, and what a correction takes over, is deleted here.
CREATE TABLE filing_report_movement (
    tenant_id uuid NOT NULL,
    report_id uuid NOT NULL CONSTRAINT filing_report_movement_report_fk REFERENCES filing_report (id),
    movement_id uuid NOT NULL CONSTRAINT filing_report_movement_movement_fk REFERENCES filing_movement (id),
    CONSTRAINT filing_report_movement_pk PRIMARY KEY (report_id, movement_id)
);
CREATE INDEX filing_report_movement_movement ON filing_report_movement (movement_id);
CALL bulkhead_tenant_table('filing_report_movement', append_only => false);

-- The one threshold report that tells of a movement.
CREATE TABLE filing_claim (
    tenant_id uuid NOT NULL,
    movement_id uuid CONSTRAINT filing_claim_pk PRIMARY KEY REFERENCES filing_movement (id),
    report_id uuid NOT NULL CONSTRAINT filing_claim_report_fk REFERENCES filing_report (id)
);
CREATE INDEX filing_claim_report ON filing_claim (report_id);
CALL bulkhead_tenant_table('filing_claim', append_only => false);

-- What was posted is read by the time at which it was: the places where it stands.
CREATE INDEX payment_pay_in_decided ON payment_pay_in (tenant_id, decided_at, id);
CREATE INDEX payout_resolution_resolved ON payout_resolution (tenant_id, resolved_at, payout_id)
    WHERE outcome = 'paid';
CREATE INDEX cards_capture_at ON cards_capture (tenant_id, at, charge_id);
CREATE INDEX cards_refund_end_at ON cards_refund_end (tenant_id, at, refund_id) WHERE outcome = 'refunded';
