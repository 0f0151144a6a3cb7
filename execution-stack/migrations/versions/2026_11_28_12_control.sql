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
