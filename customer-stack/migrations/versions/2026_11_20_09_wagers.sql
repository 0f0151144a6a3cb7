-- Wagers, the decisions about them, positions, and the reports of what happened on the other side of the wall.
-- No foreign keys on the hot path: the gate has seen customer and market in the same transaction.

CREATE TYPE wager_action AS ENUM ('buy', 'sell');
CREATE TYPE wager_state AS ENUM (
    'pending', 'dispatched', 'submitted', 'filled', 'partly_filled', 'unfilled', 'cancelled', 'refused');
CREATE TYPE wager_gate_reason AS ENUM (
    'customer_unknown', 'customer_not_active', 'capability_inactive', 'market_unknown', 'market_not_open',
    'price_off_tick', 'stake_limit', 'insufficient_funds', 'insufficient_position');
CREATE TYPE wager_refusal AS ENUM (
    'cancelled', 'unknown_account', 'unknown_market', 'market_not_open', 'price_off_tick', 'max_total_too_small',
    'float_too_low', 'position_too_small', 'conflicting_intent', 'out_of_bounds');
CREATE TYPE wager_report_kind AS ENUM (
    'fill', 'final', 'not_pooled', 'resolution', 'payout', 'settlement_fee');
CREATE TYPE wager_fault AS ENUM (
    'unknown_intent', 'unknown_account', 'account_mismatch', 'market_mismatch', 'wager_not_open',
    'quantity_over_intent', 'cost_beyond_limit', 'total_over_cap', 'position_too_small', 'filled_mismatch',
    'market_not_resolved', 'resolution_changed', 'payout_mismatch', 'conflicting_intent');

-- The opaque reference under which execution knows a customer; wagers leave only once it is registered there.
CREATE TABLE wager_account (
    tenant_id uuid NOT NULL,
    account_id uuid CONSTRAINT wager_account_pk PRIMARY KEY,
    customer_id uuid NOT NULL CONSTRAINT wager_account_customer_once UNIQUE,
    registered_at timestamptz
);
CREATE INDEX wager_account_unregistered ON wager_account (account_id) WHERE registered_at IS NULL;
CALL bulkhead_tenant_table('wager_account', append_only => false);
REVOKE DELETE ON wager_account FROM bulkhead_app;

-- Quantities in 0.01 contracts, prices in 0.0001 USD, amounts in micro-dollars. The id is the intent's id too.
CREATE TABLE wager_order (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT wager_order_pk PRIMARY KEY,
    customer_id uuid NOT NULL,
    market_id uuid NOT NULL,
    placed_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    quantity bigint NOT NULL CONSTRAINT wager_order_quantity_range CHECK (quantity BETWEEN 1 AND 100000000),
    max_total bigint NOT NULL CONSTRAINT wager_order_max_total_not_negative CHECK (max_total >= 0),
    filled_quantity bigint NOT NULL DEFAULT 0,
    filled_cost bigint NOT NULL DEFAULT 0,
    filled_fee bigint NOT NULL DEFAULT 0,
    shortfall bigint NOT NULL DEFAULT 0,
    cancel_requested_at timestamptz,
    cancel_answered_at timestamptz,
    next_attempt_at timestamptz,
    limit_price integer NOT NULL CONSTRAINT wager_order_limit_price_range CHECK (limit_price BETWEEN 1 AND 9999),
    attempts integer NOT NULL DEFAULT 0,
    side ledger_contract_side NOT NULL,
    action wager_action NOT NULL,
    state wager_state NOT NULL,
    refusal wager_refusal,
    CONSTRAINT wager_order_filled_within_quantity CHECK (filled_quantity BETWEEN 0 AND quantity),
    CONSTRAINT wager_order_fill_not_negative CHECK (filled_cost >= 0 AND filled_fee >= 0 AND shortfall >= 0),
    CONSTRAINT wager_order_within_cap
        CHECK (CASE action WHEN 'buy' THEN filled_cost + filled_fee ELSE shortfall END <= max_total),
    CONSTRAINT wager_order_within_limit
        CHECK (CASE action WHEN 'buy' THEN filled_cost <= limit_price * filled_quantity
                           ELSE filled_cost >= limit_price * filled_quantity END),
    CONSTRAINT wager_order_refused_has_reason CHECK ((state = 'refused') = (refusal IS NOT NULL))
);
CREATE INDEX wager_order_customer ON wager_order (customer_id, id);
CREATE INDEX wager_order_to_send ON wager_order (id) WHERE state IN ('pending', 'dispatched');
CREATE INDEX wager_order_to_cancel ON wager_order (id)
    WHERE cancel_requested_at IS NOT NULL AND cancel_answered_at IS NULL;
CALL bulkhead_tenant_table('wager_order', append_only => false);
REVOKE DELETE ON wager_order FROM bulkhead_app;

-- Every answer of the gate with all that it depended on; `reason` is what the customer was told, none is a yes.
CREATE TABLE wager_decision (
    tenant_id uuid NOT NULL,
    wager_id uuid CONSTRAINT wager_decision_pk PRIMARY KEY,
    customer_id uuid NOT NULL,
    decided_at timestamptz NOT NULL,
    record json NOT NULL,
    gate_version smallint NOT NULL,
    fee_version smallint NOT NULL,
    reason wager_gate_reason
);
CALL bulkhead_tenant_table('wager_decision', append_only => true);

-- Open contracts and what they cost without fees: two integers. The quantity equals the ledger's position.
CREATE TABLE wager_position (
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    market_id uuid NOT NULL,
    quantity bigint NOT NULL CONSTRAINT wager_position_quantity_not_negative CHECK (quantity >= 0),
    cost bigint NOT NULL CONSTRAINT wager_position_cost_not_negative CHECK (cost >= 0),
    side ledger_contract_side NOT NULL,
    CONSTRAINT wager_position_pk PRIMARY KEY (customer_id, market_id, side),
    CONSTRAINT wager_position_empty_has_no_cost CHECK (quantity > 0 OR cost = 0)
);
CALL bulkhead_tenant_table('wager_position', append_only => false);
REVOKE DELETE ON wager_position FROM bulkhead_app;

-- Everything that execution reported, as it was reported. What concerns no account of ours, or all of them, stands
-- under the house's tenant.
CREATE TABLE wager_report (
    tenant_id uuid NOT NULL,
    sequence bigint CONSTRAINT wager_report_pk PRIMARY KEY
        CONSTRAINT wager_report_sequence_positive CHECK (sequence > 0),
    recorded_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    account_id uuid,
    customer_id uuid,
    wager_id uuid,
    market_id uuid,
    window_id uuid,
    quantity bigint NOT NULL,
    cost bigint NOT NULL,
    fee bigint NOT NULL,
    amount bigint NOT NULL,
    yes_value integer,
    manifest bytea CONSTRAINT wager_report_manifest_size CHECK (octet_length(manifest) = 32),
    kind wager_report_kind NOT NULL,
    side ledger_contract_side,
    action wager_action,
    reason wager_refusal
);
CREATE INDEX wager_report_tenant ON wager_report (tenant_id, sequence);
CREATE INDEX wager_report_account ON wager_report (account_id, sequence);
CALL bulkhead_tenant_table('wager_report', append_only => true);

-- Which reports took effect. One without a row here waits behind a break.
CREATE TABLE wager_report_applied (
    tenant_id uuid NOT NULL,
    sequence bigint CONSTRAINT wager_report_applied_pk PRIMARY KEY,
    applied_at timestamptz NOT NULL
);
CALL bulkhead_tenant_table('wager_report_applied', append_only => true);

-- Reports that contradict our books.
CREATE TABLE wager_break (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT wager_break_pk PRIMARY KEY,
    found_at timestamptz NOT NULL,
    sequence bigint,
    account_id uuid,
    wager_id uuid,
    fault wager_fault NOT NULL
);
CREATE INDEX wager_break_tenant ON wager_break (tenant_id, id);
CREATE UNIQUE INDEX wager_break_one_conflict ON wager_break (wager_id) WHERE fault = 'conflicting_intent';
CALL bulkhead_tenant_table('wager_break', append_only => true);

-- Accounts whose reports are parked from a sequence on, until a person has cleared the break.
CREATE TABLE wager_feed_stop (
    tenant_id uuid NOT NULL,
    account_id uuid CONSTRAINT wager_feed_stop_pk PRIMARY KEY,
    since_sequence bigint NOT NULL,
    break_id uuid NOT NULL
);
CALL bulkhead_tenant_table('wager_feed_stop', append_only => false);

-- How far the reports were read. Moves only in the transaction that takes their effect.
CREATE TABLE wager_report_cursor (
    is_only boolean CONSTRAINT wager_report_cursor_pk PRIMARY KEY DEFAULT true
        CONSTRAINT wager_report_cursor_single CHECK (is_only),
    sequence bigint NOT NULL CONSTRAINT wager_report_cursor_not_negative CHECK (sequence >= 0),
    moved_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO wager_report_cursor (sequence) VALUES (0);
CALL bulkhead_plain_table('wager_report_cursor', append_only => false);
REVOKE INSERT, DELETE ON wager_report_cursor FROM bulkhead_app;
COMMENT ON TABLE wager_report_cursor IS 'no tenant: reports of all tenants come in one sequence';
