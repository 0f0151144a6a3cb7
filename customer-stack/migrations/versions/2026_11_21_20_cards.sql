-- Cards: LKR from cards by token, and cards of ours in shadow mode. No table has a column for a card number.

CREATE TYPE cards_charge_state AS ENUM ('created', 'authorised', 'captured', 'declined');
CREATE TYPE cards_capture_outcome AS ENUM ('converted', 'waiting');
CREATE TYPE cards_capture_reason AS ENUM (
    'as_quoted', 'quote_expired', 'quote_closed', 'debt_cleared', 'customer_not_active');
CREATE TYPE cards_refund_outcome AS ENUM ('refunded', 'refused');
CREATE TYPE cards_task_kind AS ENUM ('charge', 'refund');
CREATE TYPE cards_decision AS ENUM ('approve', 'decline');
CREATE TYPE cards_decision_reason AS ENUM (
    'approved', 'not_enough_usd', 'customer_not_active');
CREATE TYPE cards_authorisation_ending AS ENUM ('cleared', 'reversed', 'expired');

-- ---- funding

-- What a customer wished. The token is sealed: with our key at the acquirer it is worth money.
CREATE TABLE cards_charge (
    tenant_id uuid NOT NULL,
    department_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    id uuid CONSTRAINT cards_charge_pk PRIMARY KEY,
    provider text NOT NULL CONSTRAINT cards_charge_provider CHECK (provider ~ '^[a-z0-9_-]{1,32}$'),
    quote_id uuid NOT NULL,
    amount bigint NOT NULL CONSTRAINT cards_charge_amount CHECK (amount > 0),
    token_sealed bytea NOT NULL,
    asked_at timestamptz NOT NULL,
    CONSTRAINT cards_charge_of_tenant UNIQUE (tenant_id, id)
);
CREATE INDEX cards_charge_customer ON cards_charge (customer_id, id);
CREATE INDEX cards_charge_tenant ON cards_charge (tenant_id, id);
CALL bulkhead_tenant_table('cards_charge', append_only => true);

CREATE TABLE cards_charge_step (
    tenant_id uuid NOT NULL,
    charge_id uuid NOT NULL,
    number smallint NOT NULL CONSTRAINT cards_charge_step_number CHECK (number > 0),
    state cards_charge_state NOT NULL,
    reason text CONSTRAINT cards_charge_step_reason_form CHECK (reason ~ '^[a-z0-9_]{1,64}$'),
    at timestamptz NOT NULL,
    CONSTRAINT cards_charge_step_pk PRIMARY KEY (charge_id, number),
    CONSTRAINT cards_charge_step_charge_fk FOREIGN KEY (tenant_id, charge_id)
        REFERENCES cards_charge (tenant_id, id),
    CONSTRAINT cards_charge_step_state_once UNIQUE (charge_id, state),
    CONSTRAINT cards_charge_step_reason CHECK ((state = 'declined') = (reason IS NOT NULL))
);
CALL bulkhead_tenant_table('cards_charge_step', append_only => true);

-- Taken from the card, once per charge, and what became of the LKR.
CREATE TABLE cards_capture (
    tenant_id uuid NOT NULL,
    charge_id uuid CONSTRAINT cards_capture_pk PRIMARY KEY,
    provider text NOT NULL,
    reference text NOT NULL CONSTRAINT cards_capture_reference CHECK (reference ~ '^[A-Za-z0-9._:/-]{1,64}$'),
    amount bigint NOT NULL CONSTRAINT cards_capture_amount CHECK (amount > 0),
    debt_cleared bigint NOT NULL CONSTRAINT cards_capture_debt CHECK (debt_cleared BETWEEN 0 AND amount),
    outcome cards_capture_outcome NOT NULL,
    reason cards_capture_reason NOT NULL,
    conversion_id uuid,
    movement_id uuid NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT cards_capture_charge_fk FOREIGN KEY (tenant_id, charge_id) REFERENCES cards_charge (tenant_id, id),
    CONSTRAINT cards_capture_reference_once UNIQUE (provider, reference),
    CONSTRAINT cards_capture_conversion CHECK (
        (outcome = 'converted') = (conversion_id IS NOT NULL)
        AND (outcome = 'converted') = (reason = 'as_quoted')
        AND (outcome = 'waiting' OR debt_cleared = 0))
);
CALL bulkhead_tenant_table('cards_capture', append_only => true);

CREATE TABLE cards_refund (
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    charge_id uuid NOT NULL,
    id uuid CONSTRAINT cards_refund_pk PRIMARY KEY,
    amount bigint NOT NULL CONSTRAINT cards_refund_amount CHECK (amount > 0),
    hold_id uuid NOT NULL CONSTRAINT cards_refund_hold_once UNIQUE,
    asked_by text NOT NULL CONSTRAINT cards_refund_actor CHECK (asked_by ~ '^(customer|staff):[0-9a-f-]{36}$'),
    asked_at timestamptz NOT NULL,
    CONSTRAINT cards_refund_of_tenant UNIQUE (tenant_id, id),
    CONSTRAINT cards_refund_charge_fk FOREIGN KEY (tenant_id, charge_id) REFERENCES cards_charge (tenant_id, id)
);
CREATE INDEX cards_refund_charge ON cards_refund (charge_id);
CALL bulkhead_tenant_table('cards_refund', append_only => true);

CREATE TABLE cards_refund_end (
    tenant_id uuid NOT NULL,
    refund_id uuid CONSTRAINT cards_refund_end_pk PRIMARY KEY,
    outcome cards_refund_outcome NOT NULL,
    reason text CONSTRAINT cards_refund_end_reason_form CHECK (reason ~ '^[a-z0-9_]{1,64}$'),
    reference text CONSTRAINT cards_refund_end_reference CHECK (reference ~ '^[A-Za-z0-9._:/-]{1,64}$'),
    movement_id uuid,
    at timestamptz NOT NULL,
    CONSTRAINT cards_refund_end_refund_fk FOREIGN KEY (tenant_id, refund_id)
        REFERENCES cards_refund (tenant_id, id),
    CONSTRAINT cards_refund_end_form CHECK (
        (outcome = 'refunded') = (movement_id IS NOT NULL)
        AND (outcome = 'refunded') = (reference IS NOT NULL)
        AND (outcome = 'refused') = (reason IS NOT NULL))
);
CALL bulkhead_tenant_table('cards_refund_end', append_only => true);

CREATE TABLE cards_chargeback (
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    charge_id uuid NOT NULL,
    id uuid CONSTRAINT cards_chargeback_pk PRIMARY KEY,
    provider text NOT NULL,
    chargeback_id text NOT NULL
        CONSTRAINT cards_chargeback_form CHECK (chargeback_id ~ '^[A-Za-z0-9._:/-]{1,64}$'),
    amount bigint NOT NULL CONSTRAINT cards_chargeback_amount CHECK (amount > 0),
    from_wallet bigint NOT NULL CONSTRAINT cards_chargeback_wallet CHECK (from_wallet >= 0),
    to_debt bigint NOT NULL CONSTRAINT cards_chargeback_debt CHECK (to_debt >= 0),
    reason text NOT NULL CONSTRAINT cards_chargeback_reason CHECK (reason ~ '^[a-z0-9_]{1,64}$'),
    movement_id uuid NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT cards_chargeback_of_tenant UNIQUE (tenant_id, id),
    CONSTRAINT cards_chargeback_once UNIQUE (provider, chargeback_id),
    CONSTRAINT cards_chargeback_charge_fk FOREIGN KEY (tenant_id, charge_id)
        REFERENCES cards_charge (tenant_id, id),
    CONSTRAINT cards_chargeback_parts CHECK (from_wallet + to_debt = amount)
);
CREATE INDEX cards_chargeback_charge ON cards_chargeback (charge_id);
CALL bulkhead_tenant_table('cards_chargeback', append_only => true);

CREATE TABLE cards_chargeback_won (
    tenant_id uuid NOT NULL,
    chargeback uuid CONSTRAINT cards_chargeback_won_pk PRIMARY KEY,
    debt_cleared bigint NOT NULL CONSTRAINT cards_chargeback_won_debt CHECK (debt_cleared >= 0),
    movement_id uuid NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT cards_chargeback_won_fk FOREIGN KEY (tenant_id, chargeback)
        REFERENCES cards_chargeback (tenant_id, id)
);
CALL bulkhead_tenant_table('cards_chargeback_won', append_only => true);

-- What is still to be asked of the acquirer, and when; the only table here that changes. `due_at` NULL: nothing.
CREATE TABLE cards_task (
    tenant_id uuid NOT NULL,
    kind cards_task_kind NOT NULL,
    id uuid CONSTRAINT cards_task_pk PRIMARY KEY,
    attempts integer NOT NULL DEFAULT 0 CONSTRAINT cards_task_attempts CHECK (attempts >= 0),
    redirect_url text CONSTRAINT cards_task_redirect
        CHECK (redirect_url ~ '^https?://[!-~]+$' AND length(redirect_url) <= 500),
    due_at timestamptz
);
CREATE INDEX cards_task_due ON cards_task (due_at) WHERE due_at IS NOT NULL;
CALL bulkhead_tenant_table('cards_task', append_only => false);

-- What the acquirer paid to the bank: net = gross - fee; negative where we paid the acquirer.
CREATE TABLE cards_settlement (
    tenant_id uuid NOT NULL,
    department_id uuid NOT NULL,
    id uuid CONSTRAINT cards_settlement_pk PRIMARY KEY,
    provider text NOT NULL,
    bank_reference text NOT NULL
        CONSTRAINT cards_settlement_reference CHECK (bank_reference ~ '^[A-Za-z0-9._/-]{1,64}$'),
    gross bigint NOT NULL,
    fee bigint NOT NULL CONSTRAINT cards_settlement_fee CHECK (fee >= 0),
    movement_id uuid NOT NULL,
    made_by text NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT cards_settlement_reference_once UNIQUE (tenant_id, bank_reference),
    CONSTRAINT cards_settlement_moves CHECK (gross <> 0 OR fee > 0)
);
CALL bulkhead_tenant_table('cards_settlement', append_only => true);

-- A charge moves forward only; nothing follows a capture or a refusal.
CREATE FUNCTION cards_check_step() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    before record;
BEGIN
    PERFORM FROM cards_charge WHERE id = NEW.charge_id FOR NO KEY UPDATE;
    SELECT number, state INTO before FROM cards_charge_step
    WHERE charge_id = NEW.charge_id ORDER BY number DESC LIMIT 1;
    IF NOT (CASE
        WHEN before IS NULL THEN NEW.number = 1 AND NEW.state = 'created'
        WHEN before.state = 'created' THEN NEW.number = before.number + 1 AND NEW.state <> 'created'
        WHEN before.state = 'authorised'
            THEN NEW.number = before.number + 1 AND NEW.state IN ('captured', 'declined')
        ELSE false END) THEN
        RAISE EXCEPTION 'a charge does not become % after %', NEW.state, before.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'cards_charge_step_legal';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER cards_charge_step_legal BEFORE INSERT ON cards_charge_step
    FOR EACH ROW EXECUTE FUNCTION cards_check_step();

-- Captured <= authorised; refunds and standing chargebacks together <= captured.
CREATE FUNCTION cards_check_amounts() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    authorised bigint;
    captured bigint;
    back bigint;
BEGIN
    SELECT amount INTO authorised FROM cards_charge WHERE id = NEW.charge_id FOR NO KEY UPDATE;
    SELECT amount INTO captured FROM cards_capture WHERE charge_id = NEW.charge_id;
    SELECT coalesce(sum(r.amount), 0) INTO back FROM cards_refund r WHERE r.charge_id = NEW.charge_id
        AND NOT EXISTS (SELECT FROM cards_refund_end e WHERE e.refund_id = r.id AND e.outcome = 'refused');
    -- A chargeback is money that was taken from us: it is posted even where a refund had gone before it.
    back := CASE WHEN TG_TABLE_NAME = 'cards_chargeback' THEN 0 ELSE back END
        + (SELECT coalesce(sum(c.amount), 0) FROM cards_chargeback c WHERE c.charge_id = NEW.charge_id
           AND NOT EXISTS (SELECT FROM cards_chargeback_won w WHERE w.chargeback = c.id));
    IF coalesce(captured, 0) > authorised OR back > coalesce(captured, 0) THEN
        RAISE EXCEPTION 'a charge gives back at most what was captured, and takes what was authorised'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'cards_charge_amounts';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER cards_capture_amounts AFTER INSERT ON cards_capture
    FOR EACH ROW EXECUTE FUNCTION cards_check_amounts();
CREATE TRIGGER cards_refund_amounts AFTER INSERT ON cards_refund
    FOR EACH ROW EXECUTE FUNCTION cards_check_amounts();
CREATE TRIGGER cards_chargeback_amounts AFTER INSERT ON cards_chargeback
    FOR EACH ROW EXECUTE FUNCTION cards_check_amounts();

-- ---- issuing

CREATE TABLE cards_card (
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    id uuid CONSTRAINT cards_card_pk PRIMARY KEY,
    provider text NOT NULL CONSTRAINT cards_card_provider CHECK (provider ~ '^[a-z0-9_-]{1,32}$'),
    token text NOT NULL
        CONSTRAINT cards_card_token CHECK (token ~ '^[A-Za-z][A-Za-z0-9_-]{3,63}$' AND token !~ '[0-9]{12}'),
    made_by text NOT NULL,
    made_at timestamptz NOT NULL,
    CONSTRAINT cards_card_of_tenant UNIQUE (tenant_id, id),
    CONSTRAINT cards_card_token_once UNIQUE (provider, token)
);
CALL bulkhead_tenant_table('cards_card', append_only => true);

-- A question of the card network and our answer. In shadow mode (is_live false) the answer is always no, nothing
-- is reserved, and `would_post` says what the decision would have posted.
CREATE TABLE cards_authorisation (
    tenant_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    card_id uuid NOT NULL,
    id uuid CONSTRAINT cards_authorisation_pk PRIMARY KEY,
    provider text NOT NULL,
    reference text NOT NULL
        CONSTRAINT cards_authorisation_reference CHECK (reference ~ '^[A-Za-z0-9._:/-]{1,64}$'),
    amount bigint NOT NULL CONSTRAINT cards_authorisation_amount CHECK (amount > 0),
    merchant_category text NOT NULL
        CONSTRAINT cards_authorisation_category CHECK (merchant_category ~ '^[0-9]{4}$'),
    is_live boolean NOT NULL,
    decision cards_decision NOT NULL,
    reason cards_decision_reason NOT NULL,
    hold_id uuid CONSTRAINT cards_authorisation_hold_once UNIQUE,
    would_post jsonb,
    body_digest bytea NOT NULL CONSTRAINT cards_authorisation_digest CHECK (octet_length(body_digest) = 32),
    decided_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT cards_authorisation_of_tenant UNIQUE (tenant_id, id),
    CONSTRAINT cards_authorisation_once UNIQUE (provider, reference),
    CONSTRAINT cards_authorisation_card_fk FOREIGN KEY (tenant_id, card_id) REFERENCES cards_card (tenant_id, id),
    CONSTRAINT cards_authorisation_decision CHECK ((decision = 'approve') = (reason = 'approved')),
    CONSTRAINT cards_authorisation_hold CHECK ((is_live AND decision = 'approve') = (hold_id IS NOT NULL)),
    CONSTRAINT cards_authorisation_shadow CHECK
        ((NOT is_live AND decision = 'approve') = (would_post IS NOT NULL))
);
CREATE INDEX cards_authorisation_customer ON cards_authorisation (customer_id) WHERE decision = 'approve';
CREATE INDEX cards_authorisation_tenant ON cards_authorisation (tenant_id, id);
CREATE INDEX cards_authorisation_expiry ON cards_authorisation (expires_at) WHERE decision = 'approve';
CALL bulkhead_tenant_table('cards_authorisation', append_only => true);

-- What the network presented for an authorisation: captured within what is left of it, the excess is a break.
CREATE TABLE cards_clearing (
    tenant_id uuid NOT NULL,
    authorisation_id uuid NOT NULL,
    id uuid CONSTRAINT cards_clearing_pk PRIMARY KEY,
    provider text NOT NULL,
    reference text NOT NULL CONSTRAINT cards_clearing_reference CHECK (reference ~ '^[A-Za-z0-9._:/-]{1,64}$'),
    amount bigint NOT NULL CONSTRAINT cards_clearing_amount CHECK (amount > 0),
    captured bigint NOT NULL CONSTRAINT cards_clearing_captured CHECK (captured >= 0),
    excess bigint NOT NULL CONSTRAINT cards_clearing_excess CHECK (excess >= 0),
    movement_id uuid,
    would_post jsonb,
    at timestamptz NOT NULL,
    CONSTRAINT cards_clearing_once UNIQUE (provider, reference),
    CONSTRAINT cards_clearing_authorisation_fk FOREIGN KEY (tenant_id, authorisation_id)
        REFERENCES cards_authorisation (tenant_id, id),
    CONSTRAINT cards_clearing_parts CHECK (captured + excess = amount),
    CONSTRAINT cards_clearing_posted CHECK
        ((captured > 0) = (movement_id IS NOT NULL OR would_post IS NOT NULL)
         AND (movement_id IS NULL OR would_post IS NULL))
);
CREATE INDEX cards_clearing_authorisation ON cards_clearing (authorisation_id);
CREATE INDEX cards_clearing_breaks ON cards_clearing (tenant_id, id) WHERE excess > 0;
CALL bulkhead_tenant_table('cards_clearing', append_only => true);

CREATE TABLE cards_authorisation_end (
    tenant_id uuid NOT NULL,
    authorisation_id uuid CONSTRAINT cards_authorisation_end_pk PRIMARY KEY,
    ending cards_authorisation_ending NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT cards_authorisation_end_fk FOREIGN KEY (tenant_id, authorisation_id)
        REFERENCES cards_authorisation (tenant_id, id)
);
CALL bulkhead_tenant_table('cards_authorisation_end', append_only => true);

-- Clearings of one authorisation together capture at most its amount, and none captures after its end.
CREATE FUNCTION cards_check_clearing() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    allowed bigint;
BEGIN
    SELECT CASE WHEN decision = 'approve' THEN amount ELSE 0 END INTO allowed
    FROM cards_authorisation WHERE id = NEW.authorisation_id FOR NO KEY UPDATE;
    IF (SELECT sum(captured) FROM cards_clearing WHERE authorisation_id = NEW.authorisation_id) > allowed
       OR (NEW.captured > 0 AND EXISTS
           (SELECT FROM cards_authorisation_end WHERE authorisation_id = NEW.authorisation_id)) THEN
        RAISE EXCEPTION 'a clearing captures at most what its authorisation still reserves'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'cards_clearing_within';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER cards_clearing_within AFTER INSERT ON cards_clearing
    FOR EACH ROW EXECUTE FUNCTION cards_check_clearing();
