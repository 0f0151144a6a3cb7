-- Settlement: proposals with their lines, one decision each, one release, one payment.

CREATE TYPE settlement_direction AS ENUM ('pay', 'receive');
CREATE TYPE settlement_outcome AS ENUM ('approved', 'rejected', 'expired');

CREATE TABLE settlement_proposal (
    tenant_id uuid NOT NULL,
    department_id uuid NOT NULL,
    id uuid CONSTRAINT settlement_proposal_pk PRIMARY KEY,
    after_sequence bigint NOT NULL CONSTRAINT settlement_proposal_after CHECK (after_sequence >= 0),
    to_sequence bigint NOT NULL,
    direction settlement_direction NOT NULL,
    purpose_code text NOT NULL CONSTRAINT settlement_proposal_purpose CHECK (purpose_code ~ '^[A-Z]{1,8}$'),
    amount bigint NOT NULL
        CONSTRAINT settlement_proposal_amount CHECK (amount > 0 AND amount % 10000 = 0),
    owed bigint NOT NULL,
    cost_of_buys bigint NOT NULL,
    proceeds bigint NOT NULL,
    fees bigint NOT NULL,
    payouts bigint NOT NULL,
    lines_digest bytea NOT NULL
        CONSTRAINT settlement_proposal_lines_digest CHECK (octet_length(lines_digest) = 32),
    digest bytea NOT NULL CONSTRAINT settlement_proposal_digest CHECK (octet_length(digest) = 32),
    proposed_by uuid NOT NULL,
    proposed_at timestamptz NOT NULL,
    valid_until timestamptz NOT NULL,
    CONSTRAINT settlement_proposal_cut CHECK (to_sequence > after_sequence),
    CONSTRAINT settlement_proposal_life CHECK (valid_until > proposed_at),
    CONSTRAINT settlement_proposal_direction CHECK ((direction = 'pay') = (owed > 0)),
    CONSTRAINT settlement_proposal_truncated CHECK (abs(owed) - amount BETWEEN 0 AND 9999),
    CONSTRAINT settlement_proposal_maker UNIQUE (id, proposed_by)
);
CREATE INDEX settlement_proposal_tenant ON settlement_proposal (tenant_id, id);
CALL bulkhead_tenant_table('settlement_proposal', append_only => true);

-- Each customer's sums of the period.
CREATE TABLE settlement_line (
    tenant_id uuid NOT NULL,
    settlement_id uuid NOT NULL CONSTRAINT settlement_line_fk REFERENCES settlement_proposal (id),
    customer_id uuid NOT NULL,
    cost_of_buys bigint NOT NULL,
    proceeds bigint NOT NULL,
    fees bigint NOT NULL,
    payouts bigint NOT NULL,
    CONSTRAINT settlement_line_pk PRIMARY KEY (settlement_id, customer_id)
);
CALL bulkhead_tenant_table('settlement_line', append_only => true);

-- One decision per proposal; an approval is never the proposer's.
CREATE TABLE settlement_decision (
    tenant_id uuid NOT NULL,
    settlement_id uuid CONSTRAINT settlement_decision_pk PRIMARY KEY,
    proposed_by uuid NOT NULL,
    outcome settlement_outcome NOT NULL,
    decided_by uuid,
    digest bytea CONSTRAINT settlement_decision_digest CHECK (octet_length(digest) = 32),
    reason text CONSTRAINT settlement_decision_reason_size CHECK (length(reason) BETWEEN 1 AND 500),
    decided_at timestamptz NOT NULL,
    CONSTRAINT settlement_decision_proposal_fk FOREIGN KEY (settlement_id, proposed_by)
        REFERENCES settlement_proposal (id, proposed_by),
    CONSTRAINT settlement_decision_checker CHECK (outcome <> 'approved' OR decided_by <> proposed_by),
    CONSTRAINT settlement_decision_person CHECK ((outcome = 'expired') = (decided_by IS NULL)),
    CONSTRAINT settlement_decision_approval CHECK ((outcome = 'approved') = (digest IS NOT NULL)),
    CONSTRAINT settlement_decision_reason CHECK ((outcome = 'rejected') = (reason IS NOT NULL)),
    CONSTRAINT settlement_decision_outcome UNIQUE (settlement_id, outcome)
);
CALL bulkhead_tenant_table('settlement_decision', append_only => true);

CREATE TABLE settlement_release (
    tenant_id uuid NOT NULL,
    settlement_id uuid CONSTRAINT settlement_release_pk PRIMARY KEY,
    outcome settlement_outcome NOT NULL DEFAULT 'approved'
        CONSTRAINT settlement_release_of_approval CHECK (outcome = 'approved'),
    released_by uuid NOT NULL,
    transfer_id uuid NOT NULL,
    released_at timestamptz NOT NULL,
    CONSTRAINT settlement_release_approval_fk FOREIGN KEY (settlement_id, outcome)
        REFERENCES settlement_decision (settlement_id, outcome)
);
CALL bulkhead_tenant_table('settlement_release', append_only => true);

-- The bank's word that a released payment arrived; one settlement per bank reference.
CREATE TABLE settlement_payment (
    tenant_id uuid NOT NULL,
    settlement_id uuid
        CONSTRAINT settlement_payment_pk PRIMARY KEY
        CONSTRAINT settlement_payment_release_fk REFERENCES settlement_release (settlement_id),
    bank_reference text NOT NULL
        CONSTRAINT settlement_payment_reference_once UNIQUE
        CONSTRAINT settlement_payment_reference CHECK (length(bank_reference) BETWEEN 1 AND 64),
    transfer_id uuid NOT NULL,
    recorded_by uuid NOT NULL,
    recorded_at timestamptz NOT NULL
);
CALL bulkhead_tenant_table('settlement_payment', append_only => true);
