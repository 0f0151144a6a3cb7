-- Periods on which both stacks agree, or not, and the receipts of their payments.
CREATE TYPE settlement_direction AS ENUM ('pay', 'receive');
CREATE TYPE settlement_outcome AS ENUM ('agreed', 'different');

CREATE TABLE settlement_confirmation (
    tenant_id uuid NOT NULL,
    settlement_id uuid CONSTRAINT settlement_confirmation_pk PRIMARY KEY,
    after_sequence bigint NOT NULL CONSTRAINT settlement_confirmation_after CHECK (after_sequence >= 0),
    to_sequence bigint NOT NULL,
    amount bigint NOT NULL CONSTRAINT settlement_confirmation_amount CHECK (amount >= 0),
    cost_of_buys bigint NOT NULL,
    proceeds bigint NOT NULL,
    fees bigint NOT NULL,
    payouts bigint NOT NULL,
    confirmed_at timestamptz NOT NULL,
    direction settlement_direction NOT NULL,
    outcome settlement_outcome NOT NULL,
    digest bytea NOT NULL CONSTRAINT settlement_confirmation_digest_size CHECK (octet_length(digest) = 32),
    CONSTRAINT settlement_confirmation_period CHECK (to_sequence >= after_sequence),
    CONSTRAINT settlement_confirmation_of_tenant UNIQUE (tenant_id, settlement_id)
);
CREATE INDEX settlement_confirmation_cut ON settlement_confirmation (tenant_id, to_sequence);
CALL bulkhead_tenant_table('settlement_confirmation', append_only => true);
COMMENT ON COLUMN settlement_confirmation.cost_of_buys IS 'as the customer side stated; ours is in the reports';

CREATE TABLE settlement_receipt (
    tenant_id uuid NOT NULL,
    settlement_id uuid CONSTRAINT settlement_receipt_pk PRIMARY KEY,
    received_at timestamptz NOT NULL,
    CONSTRAINT settlement_receipt_confirmed FOREIGN KEY (tenant_id, settlement_id)
        REFERENCES settlement_confirmation (tenant_id, settlement_id)
);
CALL bulkhead_tenant_table('settlement_receipt', append_only => true);
