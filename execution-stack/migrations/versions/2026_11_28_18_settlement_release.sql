-- What execution pays leaves after two operators said so; what arrives may be short; what came back is void.

ALTER TYPE ledger_action ADD VALUE IF NOT EXISTS 'settlement_revert';

CREATE TABLE settlement_release (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT settlement_release_pk PRIMARY KEY,
    settlement_id uuid NOT NULL,
    proposed_by uuid NOT NULL,
    proposed_at timestamptz NOT NULL,
    CONSTRAINT settlement_release_confirmed FOREIGN KEY (tenant_id, settlement_id)
        REFERENCES settlement_confirmation (tenant_id, settlement_id),
    CONSTRAINT settlement_release_maker UNIQUE (id, settlement_id, proposed_by)
);
CREATE INDEX settlement_release_settlement ON settlement_release (settlement_id);
CALL bulkhead_tenant_table('settlement_release', append_only => true);

CREATE TYPE settlement_release_outcome AS ENUM ('approved', 'rejected');
CREATE TABLE settlement_release_decision (
    tenant_id uuid NOT NULL,
    release_id uuid CONSTRAINT settlement_release_decision_pk PRIMARY KEY,
    settlement_id uuid NOT NULL,
    proposed_by uuid NOT NULL,
    outcome settlement_release_outcome NOT NULL,
    decided_by uuid NOT NULL,
    decided_at timestamptz NOT NULL,
    CONSTRAINT settlement_release_decision_fk FOREIGN KEY (release_id, settlement_id, proposed_by)
        REFERENCES settlement_release (id, settlement_id, proposed_by),
    CONSTRAINT settlement_release_decision_checker CHECK (outcome = 'rejected' OR decided_by <> proposed_by),
    CONSTRAINT settlement_release_decision_of UNIQUE (settlement_id, outcome, release_id)
);
CREATE UNIQUE INDEX settlement_release_once ON settlement_release_decision (settlement_id)
    WHERE outcome = 'approved';
CALL bulkhead_tenant_table('settlement_release_decision', append_only => true);

-- A receipt says how much moved; one of money that we pay names the release that two operators made.
ALTER TABLE settlement_confirmation ADD CONSTRAINT settlement_confirmation_direction UNIQUE (settlement_id, direction);
ALTER TABLE settlement_receipt
    ADD COLUMN direction settlement_direction,
    ADD COLUMN amount bigint CONSTRAINT settlement_receipt_amount CHECK (amount > 0),
    ADD COLUMN release_id uuid,
    ADD COLUMN release settlement_release_outcome
        CONSTRAINT settlement_receipt_approved CHECK (release = 'approved'),
    ADD CONSTRAINT settlement_receipt_way FOREIGN KEY (settlement_id, direction)
        REFERENCES settlement_confirmation (settlement_id, direction),
    ADD CONSTRAINT settlement_receipt_release FOREIGN KEY (settlement_id, release, release_id)
        REFERENCES settlement_release_decision (settlement_id, outcome, release_id),
    ADD CONSTRAINT settlement_receipt_stated CHECK (direction IS NOT NULL AND amount IS NOT NULL) NOT VALID,
    ADD CONSTRAINT settlement_receipt_two_people CHECK (direction IS NULL OR direction = 'pay'
        OR (release_id IS NOT NULL AND release IS NOT NULL));

-- A payment that was refused, or came back: it settled nothing.
CREATE TABLE settlement_void (
    tenant_id uuid NOT NULL,
    settlement_id uuid CONSTRAINT settlement_void_pk PRIMARY KEY,
    operator uuid NOT NULL,
    voided_at timestamptz NOT NULL,
    CONSTRAINT settlement_void_confirmed FOREIGN KEY (tenant_id, settlement_id)
        REFERENCES settlement_confirmation (tenant_id, settlement_id)
);
CALL bulkhead_tenant_table('settlement_void', append_only => true);
