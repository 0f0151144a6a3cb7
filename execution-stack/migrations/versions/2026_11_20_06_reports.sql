-- What the customer stack fetches: one gapless sequence per recipient.
CREATE TYPE report_kind AS ENUM
    ('fill_share', 'final', 'not_pooled', 'resolution', 'payout', 'settlement_fee');

CREATE TABLE report_cursor (
    recipient_id uuid CONSTRAINT report_cursor_pk PRIMARY KEY,
    last_sequence bigint NOT NULL DEFAULT 0 CONSTRAINT report_cursor_not_negative CHECK (last_sequence >= 0)
) WITH (fillfactor = 50);
CALL bulkhead_plain_table('report_cursor', append_only => false);
REVOKE DELETE ON report_cursor FROM bulkhead_app;
COMMENT ON TABLE report_cursor IS 'no tenant: one recipient serves many tenants';

-- Every kind has the columns of its body, and no others.
CREATE TABLE report (
    tenant_id uuid NOT NULL,
    recipient_id uuid NOT NULL,
    sequence bigint NOT NULL CONSTRAINT report_sequence_positive CHECK (sequence > 0),
    recorded_at timestamptz NOT NULL,
    intent_id uuid,
    account uuid,
    market_id uuid,
    window_id uuid,
    quantity bigint CONSTRAINT report_quantity_not_negative CHECK (quantity >= 0),
    amount bigint CONSTRAINT report_amount_not_negative CHECK (amount >= 0),
    fee bigint CONSTRAINT report_fee_not_negative CHECK (fee >= 0),
    yes_value integer CONSTRAINT report_yes_value_range CHECK (yes_value BETWEEN 0 AND 10000),
    kind report_kind NOT NULL,
    side ledger_contract_side,
    action intent_action,
    reason intent_reason,
    manifest bytea CONSTRAINT report_manifest_size CHECK (octet_length(manifest) = 32),
    CONSTRAINT report_pk PRIMARY KEY (recipient_id, sequence),
    CONSTRAINT report_shape CHECK (CASE kind
        WHEN 'fill_share' THEN num_nonnulls(intent_id, account, market_id, window_id, quantity, amount, fee,
                                            side, action, manifest) = 10
                               AND num_nonnulls(yes_value, reason) = 0
        WHEN 'final' THEN num_nonnulls(intent_id, quantity) = 2
                          AND num_nonnulls(account, market_id, window_id, amount, fee, yes_value, side,
                                           action, reason, manifest) = 0
        WHEN 'not_pooled' THEN num_nonnulls(intent_id, reason) = 2
                               AND num_nonnulls(account, market_id, window_id, quantity, amount, fee,
                                                yes_value, side, action, manifest) = 0
        WHEN 'resolution' THEN num_nonnulls(market_id, yes_value) = 2
                               AND num_nonnulls(intent_id, account, window_id, quantity, amount, fee, side,
                                                action, reason, manifest) = 0
        WHEN 'payout' THEN num_nonnulls(account, market_id, quantity, amount, side) = 5
                           AND num_nonnulls(intent_id, window_id, fee, yes_value, action, reason, manifest) = 0
        WHEN 'settlement_fee' THEN num_nonnulls(account, market_id, amount) = 3
                                   AND num_nonnulls(intent_id, window_id, quantity, fee, yes_value, side,
                                                    action, reason, manifest) = 0
    END)
);
-- One end per intent, one share per intent and window, one payout per holding, whoever reports it.
CREATE UNIQUE INDEX report_one_end ON report (intent_id) WHERE kind IN ('final', 'not_pooled');
CREATE UNIQUE INDEX report_one_share ON report (intent_id, window_id) WHERE kind = 'fill_share';
CREATE UNIQUE INDEX report_one_payout ON report (market_id, account, side) WHERE kind = 'payout';
CREATE INDEX report_of_tenant ON report (tenant_id, sequence) WHERE account IS NOT NULL;
CREATE INDEX report_of_account ON report (account, sequence) WHERE account IS NOT NULL;
CREATE INDEX report_of_intent ON report (intent_id) WHERE intent_id IS NOT NULL;
CALL bulkhead_tenant_table('report', append_only => true);
