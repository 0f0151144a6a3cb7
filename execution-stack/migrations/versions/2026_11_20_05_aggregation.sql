-- A window and its commitment: the manifest is stored before the order leaves and never changes.
CREATE TABLE aggregation_window (
    id uuid CONSTRAINT aggregation_window_pk PRIMARY KEY,
    market_id uuid NOT NULL CONSTRAINT aggregation_window_market REFERENCES market (id),
    closed_at timestamptz NOT NULL,
    quantity bigint NOT NULL CONSTRAINT aggregation_window_quantity_positive CHECK (quantity > 0),
    limit_price integer NOT NULL
        CONSTRAINT aggregation_window_limit_inside_the_dollar CHECK (limit_price BETWEEN 1 AND 9999),
    side ledger_contract_side NOT NULL,
    action intent_action NOT NULL,
    manifest bytea NOT NULL CONSTRAINT aggregation_window_manifest_size CHECK (octet_length(manifest) <= 1048576),
    digest bytea NOT NULL,
    CONSTRAINT aggregation_window_digest_of_manifest CHECK (digest = sha256(manifest))
);
CALL bulkhead_plain_table('aggregation_window', append_only => true);
COMMENT ON TABLE aggregation_window IS 'no tenant: a window pools intents of all tenants';

-- submitted -> acked -> filled | partial | unfilled; submitted <-> unknown -> acked; refused instead of acked.
CREATE TYPE order_state AS ENUM ('submitted', 'unknown', 'acked', 'filled', 'partial', 'unfilled', 'refused');

-- The one order that the exchange sees for a window. Its id is the client_order_id on the wire.
CREATE TABLE aggregation_order (
    id uuid CONSTRAINT aggregation_order_pk PRIMARY KEY,
    window_id uuid NOT NULL CONSTRAINT aggregation_order_window REFERENCES aggregation_window (id),
    market_id uuid NOT NULL,
    exchange_order_id uuid,
    quantity bigint NOT NULL,
    filled bigint,
    cost bigint,
    fees bigint,
    excess bigint,
    submitted_at timestamptz NOT NULL,
    sent_at timestamptz NOT NULL,
    ended_at timestamptz,
    lease_until timestamptz NOT NULL,
    recheck_at timestamptz,
    attempts smallint NOT NULL CONSTRAINT aggregation_order_attempts_bounds CHECK (attempts BETWEEN 1 AND 1000),
    rechecks smallint NOT NULL DEFAULT 0,
    state order_state NOT NULL,
    CONSTRAINT aggregation_order_one_per_window UNIQUE (window_id),
    CONSTRAINT aggregation_order_exchange_id_once UNIQUE (exchange_order_id),
    CONSTRAINT aggregation_order_state_facts CHECK (CASE
        WHEN state IN ('submitted', 'unknown')
            THEN exchange_order_id IS NULL AND num_nonnulls(filled, cost, fees, excess, ended_at) = 0
        WHEN state = 'acked'
            THEN exchange_order_id IS NOT NULL AND num_nonnulls(filled, cost, fees, excess, ended_at) = 0
        ELSE (exchange_order_id IS NOT NULL OR state = 'refused')
             AND num_nonnulls(filled, cost, fees, excess, ended_at) = 5
    END),
    CONSTRAINT aggregation_order_outcome CHECK (CASE state
        WHEN 'filled' THEN filled = quantity
        WHEN 'partial' THEN filled > 0 AND filled < quantity
        WHEN 'unfilled' THEN filled = 0
        WHEN 'refused' THEN filled = 0
        ELSE true
    END),
    CONSTRAINT aggregation_order_sums CHECK (cost >= 0 AND fees >= 0 AND excess BETWEEN 0 AND fees)
) WITH (fillfactor = 70);
-- One order in flight per market, whoever sends it.
CREATE UNIQUE INDEX aggregation_order_one_in_flight ON aggregation_order (market_id)
    WHERE state IN ('submitted', 'unknown', 'acked');
CREATE INDEX aggregation_order_recheck ON aggregation_order (recheck_at) WHERE recheck_at IS NOT NULL;
CREATE INDEX aggregation_order_of_market ON aggregation_order (market_id, id);
CALL bulkhead_plain_table('aggregation_order', append_only => false);
REVOKE DELETE ON aggregation_order FROM bulkhead_app;
COMMENT ON TABLE aggregation_order IS 'no tenant: an omnibus order pools intents of all tenants';

-- What was sent never changes, an exchange's id stays, and an outcome is for ever.
CREATE FUNCTION aggregation_order_keep_facts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.window_id, NEW.market_id, NEW.quantity, NEW.submitted_at)
       IS DISTINCT FROM (OLD.id, OLD.window_id, OLD.market_id, OLD.quantity, OLD.submitted_at)
       OR (OLD.exchange_order_id IS NOT NULL AND NEW.exchange_order_id IS DISTINCT FROM OLD.exchange_order_id)
       OR (OLD.ended_at IS NOT NULL AND (NEW.filled, NEW.cost, NEW.fees, NEW.excess, NEW.ended_at)
           IS DISTINCT FROM (OLD.filled, OLD.cost, OLD.fees, OLD.excess, OLD.ended_at)) THEN
        RAISE EXCEPTION 'what was sent and what came of it never change'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'aggregation_order_facts';
    END IF;
    IF NEW.state <> OLD.state AND NOT (
        (OLD.state = 'submitted' AND NEW.state IN ('unknown', 'acked', 'refused'))
        OR (OLD.state = 'unknown' AND NEW.state IN ('submitted', 'acked', 'refused'))
        OR (OLD.state = 'acked' AND NEW.state IN ('filled', 'partial', 'unfilled'))) THEN
        RAISE EXCEPTION 'an order cannot go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'aggregation_order_transition';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER aggregation_order_facts BEFORE UPDATE ON aggregation_order
    FOR EACH ROW EXECUTE FUNCTION aggregation_order_keep_facts();

-- Every trade of our orders, each once. `is_late`: found after the order's allocation, so it was shared
-- with nobody.
CREATE TABLE aggregation_fill (
    fill_id uuid CONSTRAINT aggregation_fill_pk PRIMARY KEY,
    order_id uuid NOT NULL CONSTRAINT aggregation_fill_order REFERENCES aggregation_order (id),
    quantity bigint NOT NULL CONSTRAINT aggregation_fill_quantity_positive CHECK (quantity > 0),
    fee bigint NOT NULL,
    traded_at timestamptz,
    recorded_at timestamptz NOT NULL,
    yes_price integer NOT NULL
        CONSTRAINT aggregation_fill_price_inside_the_dollar CHECK (yes_price BETWEEN 0 AND 10000),
    is_taker boolean NOT NULL,
    is_late boolean NOT NULL
);
CREATE INDEX aggregation_fill_of_order ON aggregation_fill (order_id);
CALL bulkhead_plain_table('aggregation_fill', append_only => true);
COMMENT ON TABLE aggregation_fill IS 'no tenant: fills of omnibus orders';
