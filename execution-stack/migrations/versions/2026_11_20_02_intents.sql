-- Accounts that the customer stack made known, and the intents that it handed over.
CREATE TABLE account_tenant (
    id uuid CONSTRAINT account_tenant_pk PRIMARY KEY,
    opened_at timestamptz NOT NULL
);
CALL bulkhead_plain_table('account_tenant', append_only => true);
COMMENT ON TABLE account_tenant IS 'no tenant: it is the list of tenants, read before a transaction can name any';

-- Which customer stack acts for a tenant and hears of it: the first that registers an account of it.
CREATE TABLE account_recipient (
    id uuid CONSTRAINT account_recipient_pk PRIMARY KEY
        CONSTRAINT account_recipient_tenant REFERENCES account_tenant (id),
    recipient_id uuid NOT NULL,
    registered_at timestamptz NOT NULL
);
CREATE INDEX account_recipient_tenants ON account_recipient (recipient_id);
CALL bulkhead_plain_table('account_recipient', append_only => true);
COMMENT ON TABLE account_recipient IS 'no tenant: read before a transaction can name its tenants';

CREATE TABLE account_reference (
    tenant_id uuid NOT NULL CONSTRAINT account_reference_tenant REFERENCES account_tenant (id),
    account uuid CONSTRAINT account_reference_pk PRIMARY KEY,
    registered_at timestamptz NOT NULL
);
CALL bulkhead_tenant_table('account_reference', append_only => true);

CREATE TYPE intent_action AS ENUM ('buy', 'sell');
-- received -> pooled -> final, or received -> cancelled, or refused (at once, or while received).
CREATE TYPE intent_state AS ENUM ('received', 'pooled', 'final', 'refused', 'cancelled');
CREATE TYPE intent_reason AS ENUM
    ('cancelled', 'unknown_account', 'unknown_market', 'market_not_open', 'price_off_tick',
     'max_total_too_small', 'float_too_low', 'position_too_small', 'conflicting_intent', 'out_of_bounds');

CREATE TABLE intent (
    tenant_id uuid NOT NULL,
    id uuid CONSTRAINT intent_pk PRIMARY KEY,
    account uuid NOT NULL,
    market_id uuid NOT NULL,
    quantity bigint NOT NULL CONSTRAINT intent_quantity_bounds CHECK (quantity BETWEEN 1 AND 100000000),
    max_total bigint NOT NULL CONSTRAINT intent_max_total_not_negative CHECK (max_total >= 0),
    arrival bigint GENERATED ALWAYS AS IDENTITY,
    received_at timestamptz NOT NULL,
    ended_at timestamptz,
    window_id uuid,
    filled bigint CONSTRAINT intent_filled_bounds CHECK (filled BETWEEN 0 AND quantity),
    limit_price integer NOT NULL CONSTRAINT intent_limit_inside_the_dollar CHECK (limit_price BETWEEN 1 AND 9999),
    side ledger_contract_side NOT NULL,
    action intent_action NOT NULL,
    state intent_state NOT NULL,
    was_received boolean NOT NULL,
    reason intent_reason,
    CONSTRAINT intent_state_facts CHECK (CASE state
        WHEN 'received' THEN window_id IS NULL AND filled IS NULL AND reason IS NULL AND ended_at IS NULL
        WHEN 'pooled' THEN window_id IS NOT NULL AND filled IS NULL AND reason IS NULL AND ended_at IS NULL
        WHEN 'final' THEN window_id IS NOT NULL AND filled IS NOT NULL AND reason IS NULL AND ended_at IS NOT NULL
        ELSE window_id IS NULL AND filled IS NULL AND reason IS NOT NULL AND ended_at IS NOT NULL
    END),
    CONSTRAINT intent_only_refused_at_receipt CHECK (was_received OR state = 'refused')
) WITH (fillfactor = 80);
CREATE INDEX intent_waiting ON intent (market_id, side, action, limit_price, arrival) WHERE state = 'received';
CREATE INDEX intent_of_market ON intent (market_id, tenant_id);
CREATE INDEX intent_of_window ON intent (window_id) WHERE window_id IS NOT NULL;
CALL bulkhead_tenant_table('intent', append_only => false);
REVOKE DELETE ON intent FROM bulkhead_app;

-- What was asked never changes, and a state only moves forward.
CREATE FUNCTION intent_keep_facts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.tenant_id, NEW.id, NEW.account, NEW.market_id, NEW.quantity, NEW.max_total, NEW.arrival,
        NEW.received_at, NEW.limit_price, NEW.side, NEW.action, NEW.was_received)
       IS DISTINCT FROM
       (OLD.tenant_id, OLD.id, OLD.account, OLD.market_id, OLD.quantity, OLD.max_total, OLD.arrival,
        OLD.received_at, OLD.limit_price, OLD.side, OLD.action, OLD.was_received) THEN
        RAISE EXCEPTION 'what an intent asked for never changes'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'intent_facts';
    END IF;
    IF NOT ((OLD.state = 'received' AND NEW.state IN ('pooled', 'refused', 'cancelled'))
            OR (OLD.state = 'pooled' AND NEW.state = 'final')) THEN
        RAISE EXCEPTION 'an intent cannot go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'intent_transition';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER intent_facts BEFORE UPDATE ON intent FOR EACH ROW EXECUTE FUNCTION intent_keep_facts();
