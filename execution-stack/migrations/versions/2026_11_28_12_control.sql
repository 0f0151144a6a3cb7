-- Kill switches, position limits and paused windows.
CREATE TYPE control_cause AS ENUM
    ('unknown_orders', 'position_drift', 'clock_skew', 'operator', 'exchange_fault', 'regulator', 'security');

-- A halt and its end are two rows, and neither ever changes.
CREATE TABLE control_halt (
    id uuid CONSTRAINT control_halt_pk PRIMARY KEY,
    market_id uuid,
    operator uuid,
    since timestamptz NOT NULL,
    cause control_cause NOT NULL,
    CONSTRAINT control_halt_machine_knows_its_cause
        CHECK (operator IS NOT NULL OR cause IN ('unknown_orders', 'position_drift', 'clock_skew'))
);
CALL bulkhead_plain_table('control_halt', append_only => true);
COMMENT ON TABLE control_halt IS 'no tenant: a market stands still for all tenants';

CREATE TABLE control_lift (
    halt_id uuid CONSTRAINT control_lift_pk PRIMARY KEY CONSTRAINT control_lift_halt REFERENCES control_halt (id),
    operator uuid NOT NULL,
    lifted_at timestamptz NOT NULL
);
CALL bulkhead_plain_table('control_lift', append_only => true);
COMMENT ON TABLE control_lift IS 'no tenant: a market is set free for all tenants';

-- When an order's sending last got neither yes nor no: what the automatic halt counts.
ALTER TABLE aggregation_order ADD COLUMN unknown_at timestamptz;
CREATE INDEX aggregation_order_became_unknown ON aggregation_order (unknown_at) WHERE unknown_at IS NOT NULL;

-- How many contracts the house may hold of a market, net. The newest row of a market counts.
CREATE TABLE control_position_limit (
    id uuid CONSTRAINT control_position_limit_pk PRIMARY KEY,
    market_id uuid NOT NULL,
    operator uuid NOT NULL,
    set_at timestamptz NOT NULL,
    number bigint GENERATED ALWAYS AS IDENTITY,
    contracts bigint NOT NULL CONSTRAINT control_position_limit_not_negative CHECK (contracts >= 0)
);
CREATE INDEX control_position_limit_of_market ON control_position_limit (market_id, number);
CALL bulkhead_plain_table('control_position_limit', append_only => true);
COMMENT ON TABLE control_position_limit IS 'no tenant: the exchange knows one account for all tenants';

-- A tenant whose float could not carry its intents, until it can again.
CREATE TABLE aggregation_pause (
    tenant_id uuid NOT NULL,
    paused_at timestamptz NOT NULL,
    resumed_at timestamptz CONSTRAINT aggregation_pause_ends_later CHECK (resumed_at >= paused_at),
    number bigint GENERATED ALWAYS AS IDENTITY,
    CONSTRAINT aggregation_pause_pk PRIMARY KEY (tenant_id, number)
);
CREATE UNIQUE INDEX aggregation_pause_one_stands ON aggregation_pause (tenant_id) WHERE resumed_at IS NULL;
CALL bulkhead_tenant_table('aggregation_pause', append_only => false);
REVOKE DELETE ON aggregation_pause FROM bulkhead_app;
